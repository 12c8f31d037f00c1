# To be sourced: takes packages of Debian or Ubuntu from the distribution's archive and unpacks them. Nothing is installed, no root
# is needed, and apt's own state is neither read nor changed.
#
#   program=NAME          what messages begin with, set before
#   workplace FOLDER      one run at a time in FOLDER; sets tmp, a folder that goes when the script ends
#   open_archive          finds the machine's archive and its keys; wants tmp
#   open_suite SUITE      reads the package lists of a suite; "own" is the machine's suite with its updates
#   version_in SUITE PACKAGE
#   closure SUITE PATTERN PACKAGE...          the packages, and what they depend on as far as its name fits the pattern
#   unpack SUITE FOLDER PACKAGE...            FOLDER/root is what they hold
#
# Sets distribution (debian, ubuntu or none) and, by open_archive, arch, codename, base and components. Wants set -euo pipefail and LC_ALL=C.

say() { printf '%s\n' "$program: $*" >&2; }
die() {
	say "$*"
	exit 1
}

distribution=$(. /etc/os-release 2>/dev/null && case " ${ID:-} ${ID_LIKE:-} " in *ubuntu*) echo ubuntu ;; *) echo debian ;; esac) || distribution=none

# lacking_tool names the first program that is needed here and not on PATH, or nothing.
lacking_tool() {
	local tool
	for tool in apt-get apt-cache dpkg dpkg-deb flock; do
		command -v "$tool" >/dev/null || { echo "$tool"; return; }
	done
}

