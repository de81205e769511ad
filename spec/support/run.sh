#!/bin/sh
# Runs all tests of one build folder (`make test` gives build/asan) and ends with "N passed, N failed".
# usage: run.sh BUILD
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
log=$build/test-logs
rm -rf "$log"
mkdir -p "$log"
passed=0
failed=0

export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:halt_on_error=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
export LSAN_OPTIONS="suppressions=$PWD/spec/support/lsan.supp:print_suppressions=0"
export LADLE="$PWD/$build/ladle"
export LC_ALL=C.UTF-8

# count PASSED FAILED NAME LOG
count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    if [ "$2" -gt 0 ]; then
        echo "FAILED $3 ($2 of $(($1 + $2))):"
        tail -n 60 "$4"
    else
        echo "ok $3: $1"
    fi
}

# One unit test program (cmocka): a crash counts as a failure too.
unit() {
    name=${1#"$build"/spec/}
    out=$log/$(echo "$name" | tr / _).log
    CMOCKA_MESSAGE_OUTPUT=tap timeout 120 "$1" >"$out" 2>&1
    code=$?
    ok=$(grep -c '^ok ' "$out")
    bad=$(grep -c '^not ok ' "$out")
    [ $code -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ] && bad=1
    count "$ok" "$bad" "$name" "$out"
}

# One file of specs, run by busted inside the engine's own program.
spec() {
    out=$log/$(echo "$1" | tr / _).log
    timeout 300 "$LADLE" lua /usr/bin/busted --ignore-lua --output=TAP --pattern=_spec "$1" >"$out" 2>&1
    code=$?
    ok=$(grep '^ok ' "$out" | grep -vc ' # SKIP ')
    skipped=$(grep -c '^ok .* # SKIP ' "$out")
    bad=$(grep -c '^not ok ' "$out")
    [ $code -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$skipped" -eq 0 ] && bad=1
    [ "$skipped" -gt 0 ] && grep '^skipped: ' "$out"
    count "$ok" "$bad" "$1" "$out"
}

if sh spec/support/layers.sh >"$log/layers.log" 2>&1; then
    count 1 0 layers "$log/layers.log"
else
    count 0 1 layers "$log/layers.log"
fi
for t in $(find "$build/spec" -name '*_test' -type f | sort); do unit "$t"; done
for s in $(find spec/scripts spec/judge spec/flow -name '*_spec.lua' | sort); do spec "$s"; done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
