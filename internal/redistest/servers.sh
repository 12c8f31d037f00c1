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

program=servers
. "$here/packages.sh"

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

tool=$(lacking_tool)
[ -z "$tool" ] || die "cannot get ${missing[*]}: this takes servers from the packages of Debian or Ubuntu, and there is no $tool here.
Install Redis and Valkey as your system does it (Homebrew: brew install redis valkey), so that redis-server and
valkey-server are on PATH; or name a running server by REDIS_TEST_ADDR=host:port."

workplace "$servers"
open_archive

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
	# Libraries and the family's own packages: the rest (adduser, init scripts) is for installing.
	packages=$(closure "$suite" "$family-.*|lib.*|zlib.*|lua-.*" "$family-server" "$family-tools")
	say "getting $short ($version, ${suite/own/$codename}): $(wc -w <<<"$packages") packages"
	# shellcheck disable=SC2086 # one word per package
	unpack "$suite" "$work" $packages
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
