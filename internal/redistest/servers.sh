#!/usr/bin/env bash
# Gets Redis and Valkey servers for the tests from the distribution's packages: unpacked side by side under .servers/ at the
# root of the repository, nothing installed, no root needed. What is there already is left alone.
#
#   internal/redistest/servers.sh              a Redis and a Valkey, unless a server of that family is on PATH
#   internal/redistest/servers.sh NAME...      these: redis, valkey, redict (whatever version the machine's own suite has),
#                                              or a version: redis-7.0 redis-8.0 valkey-8.1 valkey-9.1 redict-7.3
#   internal/redistest/servers.sh all          all five versions (on Ubuntu: its own Redis and Valkey)
#   internal/redistest/servers.sh list         what is there
#
# .servers/NAME/bin holds the server, its cli, its benchmark and the like. Each is a small script that starts the real program
# with the C library and loader it was built for, which lie beside it; that is why packages of another suite run here, and why
# the process is called after the loader: stop servers by pid. SERVERS_DIR puts the folder elsewhere.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
servers=${SERVERS_DIR:-$(dirname "$(dirname "$here")")/.servers}

# Where each version is packaged in Debian's archive: the first suite that has it is taken.
suites_of() {
	case $1 in
	redis-7.0) echo bookworm ;;
	redis-8.0) echo trixie ;;
	valkey-8.1) echo trixie ;;
	valkey-9.1) echo forky sid ;;
	redict-7.3) echo bookworm-backports ;;
	redis) echo own trixie ;;
	valkey) echo own trixie ;;
	redict) echo own bookworm-backports ;;
	*) return 1 ;;
	esac
}
all="redis-7.0 redis-8.0 valkey-8.1 valkey-9.1 redict-7.3"

say() { printf '%s\n' "servers: $*" >&2; }
die() {
	say "$*"
	exit 1
}

# have NAME: is this version, or any version of this family, in .servers?
have() {
	local dir
	case $1 in
	*-*) [ -e "$servers/$1/VERSION" ] ;;
	*) for dir in "$servers/$1"-*; do [ -e "$dir/VERSION" ] && return 0; done; return 1 ;;
	esac
}

list() {
	local file
	for file in "$servers"/*/VERSION; do
		[ -e "$file" ] || continue
		printf '%-12s %s\n' "$(basename "$(dirname "$file")")" "$(cat "$file")"
	done
}

distribution=$(. /etc/os-release 2>/dev/null && case " ${ID:-} ${ID_LIKE:-} " in *ubuntu*) echo ubuntu ;; *) echo debian ;; esac) || distribution=none

wanted=()
case ${1:-} in
list) list; exit 0 ;;
-h | --help | help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
"")
	for family in redis valkey; do
		command -v "$family-server" >/dev/null || wanted+=("$family")
	done
	;;
all)
	read -ra wanted <<<"$all"
	# Only Debian's archive has Debian's suites; another one has the versions of its own.
	[ "$distribution" = debian ] || wanted=(redis valkey)
	;;
*)
	for name in "$@"; do
		suites_of "$name" >/dev/null || die "unknown server $name; known: redis valkey redict $all"
		wanted+=("$name")
	done
	;;
esac

missing=()
for name in ${wanted[@]+"${wanted[@]}"}; do
	have "$name" || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

for tool in apt-get apt-cache dpkg dpkg-deb flock; do
	command -v "$tool" >/dev/null || die "cannot get ${missing[*]}: this takes servers from the packages of Debian or Ubuntu, and there is no $tool here.
Install Redis and Valkey as your system does it (Homebrew: brew install redis valkey), so that redis-server and
valkey-server are on PATH; or name a running server by REDIS_TEST_ADDR=host:port."
done

# One run at a time: a second one waits, and then finds the servers there.
mkdir -p "$servers"
exec 9>"$servers/.lock"
flock 9
rm -rf "$servers"/.tmp.*
tmp=$(mktemp -d "$servers/.tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

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

# packages_for SUITE FAMILY: the server and what it loads, breadth first over Depends. Only libraries and the family's
# own packages count: the rest (adduser, init scripts) is for installing.
packages_for() {
	local suite=$1 family=$2 level=("$2-server" "$2-tools") seen=" " name
	while [ ${#level[@]} -gt 0 ]; do
		# A name that only others provide has no entry of its own; apt-cache then fails after it printed the rest.
		apt apt-cache "$suite" show --no-all-versions "${level[@]}" >"$tmp/level" 2>/dev/null || true
		sed -n 's/^Package: //p' "$tmp/level"
		seen+="${level[*]} "
		level=()
		while read -r name; do
			case $name in "$family"-* | lib* | zlib* | lua-*) ;; *) continue ;; esac
			case $seen in *" $name "*) continue ;; esac
			seen+="$name "
			level+=("$name")
		done < <(sed -n 's/^\(Pre-\)\{0,1\}Depends: //p' "$tmp/level" | tr ',' '\n' | sed 's/[|(:].*//; s/ //g')
	done
}

