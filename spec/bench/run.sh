#!/bin/sh
# Figures of this machine, each beside its aim: `make bench` calls it with the build folder. Load generator, sink and
# engine share the processors, so nothing else should run. BENCH_SECONDS (3) is the length of one measurement and
# BENCH_ROUNDS (3) how often it is made; the median is printed.
#
# What is measured:
#   webhooks/s     POSTs with new bodies that are answered 202, which is after the commit; no recipe wants them
#   runs/s         webhook -> recipe -> one POST to another service -> done, by the rows: how many are `done`, divided by the time
#                  from the first row's creation to the last one's end
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
engine="" sink=""

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
  leads:
    connector: webhook
    verify: none
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

is_listening() { grep -q ' listens on ' "$folder/engine.log"; }

start_engine() {
    rm -rf "$folder/p/data"
    : >"$folder/engine.log"
    (cd "$folder/p" && exec "$ladle" run --log info >"$folder/engine.log" 2>&1) &
    engine=$!
    until_true is_listening || fail "the engine does not start"
}

stop_engine() {
    stop "$engine"
    engine=""
}

# kib NAME: a line of the engine's status
kib() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$engine/status"; }

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

# The rows of all runs of the store: how many are done, and how many a second.
count_runs() {
    (cd "$folder/p" && "$ladle" runs --recipe bench --limit 100000 --json) | sed -n \
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

# Runs per second at 64 clients, and the most memory that it took.
runs() {
    rates="" peaks=""
    for _ in $(seq "$rounds"); do
        start_engine
        line=$("$build/bench/load" "127.0.0.1:$port" /hooks/leads 64 "$seconds") || fail "webhooks failed: $line"
        until_true are_runs_over || fail "$done of $all runs are done"
        rates="$rates $rate"
        peaks="$peaks $(kib VmHWM)"
        stop_engine
    done
    # shellcheck disable=SC2086
    median $peaks
    runs_kib=$result
    # shellcheck disable=SC2086
    median $rates
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

mib() { awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'; }
row() { printf '%-52s %10s   %s\n' "$1" "$2" "$3"; }

"$build/bench/sink" 127.0.0.1:0 >"$folder/sink" 2>&1 &
sink=$!
until_true test -s "$folder/sink" || fail "the sink does not start"
sink_address=$(cat "$folder/sink")
project

row "what" "here" "aim"
for clients in 1 64 256; do
    webhooks $clients
    [ $clients = 64 ] && aim=20000/s || aim=""
    row "webhooks answered after the commit, clients: $clients" "$result/s" "$aim"
done
runs
row "runs (webhook, recipe, one POST, done), clients: 64" "$result/s" "5000/s"
idle_kib
row "resident memory, idle" "$(mib "$result") MB" "12 MB"
row "resident memory, the most under those runs" "$(mib "$runs_kib") MB" "40 MB"
first_answer
row "from exec to the first answered webhook" "$result ms" "50 ms"
strip -o "$folder/stripped" "$ladle" || fail "cannot strip"
row "size of the program, as built" "$(mib $(($(wc -c <"$ladle") / 1024))) MB" ""
row "size of the program, stripped" "$(mib $(($(wc -c <"$folder/stripped") / 1024))) MB" "2 MB"
