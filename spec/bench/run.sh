#!/bin/sh
# Figures of this machine, each beside its aim: `make bench` calls it with the build folder. Load generator, sink and
# engine share the processors, so nothing else should run. BENCH_SECONDS (3) is the length of one measurement and
# BENCH_ROUNDS (3) how often it is made; the median is printed.
#
# What is measured:
#   webhooks/s     POSTs with new bodies that are answered 202, which is after the commit; no recipe wants them
#   runs/s         webhook -> recipe -> one POST to another service -> done, by the rows: how many are `done`, divided by the time
#                  from the first row's creation to the last one's end
#   of a run       what the engine's process used between its start and the end of the last run, by how many there were: CPU (user
#                  and system, of all threads), bytes handed to the disk (/proc/PID/io, which may take root to read); and how
#                  many more allocations a process makes that runs many of them than one that runs few (allocations.c counts)
#   five calls     the same with five POSTs, one after another
#   a step         how much longer a run takes with 21 steps than with one, by 20: steps of an action that calls nothing, each a
#                  row of the journal
#   a commit       how much longer a run takes where each of five POSTs is noted as begun, and committed, before it is sent, by 5
#   dead letters   from `ladle retry --all` until 10,000 runs are done, which were dead at their one POST
#   full store     1,000,000 finished runs and 100,000 that wait (rows.c writes them): from exec to the first answered webhook, and
#                  how much more memory the engine has then than with an empty store
#   a crowd        at least 10,000 runs that wait for a service which takes ten calls a second: the most memory that the engine ever
#                  had (VmHWM); and the longest that a run at another service takes meanwhile, by its row
#   coming back    a service that takes 100 calls a second is gone for 15 s, while runs wait for it: from when it listens again to
#                  the end of the first second in which 90 of them end. It is looked for every 10 s at the latest
#   memory         VmRSS once the engine has answered its first request; VmHWM, the most it ever was, after the runs
#   start          from exec to the first answered webhook, in a folder with the shipped recipes and a store that exists
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$(cd "$1" && pwd) || exit 1
seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-3}
ladle=$build/ladle
folder=$(mktemp -d) || exit 1
port=$((20000 + $$ % 20000))
engine="" sink="" before=""

