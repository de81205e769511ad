#!/bin/sh
# Runs fuzz targets one after another, each for SECONDS, beginning with its corpus, and prints how many
# inputs each tried. Stops at the first finding, whose input stays in the build folder.
# usage: run.sh FOLDER SECONDS [NAME…]
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=$1
seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(ls spec/fuzz/*_fuzz.c | sed 's|.*/||; s|_fuzz\.c$||')

export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
export LC_ALL=C.UTF-8

# What was found anew goes to a folder of the build; the kept corpus is only read.
for name in "$@"; do
    work=$folder/work/$name
    mkdir -p "$work/new"
    dict=spec/fuzz/$name.dict
    [ -e "$dict" ] && dict="-dict=$dict" || dict=""
    # shellcheck disable=SC2086
    if ! "$folder/$name" $dict -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
        -print_final_stats=1 -artifact_prefix="$work/" "$work/new" "spec/fuzz/corpus/$name" \
        >"$work/log" 2>&1; then
        tail -n 60 "$work/log"
        echo "FOUND by $name; the input and the log are in $work"
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
    echo "$name: $runs inputs in $seconds s, nothing found"
done
