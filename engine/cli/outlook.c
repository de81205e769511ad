/* Says for `ladle show` what comes next for a run, from its state and its journal. Nothing is asked
 * of the store: everything stands in the run's own rows. */
#include "cli/outlook.h"

#include <stdarg.h>
#include <string.h>

#include "call/seats.h"
#include "cli/view.h"

/* --- steps --- */

static bool is_in_state(const json_t *step, enum journal_state state)
{
    const char *name = json_get_text(step, "state");
    return name != NULL && strcmp(name, journal_state_name(state)) == 0;
}

static void copy_member(json_t *to, const char *name, const json_t *from, const char *as)
{
    json_t *value = json_object_get(from, as);
    if (value != NULL) {
        json_object_set(to, name, value);
    } else {
        json_object_set_new(to, name, json_null());
    }
}

/* What a step waits for whose last try ended with this error: another try, or its turn, where
 * nothing was sent yet (call/seats.h). */
static const char *for_error(const json_t *error)
{
    const char *detail = json_get_text(error, "detail");
    return detail != NULL && strcmp(detail, SEATS_TURN) == 0 ? "turn" : "retry";
}

/* A step that waits has the error of the try before, or the event that it waits for as its input;
 * else it waits for a time. */
static json_t *describe_wait(const json_t *step)
{
    const json_t *input = json_object_get(step, "input");
    const json_t *error = json_object_get(step, "error");
    bool is_retry = json_is_object(error);
    bool is_event = !is_retry && json_get_text(input, "event") != NULL;
    json_t *v = json_object();
    copy_member(v, "step", step, "name");
    json_object_set_new(v, "for",
                        json_string(is_retry   ? for_error(error)
                                    : is_event ? "event"
                                               : "time"));
    copy_member(v, "event", is_event ? input : NULL, "event");
    copy_member(v, "match", is_event ? input : NULL, "with");
    copy_member(v, "until", step, "due_at");
    return v;
}

/* A call of unknown outcome in a run that waits is looked for (run/looks.h), or sent again. */
static json_t *describe_look(const json_t *step)
{
    json_t *v = json_object();
    copy_member(v, "step", step, "name");
    json_object_set_new(v, "for", json_string("look"));
    copy_member(v, "event", NULL, "event");
    copy_member(v, "match", NULL, "with");
    copy_member(v, "until", step, "due_at");
    return v;
}

/* Nothing of such a wait stands in the journal, as nothing was tried. */
static json_t *describe_turn(const struct run_row *row)
{
    json_t *v = json_object();
    json_object_set_new(v, "step", row->step != NULL ? json_string(row->step) : json_null());
    json_object_set_new(v, "for", json_string("turn"));
    json_object_set_new(v, "event", json_null());
    json_object_set_new(v, "match", json_null());
    json_object_set_new(v, "until", view_time(row->err.retry_at_us));
    return v;
}

static json_t *describe_unknown(const json_t *step)
{
    json_t *v = json_object();
    copy_member(v, "step", step, "name");
    copy_member(v, "sent_at", step, "started_at");
    copy_member(v, "input", step, "input");
    copy_member(v, "error", step, "error");
    return v;
}

/* Collects from the steps and from what is below them. A step that only stands in for its effects
 * has no input and no error of its own, and is told by them. */
static void collect_steps(json_t *out, const json_t *steps, enum journal_state state,
                          json_t *(*describe)(const json_t *step))
{
    size_t i;
    json_t *step;
    json_array_foreach ((json_t *)steps, i, step) {
        json_t *effects = json_object_get(step, "effects");
        size_t before = json_array_size(out);
        collect_steps(out, effects, state, describe);
        if (json_array_size(out) == before && is_in_state(step, state)) {
            json_array_append_new(out, describe(step));
        }
    }
}

/* --- advice --- */

__attribute__((format(printf, 2, 3))) static void say(json_t *advice, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_t *line = json_vsprintf(fmt, args);
    va_end(args);
    json_array_append_new(advice, line != NULL ? line : json_string("(not text)"));
}

/* A call whose end does not tell whether it took effect: it had no answer, or one (500, 502, 504 …)
 * by which a server says that it failed on the way. */
