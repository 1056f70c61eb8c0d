# instruments.sh: the sanitizers and valgrind, for test/run.
#
# The sanitizers are compiled into the library and the unit tests.  A server
# that is not built with ASan has to have its run-time library loaded first,
# and libstdc++ beside it, else the first `throw` ends in the interceptor;
# leaks are not its business, since what palloc gives out is never freed one by
# one.  valgrind sees palloc's chunks where the server was built for it, as
# `test/matrix --cassert` does.
#
# Reports go to files.  One that is not empty is a failure, whatever the tests
# thought of it.

# Sets flags for the compiler, patience, by which limits are multiplied,
# POSTGRES, what with-cluster starts, and tap_env, what TAP tests run with.
use_instrument() { # undefined|address|valgrind
	reports=$work/reports flags= patience=4 tap_env=()
	local runtime supp suppressions=()
	"${as_user[@]}" mkdir "$reports"
	export PG_TEST_TIMEOUT_DEFAULT=900
	case $1 in
	undefined | address)
		flags="-fsanitize=$1 -fno-omit-frame-pointer -O1 -g"
		export UBSAN_OPTIONS="print_stacktrace=1:log_path=$reports/ubsan"
		;;
	esac
	case $1 in
	address)
		runtime=$(g++ -print-file-name=libasan.so):$(g++ -print-file-name=libstdc++.so.6)
		export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0:allocator_may_return_null=1:log_path=$reports/asan"
		tap_env=(LD_PRELOAD="$runtime")
		start_server_by env LD_PRELOAD="$runtime"
		;;
	valgrind)
		patience=20
		for supp in "$tree/test/valgrind.supp" "$("$PG_CONFIG" --sharedir)/valgrind.supp"; do
			[ ! -e "$supp" ] || suppressions+=(--suppressions="$supp")
		done
		start_server_by valgrind --quiet --leak-check=no --gen-suppressions=all --error-markers=VALGRIND-BEGIN,VALGRIND-END \
			--trace-children=yes --log-file="$reports/valgrind.%p" "${suppressions[@]}"
		;;
	esac
}

start_server_by() { # command...
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$*" "$bindir/postgres" >"$work/postgres"
	chmod 755 "$work/postgres"
	export POSTGRES=$work/postgres
}

# What was built with the compiler's part of an instrument; it stays, one
# directory for each server.
instrumented() {
	echo "$checkout/build/$instrument-$("$PG_CONFIG" --version --configure --bindir | cksum | cut -d' ' -f1)"
}

# Counts what the instrument had to say, as one test.
read_reports() { # instrument
	local report
	find "$reports" -type f -size 0 -delete
	if [ -z "$(ls -A "$reports")" ]; then
		count passed "$1" 'no report'
	fi
	for report in "$reports"/*; do
		[ ! -e "$report" ] || failed "$1" "$(basename "$report")" "$report"
	done
}
