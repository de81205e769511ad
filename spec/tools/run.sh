#!/bin/sh
# Runs the tests of one build folder (`make test` gives build/asan) and ends with "N passed, N failed".
# usage: run.sh BUILD          all of them, JOBS at a time (half more than there are cores, as tests also wait)
#        run.sh BUILD NAME     one: layers, store/event_test, fuzz/json_test, spec/flow/webhook_spec.lua …
# Each test writes into a file of BUILD/test-logs; what is told of it stands in the order of names() below, however
# many run at once.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
log=$build/test-logs

# What takes longest begins first, so that the end does not wait for one of them alone.
LONG='crash flow limits recipes cli oidc hooks order highlevel_writes connection restart oauth pages limits2'

# Every test, in the order in which they begin. By their sources: a program whose source is gone is no test.
names() {
    for long in $LONG; do
        echo "spec/flow/${long}_spec.lua"
    done
    echo layers
    (cd spec/engine && printf '%s\n' */*_test.c) | sed 's/\.c$//'
    (cd spec && printf '%s\n' fuzz/*_fuzz.c) | sed 's/_fuzz\.c$/_test/'
    find spec/scripts spec/judge spec/flow spec/border -name '*_spec.lua' | sort | grep -vxF "$(for long in $LONG; do
        echo "spec/flow/${long}_spec.lua"
    done)"
}

# The files that belong to a test: what it printed (.log), and what is told of it (.told).
file_of() {
    echo "$log/$(echo "$1" | tr / _)"
}

# tell PASSED FAILED NAME: what is told, after a line with the two numbers.
tell() {
    echo "$1 $2"
    if [ "$2" -gt 0 ]; then
        echo "FAILED $3 ($2 of $(($1 + $2))):"
        tail -n 60 "$out"
    else
        echo "ok $3: $1"
    fi
}

# One unit test program (cmocka): a crash counts as a failure too.
unit() {
    CMOCKA_MESSAGE_OUTPUT=tap timeout --foreground 600 "$build/spec/$1" >"$out" 2>&1
    code=$?
    ok=$(grep -c '^ok ' "$out")
    bad=$(grep -c '^not ok ' "$out")
    [ $code -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ] && bad=1
    tell "$ok" "$bad" "$1"
}

# One file of specs, run by busted inside the engine's own program.
spec() {
    timeout --foreground 1200 "$LADLE" lua /usr/bin/busted --ignore-lua --output=TAP --pattern=_spec "$1" >"$out" 2>&1
    code=$?
    ok=$(grep '^ok ' "$out" | grep -vc ' # SKIP ')
    skipped=$(grep -c '^ok .* # SKIP ' "$out")
    bad=$(grep -c '^not ok ' "$out")
    [ $code -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$skipped" -eq 0 ] && bad=1
    tell "$ok" "$bad" "$1"
    [ "$skipped" -gt 0 ] && grep '^skipped: ' "$out"
}

layers() {
    if sh spec/tools/layers.sh >"$out" 2>&1; then
        tell 1 0 layers
    else
        tell 0 1 layers
    fi
}

# Runs one test; .told is there once it is over. What is freed is kept from use for 32 MB, more than most tests ever
# free: with the 256 MB that are usual, each allocation of the others is of new pages.
one() {
    export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:halt_on_error=1:quarantine_size_mb=32:${ASAN_OPTIONS:-}"
    export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
    export LSAN_OPTIONS="suppressions=$PWD/spec/tools/lsan.supp:print_suppressions=0"
    export LADLE="$PWD/$build/ladle"
    export LC_ALL=C.UTF-8
    mkdir -p "$log"
    out=$(file_of "$1").log
    told=$(file_of "$1").told
    case $1 in
        layers) layers ;;
        *_spec.lua) spec "$1" ;;
        *) unit "$1" ;;
    esac >"$told.new"
    mv "$told.new" "$told"
}

# Waits until .told of a test is there; false if all has ended without it. Shows on a terminal how far the tests are.
await_told() {
    while [ ! -e "$1" ]; do
        [ -e "$log/ended" ] && [ ! -e "$1" ] && return 1
        [ -t 2 ] && printf '\r%d of %d ' "$(find "$log" -name '*.told' | wc -l)" "$(names | wc -l)" >&2
        sleep 0.3
    done
    [ -t 2 ] && printf '\r\033[K' >&2
    return 0
}

# Prints what is told of each test, in their order, as soon as it is there; then the sum.
follow() {
    passed=0
    failed=0
    for name in $(names); do
        told=$(file_of "$name").told
        if await_told "$told"; then
            read -r ok bad <"$told"
            sed 1d "$told"
        else
            ok=0
            bad=1
            echo "FAILED $name: it was not run"
        fi
        passed=$((passed + ok))
        failed=$((failed + bad))
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

if [ $# -gt 1 ]; then
    one "$2"
    sed 1d "$told"
    read -r ok bad <"$told"
    [ "$bad" -eq 0 ]
    exit
fi

rm -rf "$log"
mkdir -p "$log"
cores=$(nproc)
follow &
follower=$!
trap 'kill $follower; exit 130' INT TERM
names | xargs -P "${JOBS:-$((cores + cores / 2))}" -n 1 sh spec/tools/run.sh "$build" >/dev/null
touch "$log/ended"
wait $follower