# workplace FOLDER: a second run waits here, and then finds what it wants there.
workplace() {
	mkdir -p "$1"
	exec 9>"$1/.lock"
	flock 9
	rm -rf "$1"/.tmp.*
	tmp=$(mktemp -d "$1/.tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT TERM
}

open_archive() {
	local key ending file
	arch=$(dpkg --print-architecture)
	codename=$(. /etc/os-release && echo "${UBUNTU_CODENAME:-${VERSION_CODENAME:-}}")
	components=main
	[ "$distribution" = debian ] || components="main universe"

	# The machine's own configuration tells where its archive is: lines "BASE SUITE" of every suite that it uses.
	apt-get update --print-uris 2>"$tmp/uris.err" | sed -n "s|^'\(.*\)/dists/\(.*\)/\(In\)\{0,1\}Release' .*|\1 \2|p" | sort -u >"$tmp/configured" || true
	[ -s "$tmp/configured" ] || die "apt-get update --print-uris names no archive; is there one in /etc/apt/sources.list or sources.list.d? $(cat "$tmp/uris.err")"

	# Other vendors' archives use the same suite names, but they have no -updates beside them.
	base=$(awk -v s="$codename-updates" '$2 == s { print $1; exit }' "$tmp/configured")
	[ -n "$base" ] || base=$(awk -v s="$codename" '$2 == s { print $1; exit }' "$tmp/configured")
	[ -n "$base" ] || read -r base codename <"$tmp/configured"

	# The keys: what apt trusts for everything, the distribution's keyring, and what the entry of that archive names.
	mkdir "$tmp/keys"
	{
		ls /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc "/usr/share/keyrings/$distribution-archive-keyring".* 2>/dev/null || true
		{ grep -rlsF "${base%/}" /etc/apt/sources.list /etc/apt/sources.list.d || true; } | while read -r file; do
			sed -n 's/.*[Ss]igned-[Bb]y[=:] *\([^] ]*\).*/\1/p' "$file"
		done
	} | sort -u | while read -r key; do
		[ -r "$key" ] || continue
		ending=gpg
		! head -c 10 "$key" | grep -q -e '-----BEGIN' || ending=asc
		cp "$key" "$tmp/keys/$(printf %s "$key" | tr '/.' '__').$ending"
	done
}

# apt TOOL SUITE ARGUMENT...: runs apt-get or apt-cache on a private state that knows SUITE alone. The system's apt
# options (proxies, Check-Valid-Until) stay in force: this file is read after them.
apt() {
	local tool=$1 state=$tmp/apt.$2
	shift 2
	"$tool" -qq -c "$state/apt.conf" "$@"
}

# open_suite SUITE: fetches its package lists, once per run; "own" is the machine's suite with its updates.
open_suite() {
	local state=$tmp/apt.$1 options="[arch=$arch]" suite
	[ ! -e "$state/closed" ] || return 1
	[ ! -e "$state/open" ] || return 0
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/none"
	: >"$state/status"
	if [ "$1" = own ]; then
		awk -v o="$options" -v c="$codename" -v base="$base" -v comps="$components" \
			'($1 == base && ($2 == c || $2 == c "-updates")) || $2 == c "-security" { print "deb", o, $1, $2, comps }' "$tmp/configured"
	else
		# Backports stand on the suite that they are for.
		for suite in "${1%-backports}" "$1"; do echo "deb $options $base $suite $components"; done | sort -u
	fi >"$state/sources.list"
	cat >"$state/apt.conf" <<-CONF
		Dir::State "$state";
		Dir::State::lists "$state/lists";
		Dir::State::status "$state/status";
		Dir::Cache "$state/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::sourcelist "$state/sources.list";
		Dir::Etc::sourceparts "$state/none";
		Dir::Etc::preferences "$state/none/preferences";
		Dir::Etc::preferencesparts "$state/none";
		Dir::Etc::trusted "$state/none/trusted.gpg";
		Dir::Etc::trustedparts "$tmp/keys";
		APT::Sandbox::User "$(id -un)";
		APT::Update::Error-Mode "any";
		APT::Default-Release "";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Acquire::Languages "none";
		Acquire::PDiffs "false";
		Acquire::Retries "2";
		Acquire::http::Timeout "30";
		Acquire::https::Timeout "30";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
		Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
		Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
		Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	CONF
	say "reading the package lists of ${1/own/$codename}"
	if apt apt-get "$1" update >"$state/log" 2>&1; then
		touch "$state/open"
	else
		touch "$state/closed"
		return 1
	fi
}

# version_in SUITE PACKAGE: upstream version of the candidate, or nothing.
version_in() {
	apt apt-cache "$1" show --no-all-versions "$2" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1 | sed 's/^[0-9]*://; s/[-+~].*//' || true
}

# closure SUITE PATTERN PACKAGE...: breadth first over Depends; a name that does not match the whole of the pattern (an extended
# regular expression) is left out with what it depends on.
closure() {
	local suite=$1 pattern=$2 seen=" " name
	shift 2
	local level=("$@")
	while [ ${#level[@]} -gt 0 ]; do
		# A name that only others provide has no entry of its own; apt-cache then fails after it printed the rest.
		apt apt-cache "$suite" show --no-all-versions "${level[@]}" >"$tmp/level" 2>/dev/null || true
		sed -n 's/^Package: //p' "$tmp/level"
		seen+="${level[*]} "
		level=()
		while read -r name; do
			[[ $name =~ ^($pattern)$ ]] || continue
			case $seen in *" $name "*) continue ;; esac
			seen+="$name "
			level+=("$name")
		done < <(sed -n 's/^\(Pre-\)\{0,1\}Depends: //p' "$tmp/level" | tr ',' '\n' | sed 's/[|(:].*//; s/ //g')
	done
}

# unpack SUITE FOLDER PACKAGE...
unpack() {
	local suite=$1 folder=$2 deb
	shift 2
	mkdir -p "$folder/debs" "$folder/root"
	(cd "$folder/debs" && apt apt-get "$suite" download "$@") >"$folder/log" 2>&1 ||
		die "cannot download $*:
$(tail -n 5 "$folder/log")"
	for deb in "$folder"/debs/*.deb; do
		dpkg-deb -x "$deb" "$folder/root" || die "cannot unpack $deb; is the disk full?"
	done
	rm -rf "$folder/debs" "$folder/log" "$folder"/root/usr/share "$folder"/root/etc "$folder"/root/var
}