stop() { [ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; }
finish() {
    stop "$engine"
    stop "$sink"
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
    echo "bench: $1" >&2
    [ -f "$folder/engine.log" ] && tail -n 5 "$folder/engine.log" >&2
    exit 1
}

# median NUMBER…: sets `result`. What starts an engine sets it too, and is never called in a subshell: its end could not be
# made sure there.
median() { result=$(printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'); }

# until_true COMMAND…: at most ten seconds
until_true() {
    n=0
    until "$@"; do
        n=$((n + 1))
        [ $n -lt 500 ] || return 1
        sleep 0.02
    done
}

project() {
    mkdir -p "$folder/p/recipes"
    cat >"$folder/p/ladle.yaml" <<EOF
listen: 127.0.0.1:$port
timezone: Europe/Amsterdam
connections:
  crm:
    connector: highlevel
    auth: token
    location: ve9EPM428h8vShlRW1KT
  bare:
    connector: webhook
    verify: none
$(for name in leads five safe one many; do
    printf '  %s:\n    connector: webhook\n    verify: none\n' $name
done)
  crowd:
    connector: webhook
    verify: none
  again:
    connector: webhook
    verify: none
  slow:
    connector: tens
    base_url: http://$sink_address
    allow_private: true
  gone:
    connector: hundreds
    base_url: http://$sink_address
    allow_private: true
  sink:
    connector: http
    base_url: http://$sink_address
    allow_private: true
EOF
    cp -r recipes/maps recipes/new-lead-follow-up.yaml recipes/contact-sync.yaml recipes/note-activity-log.yaml "$folder/p/recipes/"
    cat >"$folder/p/recipes/bench.yaml" <<'EOF'
recipe: bench
summary: One call for every lead
needs:
  leads: webhook
  sink: http
when:
  - leads.received
do:
  - step: tell
    use: sink.post
    with:
      url: /leads
      json: { name: = event.name, email: = event.email }
EOF
}

# recipe NAME NEED: with the steps of standard input
recipe() {
    printf 'recipe: %s\nsummary: For the benchmark\nneeds: { %s: webhook, %s }\nwhen: [%s.received]\ndo:\n' "$1" "$1" "${2:-sink: http}" \
        "$1" >"$folder/p/recipes/$1.yaml"
    cat >>"$folder/p/recipes/$1.yaml"
}

# posts COUNT MORE: that many POSTs, one after another
posts() {
    for i in $(seq "$1"); do
        printf '  - step: tell%d\n    use: sink.post\n    with: { url: /leads, json: { name: = event.name }%s }\n' "$i" "$2"
    done
}

# quiet COUNT: steps that call nothing
quiet() {
    for i in $(seq "$1"); do
        printf '  - step: quiet%d\n    use: scripts.quiet\n    with: { name: = event.name }\n' "$i"
    done
}

# limited NAME LIMITS: a connector with one operation
limited() {
    cat >"$folder/p/scripts/connectors/$1.lua" <<EOF
return {
  name = '$1', title = 'For the benchmark', auth = { kinds = { 'none' } }, limits = { $2 },
  operations = { tell = { method = 'POST', path = '/leads', summary = 'Tell', idempotent = true, input = { name = { 'string' } } } },
}
EOF
}

more_recipes() {
    mkdir -p "$folder/p/scripts/connectors"
    limited tens '{ requests = 100, per_ms = 10000 }, { requests = 200000, per_ms = 86400000 }'
    limited hundreds '{ requests = 100, per_ms = 1000 }, { requests = 200000, per_ms = 86400000 }'
    printf '  - step: tell\n    use: slow.tell\n    with: { name: = event.name }\n' | recipe crowd 'slow: tens'
    printf '  - step: tell\n    use: gone.tell\n    with: { name: = event.name }\n' | recipe again 'gone: hundreds'
    mkdir -p "$folder/p/scripts"
    echo "return { name = 'quiet', run = function(_, input) return { name = input.name } end }" >"$folder/p/scripts/quiet.lua"
    posts 5 '' | recipe five
    posts 5 ', idempotent: true' | recipe safe
    quiet 1 | recipe one
    quiet 21 | recipe many
}

is_listening() { grep -q ' listens on ' "$folder/engine.log"; }

start_engine() {
    rm -rf "$folder/p/data"
    start_on_store
}

# With the store that is there.
start_on_store() {
    : >"$folder/engine.log"
    (cd "$folder/p" && exec $before "$ladle" run --log info >"$folder/engine.log" 2>&1) &
    engine=$!
    until_true is_listening || fail "the engine does not start"
}

stop_engine() {
    stop "$engine"
    engine=""
}

# kib NAME: a line of the engine's status
kib() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$engine/status"; }

# cpu_ticks, written: of the engine so far; empty where nobody may know
cpu_ticks() { sed 's/.*) //' "/proc/$engine/stat" | awk '{ print $12 + $13 }'; }
written() { awk '$1 == "write_bytes:" { print $2 }' "/proc/$engine/io" 2>/dev/null; }

# webhooks CLIENTS: the rate
webhooks() {
    rates=""
    for _ in $(seq "$rounds"); do
        start_engine
        line=$("$build/bench/load" "127.0.0.1:$port" /hooks/bare "$1" "$seconds") || fail "webhooks failed: $line"
        rates="$rates ${line%% *}"
        stop_engine
    done
    # shellcheck disable=SC2086
    median $rates
}

# The rows of all runs of $recipe: how many are done, and how many a second.
count_runs() {
    (cd "$folder/p" && "$ladle" runs --recipe "$recipe" --limit 100000 --json) | sed -n \
        's/.*"state":"\([a-z]*\)".*"created_at":"\([^"]*\)".*"updated_at":"\([^"]*\)".*/\1 \2 \3/p' | awk '
        function seconds(text,  p) { split(substr(text, 12), p, /[:Z]/); return p[1] * 3600 + p[2] * 60 + p[3] }
        {
            all++
            if ($1 == "done") {
                done++; began = seconds($2); ended = seconds($3)
                if (first == "" || began < first) first = began
                if (ended > last) last = ended
            }
        }
        END { if (last <= first) last = first + 1; printf "%d %d %.0f\n", all, done, done / (last - first) }'
}

are_runs_over() {
    # shellcheck disable=SC2046 # three numbers
    set -- $(count_runs)
    all=$1 done=$2 rate=$3
    [ "$all" = "$done" ] && [ "$done" -gt 0 ]
}

# runs RECIPE HOOK SECONDS: runs per second at 64 clients that post so long, the most memory that it took, and what one of
# them cost.
runs() {
    rates="" peaks="" costs="" sizes="" recipe=$1
    hz=$(getconf CLK_TCK)
    for _ in $(seq "$rounds"); do
        start_engine
        ticks=$(cpu_ticks) bytes=$(written)
        line=$("$build/bench/load" "127.0.0.1:$port" "/hooks/$2" 64 "$3") || fail "webhooks failed: $line"
        until_true are_runs_over || fail "$done of $all runs are done"
        rates="$rates $rate"
        peaks="$peaks $(kib VmHWM)"
        costs="$costs $((($(cpu_ticks) - ticks) * 1000000 / hz / done))"
        sizes="$sizes ${bytes:+$((($(written) - bytes) / done))}"
        stop_engine
    done
    # shellcheck disable=SC2086
    median $costs
    run_us=$result
    # shellcheck disable=SC2086
    median $sizes
    run_bytes=$result
    # shellcheck disable=SC2086
    median $peaks
    runs_kib=$result
    # shellcheck disable=SC2086
    median $rates
}

# allocations SECONDS: how many a process makes that takes webhooks so long; and how many runs it made
allocations() {
    recipe=bench before="env LD_PRELOAD=$build/bench/allocations.so ALLOCATIONS=$folder/allocations"
    start_engine
    before=""
    line=$("$build/bench/load" "127.0.0.1:$port" /hooks/leads 64 "$1") || fail "webhooks failed: $line"
    until_true are_runs_over || fail "$done of $all runs are done"
    stop_engine
    result=$(cat "$folder/allocations") || fail "nobody counted"
}

first_answer() {
    times=""
    for _ in 1 2 3 4 5 6 7 8 9; do
        ms=$(cd "$folder/p" && "$build/bench/first" "127.0.0.1:$port" /hooks/bare "$ladle" run) || fail "no first answer"
        times="$times $ms"
    done
    # shellcheck disable=SC2086
    median $times
}

idle_kib() {
    sizes=""
    for _ in $(seq "$rounds"); do
        start_engine
        "$build/bench/load" "127.0.0.1:$port" /hooks/bare 1 0.01 >/dev/null || fail "no answer"
        sizes="$sizes $(kib VmRSS)"
        stop_engine
    done
    # shellcheck disable=SC2086
    median $sizes
}

# apart RATE1 RATE2 COUNT: microseconds by which a run at RATE2 takes longer, each of COUNT
apart() { awk -v a="$1" -v b="$2" -v n="$3" 'BEGIN { printf "%.1f", (1000000 / b - 1000000 / a) / n }'; }

drain() {
    rm -rf "$folder/p/data"
    "$build/bench/rows" "$folder/p" fill 0 0 "$1" || fail "no store"
    start_on_store
    result=$("$build/bench/rows" "$folder/p" drain "$1" "$ladle" retry --all 2>"$folder/drain.log" | tail -n 1)
    [ -n "$result" ] || fail "dead letters: $(cat "$folder/drain.log")"
    stop_engine
}

# Sets `crowded`: how many runs of the recipe wait; true where they are that many.
is_crowded() {
    crowded=$(cd "$folder/p" && "$ladle" runs --recipe "$1" --state waiting --limit 100000 --json | grep -c '"state":"waiting"')
    [ "$crowded" -ge "$2" ]
}

# rows_of RECIPE: state, creation and end of each run, in seconds of the day
rows_of() {
    (cd "$folder/p" && "$ladle" runs --recipe "$1" --limit 100000 --json) | sed -n \
        's/.*"state":"\([a-z]*\)".*"created_at":"\([^"]*\)".*"updated_at":"\([^"]*\)".*/\1 \2 \3/p' | awk '
        function seconds(text,  p) { split(substr(text, 12), p, /[:Z]/); return p[1] * 3600 + p[2] * 60 + p[3] }
        { printf "%s %.3f %.3f\n", $1, seconds($2), seconds($3) }'
}

# Sets `result` (the longest of a run at another service, ms), `crowd_kib` and `crowded`.
crowd() {
    start_engine
    load_for=1
    until is_crowded crowd 10000; do
        "$build/bench/load" "127.0.0.1:$port" /hooks/crowd 64 $load_for >/dev/null || fail "webhooks failed"
        load_for=$((load_for * 2))
        [ $load_for -lt 32 ] || fail "no 10,000 runs"
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$build/bench/load" "127.0.0.1:$port" /hooks/leads 1 0.001 >/dev/null || fail "no answer"
    done
    recipe=bench
    until_true are_runs_over || fail "$done of $all runs are done"
    result=$(rows_of bench | awk '{ ms = ($3 - $2) * 1000; if (ms > most) most = ms } END { printf "%.0f", most }')
    crowd_kib=$(kib VmHWM)
    stop_engine
}

# Sets `result`: seconds from when the service listens again to the end of the first second with 90 runs.
come_back() {
    start_engine
    stop "$sink"
    sink=""
    "$build/bench/load" "127.0.0.1:$port" /hooks/again 64 1 >/dev/null || fail "webhooks failed"
    until_true is_crowded again 500 || fail "$crowded runs wait for the service"
    sleep 15
    back=$(date -u +%H:%M:%S.%N | awk -F: '{ printf "%.3f", $1 * 3600 + $2 * 60 + $3 }')
    "$build/bench/sink" "$sink_address" >/dev/null 2>&1 &
    sink=$!
    sleep 16
    result=$(rows_of again | awk -v back="$back" '$1 == "done" && $3 >= back { print $3 }' | sort -n | awk -v back="$back" '
        { at[NR] = $1; if (NR >= 90 && $1 - at[NR - 89] <= 1.05) { printf "%.1f", $1 - back; exit } }')
    [ -n "$result" ] || fail "the service is back, and its runs are not"
    stop_engine
}

# Sets `result` and `full_kib`.
full_store() {
    rm -rf "$folder/p/data"
    "$build/bench/rows" "$folder/p" fill "$1" "$2" 0 || fail "no store"
    start_on_store
    "$build/bench/load" "127.0.0.1:$port" /hooks/bare 1 0.01 >/dev/null || fail "no answer"
    full_kib=$(kib VmRSS)
    stop_engine
    first_answer
}

mib() { awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'; }
row() { printf '%-56s %10s   %s\n' "$1" "$2" "$3"; }

"$build/bench/sink" 127.0.0.1:0 >"$folder/sink" 2>&1 &
sink=$!
until_true test -s "$folder/sink" || fail "the sink does not start"
sink_address=$(cat "$folder/sink")
project
more_recipes

row "what" "here" "aim"
for clients in 1 64 256; do
    webhooks $clients
    [ $clients = 64 ] && aim=20000/s || aim=""
    row "webhooks answered after the commit, clients: $clients" "$result/s" "$aim"
done
runs bench leads "$seconds"
one_post_kib=$runs_kib
row "runs (webhook, recipe, one POST, done), clients: 64" "$result/s" "5000/s"
row "of a run: CPU, user and system" "$run_us us" "110 us"
row "of a run: bytes written" "${run_bytes:-unknown}" ""
allocations 0.01
few=$result few_runs=$done
allocations "$seconds"
row "of a run: allocations" "$(((result - few) / (done - few_runs)))" ""
short=$(awk -v s="$seconds" 'BEGIN { print s / 6 }')
runs safe safe "$short"
safe=$result
runs five five "$short"
row "runs with five POSTs, clients: 64" "$result/s" "1000/s"
row "a 'started' row, committed before a call" "$(apart "$safe" "$result" 5) us" "100 us"
runs one one "$short"
one=$result
runs many many "$short"
row "a step that calls nothing, with its journal row" "$(apart "$one" "$result" 20) us" "20 us"
idle_kib
idle=$result
row "resident memory, idle" "$(mib "$result") MB" "12 MB"
row "resident memory, the most under runs of one POST" "$(mib "$one_post_kib") MB" "40 MB"
first_answer
row "from exec to the first answered webhook" "$result ms" "50 ms"
full_store 1000000 100000
row "the same with 1,000,000 finished, 100,000 waiting runs" "$result ms" "2000 ms"
row "more resident memory with these, idle" "$(mib $((full_kib - idle))) MB" "5 MB"
drain 10000
row "10,000 dead letters, by ladle retry --all" "$result s" "10 s"
crowd
row "resident memory, the most with $crowded runs at a limit" "$(mib "$crowd_kib") MB" "40 MB"
row "a run at another service meanwhile, the longest" "$result ms" "100 ms"
come_back
row "from 'the service is back' to its full rate" "$result s" "15 s"
strip -o "$folder/stripped" "$ladle" || fail "cannot strip"
row "size of the program, as built" "$(mib $(($(wc -c <"$ladle") / 1024))) MB" ""
row "size of the program, stripped" "$(mib $(($(wc -c <"$folder/stripped") / 1024))) MB" "2 MB"
