# roots.sh: roots of Debian's releases, for the runners that need another server
# or a machine where nothing is installed.  Sourced after lib.sh.
#
# A root lies in ${XDG_CACHE_HOME:-~/.cache}/pg_mosaic, with a log beside it.
# Its processes and mounts live in namespaces and end with the run.
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pg_mosaic

# Which Debian release carries a version, and the one that it is laid upon.
release_of() { # major
	case $1 in
	15) echo bookworm ;;
	17) echo trixie ;;
	18) echo forky ;;
	19) echo experimental sid ;;
	esac
}

# Says why a server cannot be had; the words end up in the summary.
cannot() {
	why=$*
	return 1
}

debian_mirror() {
	apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed -n 's|^Debian/Debian ||p' | head -1
}

# Runs a command in a process group of its own and waits for it.  A shell heeds
# a signal only after the command in its foreground, and what runs in namespaces
# heeds neither ^C nor the TERM that timeout sends; so it is the trap below that
# ends the command.
beside() { # command...
	local status=0
	env --default-signal=INT,QUIT setsid "$@" <&0 7>&- &
	running=$!
	wait "$running" || status=$?
	running=
	return "$status"
}

# Nobody is left when a run ends before its end, whatever it was at: first those
# are asked who clean up and count, and then nobody is.
end_running() {
	local i
	trap '' HUP INT TERM
	[ -n "${running:-}" ] && kill -- "-$running" 2>/dev/null || return 0
	for ((i = 0; i < 50; i++)); do
		kill -0 -- "-$running" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$running" 2>/dev/null || true
}
trap end_running EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command in namespaces that take every mount and process along when
# they end, however that is; the latest when the minutes are over, or this
# shell has been killed.
contained() { # command...
	local command=(setpriv --pdeathsig KILL unshare --mount --pid --ipc --fork --kill-child "$@")
	[ -z "${minutes:-}" ] ||
		command=(setpriv --pdeathsig KILL timeout --foreground --signal=KILL $((minutes * 60 > SECONDS ? minutes * 60 - SECONDS : 1)) "${command[@]}")
	beside "${command[@]}"
}

in_root() { # root command...
	contained sh -c '
		root=$1
		shift
		mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/dev/shm" &&
			exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
				HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' in_root "$@"
}

apt_in() { # root apt-get's arguments
	in_root "$1" apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 "${@:2}" </dev/null >>"$log" 2>&1
}

# How the host reaches its mirror is how the root does.
settle_root() { # root
	cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	echo '127.0.0.1 localhost' >"$1/etc/hosts"
	apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|ForceIPv)' >"$1/etc/apt/apt.conf.d/90host" || true
}

make_root() { # release base root
	local release=$1 base=$2 root=$3 mirror
	mirror=$(debian_mirror)
	if [ -z "$mirror" ]; then
		apt-get -q update >>"$log" 2>&1 || cannot "apt-get update failed here" || return
		mirror=$(debian_mirror)
		[ -n "$mirror" ] || cannot "apt knows no mirror of Debian here" || return
	fi
	echo "making a root of Debian $release in $root" >&2
	rm -rf "$root.partial"
	# Every release since 2000 is made by sid's script, known to debootstrap by name or not.
	contained debootstrap --variant=minbase --include=ca-certificates "$base" "$root.partial" "$mirror" \
		/usr/share/debootstrap/scripts/sid >>"$log" 2>&1 || cannot "debootstrap of $base failed: $(grep '^E:' "$log" | tail -1)" || return
	settle_root "$root.partial"
	echo force-unsafe-io >"$root.partial/etc/dpkg/dpkg.cfg.d/unsafe-io"
	mkdir -p "$root.partial/etc/postgresql-common"
	echo 'create_main_cluster = false' >"$root.partial/etc/postgresql-common/createcluster.conf"
	{
		echo "deb $mirror $base main"
		[ "$release" = "$base" ] || echo "deb $mirror $release main"
		echo "deb-src $mirror $release main"
	} >"$root.partial/etc/apt/sources.list"
	if [ "$release" != "$base" ]; then
		printf 'Package: postgresql* libpq* libecpg* libpgtypes*\nPin: release a=%s\nPin-Priority: 990\n' "$release" \
			>"$root.partial/etc/apt/preferences.d/$release"
	fi
	apt_in "$root.partial" update || cannot "apt-get update failed in the root of $release" || return
	mv "$root.partial" "$root"
}

# Does apt know the headers of a version?  Its output is read to the end: a
# reader that leaves early makes apt-cache, and so the pipe, fail.
apt_carries() { # major [words that run apt-cache elsewhere]
	[[ $("${@:2}" apt-cache policy "postgresql-server-dev-$1" </dev/null 2>/dev/null) == *'Candidate: '[!\(]* ]]
}

# Sets root to one that can install the version, and locks it for this run.
find_root() { # major [suffix of a root for another purpose]
	local release base
	read -r release base <<<"$(release_of "$1")"
	[ -n "$release" ] || cannot "no release of Debian carries it: give the pg_config of an installed one" || return
	[ "$(id -u)" -eq 0 ] || cannot "only root can make a root of Debian $release" || return
	command -v debootstrap >/dev/null || cannot "debootstrap is not installed" || return
	contained true 2>/dev/null || cannot "this machine grants no namespaces" || return
	mkdir -p "$cache" && log=$cache/$release${2:-}.log && : >"$log"
	root=$cache/$release${2:-}
	exec 9>"$root.lock"
	flock -n 9 || { echo "waiting for another run in $root" >&2; flock 9; }
	[ -d "$root" ] || make_root "$release" "${base:-$release}" "$root" || return
	settle_root "$root"
	apt_carries "$1" in_root "$root" || cannot "Debian $release does not carry it"
}

# The tree in /usr/src of a root, without what was built here.  What was built
# there stays, so that make builds only what has changed since.
copy_tree() { # root name
	rm -rf "$1"/tmp/pg_mosaic.*
	mirror "$checkout" "$1/usr/src/$2"
}
