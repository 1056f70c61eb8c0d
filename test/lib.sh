# lib.sh: what the test, demo and benchmark runners share.  To be sourced by
# bash scripts in test/ with their arguments untouched.
#
# The runners may be root, a user with sudo or neither.  Whoever they are, a
# server refuses to run as root, so everything that talks to one runs as an
# ordinary user from a copy of the tests, which that user can read even where
# the checkout lies in a closed home directory.
set -euo pipefail

oldest_major=15

# What building and installing takes; names from test/requirements.
build_needs=(make compiler boost openssl zlib server headers)

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The server's test modules drop LC_ALL, and initdb goes by what remains.
export LC_ALL=C.UTF-8 LANG=C.UTF-8

# The caller's own server is none of our business.
for variable in "${!PG@}"; do
	[ "$variable" = PG_CONFIG ] || unset "$variable"
done
unset variable

die() {
	echo "${0#"$checkout"/}: $*" >&2
	exit 1
}

major_of() { # pg_config
	"$1" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'
}

# Can an extension be built and run with this pg_config's installation?
usable_pg_config() {
	local major
	major=$(major_of "$1") && [ -n "$major" ] && [ "$major" -ge "$oldest_major" ] &&
		[ -e "$("$1" --pgxs)" ] && [ -e "$("$1" --includedir-server)/postgres.h" ] && [ -x "$("$1" --bindir)/initdb" ]
}

# Sets PG_CONFIG unless the caller did: the one in PATH, else the newest that
# Debian's packages brought.
find_pg_config() {
	local candidate
	if [ -z "${PG_CONFIG:-}" ]; then
		for candidate in "$(command -v pg_config || true)" $(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -t/ -k5,5nr); do
			if [ -n "$candidate" ] && usable_pg_config "$candidate"; then
				PG_CONFIG=$candidate
				break
			fi
		done
	fi
	[ -n "${PG_CONFIG:-}" ] && usable_pg_config "$PG_CONFIG" || return 1
	export PG_CONFIG
	bindir=$("$PG_CONFIG" --bindir)
	pgxs=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")
}

# Sets as_user, the words that make a command run as an ordinary user with a
# home directory of its own; nothing where the caller is one already.
choose_user() { # home
	as_user=()
	[ "$(id -u)" -eq 0 ] || return 0
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	chown "$user" "$1"
	as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$1")
}

# Runs a command with the rights to install: as root, or by sudo.
with_rights() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
	else
		return 1
	fi
}

# Builds the library in a directory and installs it into the server of
# PG_CONFIG, with sudo only where the server's directories ask for it.
build_and_install() { # directory [make's arguments]
	local make=(make --no-print-directory -C "$1" "${@:2}" PG_CONFIG="$PG_CONFIG")
	"${make[@]}" all || return
	if [ -w "$("$PG_CONFIG" --pkglibdir)" ] && [ -w "$("$PG_CONFIG" --sharedir)/extension" ]; then
		"${make[@]}" install
	else
		with_rights "${make[@]}" install
	fi
}

# The sources under a directory, of its parts that are named or of all.
sources_in() { # directory [part]...
	(cd "$1" && find "${@:2}" \( -name .git -o -path ./build -o -path ./older \) -prune -o -type f ! -name '*.[od]' ! -name '*.so' ! -path './pg_mosaic--*.sql' -print) | LC_ALL=C sort
}

# Makes one directory hold the sources of another and leaves alone what was
# built in it.  Contents decide what is copied: times would mislead make where
# the sources come from now this checkout, now that.
mirror() { # from to [part]...
	local name
	mkdir -p "$2"
	LC_ALL=C comm -13 <(sources_in "$1" "${@:3}") <(sources_in "$2") | while read -r name; do rm -f "$2/$name"; done
	sources_in "$1" "${@:3}" | while read -r name; do
		cmp -s "$1/$name" "$2/$name" || { mkdir -p "$2/$(dirname "$name")" && cp --preserve=mode --remove-destination "$1/$name" "$2/$name"; }
	done
}

# The words after "# <key>:" in the heads of scripts, such as their needs.
header_words() { # key file...
	local key=$1 file
	for file in "${@:2}"; do
		[ ! -f "$file" ] || sed -n "1,20s/^# $key: *//p" "$file"
	done | tr '\n' ' '
}

# The server settings that a script asks for, as with-cluster takes them.
settings_of() { # file
	local setting
	for setting in $(header_words settings "$1"); do
		printf -- '-c %s ' "$setting"
	done
}

# Sets parts to the executables of test/demo or test/bench, relative to the
# checkout, whose names the caller's patterns pick.
pick_parts() { # demo|bench [pattern]...
	local kind=$1 file pattern
	shift
	[ $# -gt 0 ] || set -- '*'
	for file in "$checkout/test/$kind"/[0-9]*; do
		for pattern; do
			# shellcheck disable=SC2053
			if [ -x "$file" ] && [[ $(basename "$file") == $pattern ]]; then
				parts+=("test/$kind/$(basename "$file")")
				break
			fi
		done
	done
	[ ${#parts[@]} -gt 0 ] || die "test/$kind has nothing named $*"
}

# The first words of a script's banner, up to the first full stop.
title_of() { # file
	sed -n '2,${/^# *\(needs\|settings\):/d;s/^# *//p;q}' "$1" | sed 's/[.:].*//'
}

# Makes the temporary directory that everything of a run lives in, and a copy
# of what tests read there.  Sets work, tree and as_user.
make_work() {
	local part
	work=$(mktemp -d "${TMPDIR:-/tmp}/pg_mosaic.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	tree=$work/tree
	mkdir "$tree"
	for part in README.md sql expected test examples docs; do
		[ ! -e "$checkout/$part" ] || cp -R "$checkout/$part" "$tree/"
	done
	choose_user "$work"
	[ ${#as_user[@]} -eq 0 ] || chown -R "$user" "$work"
	cd "$work"
}