static void advise_unknown(json_t *advice, const json_t *unknown, const char *id)
{
    const char *step = json_get_text(unknown, "step");
    int64_t status = json_get_int(json_object_get(unknown, "error"), "status", 0);
    if (status != 0) {
        say(advice,
            "%s was answered %lld, which leaves open whether it took effect. Look into the "
            "service:",
            step, (long long)status);
    } else {
        say(advice,
            "%s was sent and never answered. Look into the service whether it took effect:", step);
    }
    say(advice, "it did:     `ladle resolve %s --as done`, with --output JSON for its answer", id);
    say(advice, "it did not: `ladle resolve %s --as not-done` sends it again", id);
    say(advice, "no matter:  `ladle resolve %s --as skip` goes on without it", id);
    say(advice,
        "A step that may be done twice says `on_unknown: again` in its recipe; then this is "
        "not asked.");
}

static void advise_parked(json_t *advice, const json_t *v, const struct run_row *row,
                          const char *id)
{
    const json_t *unknown = json_array_get(json_object_get(v, "unknown"), 0);
    const char *step = row->step != NULL ? row->step : "the step";
    if (row->err.kind == ERR_AUTH) {
        say(advice,
            "A connection is not authorised, and its error says what to do; `ladle "
            "connections` shows all of them.");
        say(advice, "Then the run goes on by itself.");
    } else if (unknown != NULL) {
        advise_unknown(advice, unknown, id);
    } else {
        say(advice, "`ladle retry %s` goes on from %s.", id, step);
    }
}

/* A run that died in its `if` or `key` has no step to go on from. */
static void advise_dead(json_t *advice, const json_t *v, const char *id)
{
    if (json_get_int(v, "attempts", 0) == 0) {
        say(advice, "`ladle replay %s` begins again with the event.", json_get_text(v, "event_id"));
        return;
    }
    say(advice,
        "`ladle retry %s` goes on from the failed step, with --newest on the recipe as it "
        "is now.",
        id);
    say(advice, "`ladle replay %s` begins again with the event.", json_get_text(v, "event_id"));
}

static bool waits_for(const json_t *v, const char *what)
{
    size_t i;
    json_t *wait;
    json_array_foreach (json_object_get(v, "waits"), i, wait) {
        if (strcmp(json_get_text(wait, "for"), what) == 0) {
            return true;
        }
    }
    return false;
}

static void advise_waiting(json_t *advice, const json_t *v, const char *id)
{
    if (waits_for(v, "turn")) {
        say(advice,
            "The run goes on by itself when its turn comes; `ladle connections` shows what "
            "holds calls back.");
        say(advice, "`ladle cancel %s` ends it.", id);
        return;
    }
    say(advice,
        waits_for(v, "retry") ? "`ladle retry %s --now` tries again now."
                              : "`ladle retry %s --now` skips the wait.",
        id);
    say(advice, "`ladle cancel %s` ends it.", id);
}

static void advise_queued(json_t *advice, const struct run_row *row)
{
    if (row->due_us == RUN_BLOCKED) {
        say(advice, "An earlier run of this recipe and key has not ended; this one goes next.");
    }
}

static json_t *advise(const json_t *v, const struct run_row *row)
{
    json_t *advice = json_array();
    const char *id = json_get_text(v, "id");
    switch (row->state) {
    case RUN_QUEUED:
        advise_queued(advice, row);
        break;
    case RUN_WAITING:
        advise_waiting(advice, v, id);
        break;
    case RUN_PARKED:
        advise_parked(advice, v, row, id);
        break;
    case RUN_DEAD:
        advise_dead(advice, v, id);
        break;
    case RUN_RUNNING:
    case RUN_DONE:
    case RUN_CANCELLED:
    case RUN_SKIPPED:
    case RUN_STATE_COUNT:
        break;
    }
    return advice;
}

void outlook_add(json_t *v, const struct run_row *row)
{
    const json_t *steps = json_object_get(v, "steps");
    json_t *waits = json_array(), *unknown = json_array();
    if (row->state == RUN_WAITING) {
        collect_steps(waits, steps, JOURNAL_STARTED, describe_look);
        collect_steps(waits, steps, JOURNAL_WAITING, describe_wait);
        if (row->err.kind == ERR_TURN) {
            json_array_append_new(waits, describe_turn(row));
        }
    }
    if (row->state == RUN_PARKED) {
        collect_steps(unknown, steps, JOURNAL_STARTED, describe_unknown);
    }
    json_object_set_new(v, "waits", waits);
    json_object_set_new(v, "unknown", unknown);
    json_object_set_new(v, "advice", advise(v, row));
}
