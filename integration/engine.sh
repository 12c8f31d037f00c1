#!/usr/bin/env bash
# A Docker engine for the time of one command, where none is installed: on Debian or Ubuntu, as root.
#
#   integration/engine.sh get              the engine into .servers/docker, from the distribution's packages
#   integration/engine.sh run COMMAND...   starts it, makes images of the servers under .servers (IMAGES below), runs the command
#                                          with DOCKER_HOST set, and ends the engine with all its containers
#
# Nothing is installed, and the machine's network, mounts and processes are not touched: everything runs in namespaces of its
# own, where the only network is loopback and the containers. Docker's files go to a folder that is removed at the end. COMMAND
# must be built before: it cannot download anything. SERVERS_DIR puts .servers elsewhere.
#
# Exit status: that of the command; 69 where no engine can be started here, after a message that says why.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
servers=${SERVERS_DIR:-$(dirname "$here")/.servers}
engine=$servers/docker

program=engine
. "$here/../internal/redistest/packages.sh"

# What the images are called, and the server that each is made of.
IMAGES="redis:7=redis-7.0 redis:8=redis-8.0 valkey/valkey:8=valkey-8.1 valkey/valkey:9=valkey-9.1"

impossible() {
	say "no Docker engine can be started here: $*"
	exit 69
}

get() {
	[ ! -e "$engine/VERSION" ] || return 0
	local tool packages
	tool=$(lacking_tool)
	[ -z "$tool" ] || impossible "it is taken from the packages of Debian or Ubuntu, and there is no $tool."
	workplace "$servers"
	[ ! -e "$engine/VERSION" ] || return 0 # another run got it meanwhile
	open_archive
	open_suite own || impossible "the package lists of $codename cannot be read; is there a network?"
	# Unlike the servers, these programs start each other and themselves, so they run on the machine's own C library: that is why
	# they come from its own suite. iproute2 turns loopback on. Some suites have the command line apart.
	packages=$(closure own 'docker-cli|containerd|runc|tini|lib.*|zlib.*' docker.io docker-cli iproute2 | sort -u | grep -vx -e libc6 -e libgcc-s1)
	say "getting docker $(version_in own docker.io): $(wc -w <<<"$packages") packages"
	# shellcheck disable=SC2086 # one word per package
	unpack own "$tmp/docker" $packages
	with_engine "$tmp/docker" dockerd --version >"$tmp/docker/VERSION" || impossible "dockerd does not start."
	mv -T "$tmp/docker" "$engine"
	say "$(cat "$engine/VERSION")"
}

# with_engine FOLDER COMMAND...: the programs and libraries unpacked in FOLDER come first. It takes the place of the shell that
# calls it in the background, so that the pid of that is the command's.
with_engine() {
	local root=$1/root
	shift
	local env=(env "PATH=$root/usr/bin:$root/usr/sbin:$root/bin:$root/sbin:$PATH"
		"LD_LIBRARY_PATH=$(find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)")
	[ "$BASHPID" = $$ ] || exec "${env[@]}" "$@"
	"${env[@]}" "$@"
}

run() {
	[ $# -gt 0 ] || die "run what?"
	[ "$(uname -s)" = Linux ] || impossible "this is not Linux."
	[ "$(id -u)" = 0 ] || impossible "only root can."
	[ "$distribution" != none ] && [ -z "$(lacking_tool)" ] || impossible "it is taken from the packages of Debian or Ubuntu, and this is neither."
	unshare --mount --net --pid --fork true 2>/dev/null || impossible "this root may not make namespaces (a container without --privileged?)."
	"$here/engine.sh" get || exit

	state=$(mktemp -d "${TMPDIR:-/var/tmp}/futureio-engine.XXXXXX")
	trap 'rm -rf "$state"; sweep' EXIT
	# In the background, since a shell that waits for a command in the foreground sees a signal only when that has ended. When
	# unshare is killed, its child is, and that is the first process of the namespace: with it the kernel ends all the others.
	unshare --mount --net --pid --fork --kill-child --mount-proc "$here/engine.sh" inside "$state" "$@" <&0 &
	first=$!
	trap 'kill -KILL $first; exit 130' INT TERM
	wait "$first"
}

# inside STATE COMMAND...: run, in the namespaces.
inside() {
	local state=$1 status=0
	shift
	# What the engine writes to fixed places: sockets, its key, a folder for plugins.
	mount -t tmpfs tmpfs /run
	mkdir /run/lock
	private /etc
	private /opt
	grep -qs ' /sys/fs/cgroup' /proc/self/mounts || mount -t cgroup2 cgroup2 /sys/fs/cgroup || impossible "there are no cgroups."
	with_engine "$engine" ip link set lo up || impossible "the loopback of the namespace cannot be turned on."

	export DOCKER_HOST=unix:///run/docker.sock
	# The proxy of each published port connects to the container: there is nothing to forward, and iptables is not needed. With
	# "container" set, the engine does not look for AppArmor, whose tools are not unpacked.
	with_engine "$engine" env container=futureio dockerd --host "$DOCKER_HOST" --data-root "$state/data" --exec-root /run/docker \
		--pidfile /run/docker.pid --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
		--userland-proxy-path "$(with_engine "$engine" bash -c 'command -v docker-proxy')" \
		--exec-opt native.cgroupdriver=cgroupfs --cgroup-parent="/${state##*/}" >"$state/log" 2>&1 &
	daemon=$!
	started || impossible "dockerd does not start:
$(grep -v level=info "$state/log" | tail -n 5)"
	images
	"$@" || status=$?
	kill "$daemon"
	wait "$daemon" || true
	exit "$status"
}

# sweep removes the control groups of the containers; those of an engine that was killed are left behind, empty.
sweep() {
	find /sys/fs/cgroup -depth -type d -path "*/${state##*/}*" -exec rmdir {} + 2>/dev/null || true
}

# private FOLDER: what is written there from now on is seen in this namespace alone, and gone with it.
private() {
	mkdir -p "/run/private$1/upper" "/run/private$1/work"
	mount -t overlay -o "lowerdir=$1,upperdir=/run/private$1/upper,workdir=/run/private$1/work" overlay "$1" || impossible "the kernel has no overlayfs."
}

# started: the engine answers, before 30 s have passed.
started() {
	for _ in $(seq 300); do
		! with_engine "$engine" docker version >/dev/null 2>&1 || return 0
		kill -0 "$daemon" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# images makes IMAGES, for their commands and places like the ones that the projects publish.
images() {
	local image root family links made=
	for image in $IMAGES; do
		root=$servers/${image#*=}/root family=${image#*=} links=$state/links
		family=${family%%-*} image=${image%%=*}
		[ -d "$root" ] || { say "no $image: there is no $root"; continue; }
		rm -rf "$links"
		mkdir -p "$links/data"
		# The packages of newer suites rely on links that another package of the system has.
		[ -e "$root/lib" ] || ln -s usr/lib "$links/lib"
		[ -e "$root/lib64" ] || ln -s usr/lib64 "$links/lib64"
		# Not "." twice: docker import refuses a path that comes again.
		tar -c -C "$root" . -C "$links" $(ls "$links") | with_engine "$engine" docker import --change "CMD [\"$family-server\"]" \
			--change 'WORKDIR /data' --change 'EXPOSE 6379' - "$image" >/dev/null
		made+=" $image"
	done
	say "started$(with_engine "$engine" docker version --format ' {{.Server.Version}}') with the images$made"
}

case ${1:-} in
get) get ;;
run | inside) "$@" ;;
*) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