# wrappers FOLDER FAMILY: scripts in FOLDER/bin that start FOLDER/root's programs with FOLDER/root's own loader.
wrappers() {
	local folder=$1 family=$2 loader libs program name argv0=
	# On some suites ld.so's usual name is an absolute link out of the folder: the real file is wanted.
	loader=$(cd "$folder" && find root -type f \( -name 'ld-linux*.so*' -o -name 'ld-[0-9]*.so' -o -name 'ld64.so*' \) -print -quit)
	[ -n "$loader" ] || die "the C library of $family has no loader"
	# Not by a pipe into grep -q: that stops reading at the first match, the loader dies of the broken pipe now and then, and
	# pipefail makes "no" of it. Without --argv0 a server that is a link to its check tool runs as that.
	case $("$folder/$loader" --help 2>/dev/null || :) in *--argv0*) argv0='--argv0 "$0"' ;; esac
	libs=$(cd "$folder" && find root -name '*.so*' -printf '%h\n' | sort -u | grep -v -e /gconv -e /engines -e /ossl-modules | sed 's|^|$home/|' | paste -sd:)
	mkdir "$folder/bin"
	# The sentinel is the server under another name; its package holds nothing but that.
	for program in "$folder"/root/usr/bin/"$family"-* "$family-sentinel"; do
		name=$(basename "$program")
		[ -e "$program" ] || program=$folder/root/usr/bin/$family-server
		cat >"$folder/bin/$name" <<-WRAPPER
			#!/bin/sh
			self=\$0
			[ ! -L "\$self" ] || self=\$(readlink -f "\$self")
			home=\${self%/*}/..
			exec "\$home/$loader" --inhibit-cache $argv0 --library-path "$libs" "\$home/root/usr/bin/$(basename "$(readlink -f "$program")")" "\$@"
		WRAPPER
		chmod +x "$folder/bin/$name"
	done
}

# get NAME SUITE: true when NAME is there afterwards, false when the suite does not have it. What fails in it dies by name:
# set -e does not hold in a function whose result is asked for.
get() {
	local name=$1 suite=$2 family=${1%%-*} version short work packages
	open_suite "$suite" || return 1
	version=$(version_in "$suite" "$family-server")
	[ -n "$version" ] || return 1
	short=$family-$(cut -d. -f1,2 <<<"$version")
	case $name in *-*) [ "$short" = "$name" ] || return 1 ;; esac
	! have "$short" || return 0

	work=$tmp/$short
	mkdir -p "$work/debs" "$work/root"
	packages=$(packages_for "$suite" "$family")
	say "getting $short ($version, ${suite/own/$codename}): $(wc -w <<<"$packages") packages"
	# shellcheck disable=SC2086 # one word per package
	(cd "$work/debs" && apt apt-get "$suite" download $packages) >"$work/log" 2>&1 ||
		die "cannot download $short:
$(tail -n 5 "$work/log")"
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$work/root" || die "cannot unpack $deb; is the disk full?"
	done
	rm -rf "$work/debs" "$work/log" "$work"/root/usr/share "$work"/root/etc "$work"/root/var
	wrappers "$work" "$family"
	"$work/bin/$family-server" --version >"$work/VERSION" 2>"$tmp/start.err" || die "$short does not start here:
$(tail -n 5 "$tmp/start.err")"
	grep -q ' server v=' "$work/VERSION" || die "$short starts as something else: $(cat "$work/VERSION")"
	mv -T "$work" "$servers/$short" || die "cannot move $short to $servers"
	say "$short: $(cat "$servers/$short/VERSION")"
}

failed=()
for name in "${missing[@]}"; do
	! have "$name" || continue # another run got it while this one waited for the lock
	suites=$(suites_of "$name")
	[ "$distribution" = debian ] || suites=own
	got=false
	for suite in $suites; do
		! get "$name" "$suite" || { got=true; break; }
	done
	! $got || continue
	failed+=("$name")
	for suite in $suites; do
		log=$tmp/apt.$suite/log
		if [ ! -e "$tmp/apt.$suite/closed" ]; then
			version=$(version_in "$suite" "${name%%-*}-server")
			say "$name: not in ${suite/own/$codename}${version:+, which has ${name%%-*} $version}"
		elif grep -q 'does not have a Release file' "$log"; then
			say "$name: this machine's archive has no suite ${suite/own/$codename}"
		else
			say "$name: the package lists of ${suite/own/$codename} cannot be read; is there a network?"
			tail -n 3 "$log" >&2
		fi
	done
done
[ ${#failed[@]} -eq 0 ] || die "not got: ${failed[*]}. Install a server so that it is on PATH, or name a running one by REDIS_TEST_ADDR=host:port."
