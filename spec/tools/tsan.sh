#!/bin/sh
# Runs what has threads under ThreadSanitizer: the unit tests of net, store and cli, and one flow with
# the real program. Stops at the first report. `make tsan` gives build/tsan.
# usage: tsan.sh BUILD
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
log=$build/test-logs
mkdir -p "$log"
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:${TSAN_OPTIONS:-}"
export LADLE="$PWD/$build/ladle"
export LC_ALL=C.UTF-8

# run NAME COMMAND…
run() {
    out=$log/$(echo "$1" | tr / _).log
    name=$1
    shift
    if ! timeout 600 "$@" >"$out" 2>&1 || grep -q 'WARNING: ThreadSanitizer' "$out"; then
        tail -n 80 "$out"
        echo "FAILED $name"
        exit 1
    fi
    echo "ok $name"
}

for t in $(find "$build/spec/net" "$build/spec/store" "$build/spec/cli" -name '*_test' -type f | sort); do
    run "${t#"$build"/spec/}" "$t"
done
run flow/webhook "$LADLE" lua /usr/bin/busted --ignore-lua --output=TAP --pattern=_spec spec/flow/webhook_spec.lua
