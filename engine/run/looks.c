/* How an effect that may have happened is told from one that did not. With a mark the one item that
 * has it is the effect. Without one, equal items may be what other runs of this engine made, what
 * they are making just now, or what a person wrote. So those that another effect owns are left out,
 * by the memory of this process and by the journal; while an equal call is under way nothing is
 * taken; and of several that are left none is. One that is left is taken: a person who made the very
 * same within the minute made what was wanted, and it is there once.
 *
 * Nothing found means "not yet" until the last look. It means "not done" then, unless something was
 * made since that is not equal and not ours: it may be the effect, changed by the service in a way
 * that the connector does not tell. */
#include "run/looks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"
#include "call/probe.h"
#include "format/date.h"
#include "format/duration.h"
#include "run/made.h"
#include "store/tries.h"

enum {
    LAG_DEFAULT_MS = 75000,
    LOOKS_MAX = 20, /* that the journal keeps, the last ones */
};

/* Asks the store, one after another, who made what was found. It may outlive its effect. */
struct look_read {
    struct made_find *find;
    struct effect *fx; /* NULL: cancelled */
    struct runner *runner;
    json_t *found; /* what the probe read; those of others are taken out of it */
    size_t at;     /* among fits, then near */
};

/* --- when --- */

static int64_t lag_us(const struct effect *fx)
{
    const char *own = json_get_text(connection_config(fx->connection), "lag");
    const json_t *table = connector_table(connection_connector(fx->connection));
    int64_t us = 0;
    if (own != NULL && duration_parse(own, strlen(own), &us, NULL) == 0) {
        return us;
    }
    return json_get_int(table, "lag_ms", LAG_DEFAULT_MS) * 1000;
}

/* How long after it was sent the last look is due. */
static int64_t end_us(const struct effect *fx)
{
    int64_t timeout_us = fx->timeout_us > 0 ? fx->timeout_us : fx->operation->timeout_us;
    int64_t longest_us = timeout_us > 0 ? timeout_us + probe_first_us(fx->operation) : 0;
    int64_t lag = lag_us(fx);
    return lag > longest_us ? lag : longest_us;
}

static int64_t first_us(const struct effect *fx)
{
    int64_t first = probe_first_us(fx->operation), end = end_us(fx);
    return first < end ? first : end;
}

/* The time since it was sent; a clock that went back does not make it wait for ever. */
static int64_t elapsed_us(const struct effect *fx, int64_t now_us)
{
    return now_us > fx->started_us ? now_us - fx->started_us : 0;
}

static int64_t next_due(const struct effect *fx)
{
    int64_t now_us = clock_wall_us(), elapsed = elapsed_us(fx, now_us), end = end_us(fx);
    int64_t at = first_us(fx);
    while (at <= elapsed && at < end && at > 0) {
        at = 2 * at < end ? 2 * at : end;
    }
    return at > elapsed ? now_us + at - elapsed : now_us + probe_first_us(fx->operation);
}

static bool is_last(const struct effect *fx)
{
    return elapsed_us(fx, fx->looked_us) >= end_us(fx);
}

/* --- what the journal says of a look --- */

/* The error of the row as it stands, or that of a call whose process ended. */
static json_t *error_of(const struct effect *fx, const struct journal_row *row)
{
    json_t *v = row->error != NULL ? json_parse_own(row->error, strlen(row->error), NULL) : NULL;
    if (json_get_text(v, "kind") != NULL) {
        return v;
    }
    json_t *tries = json_incref(json_object_get(v, "tries"));
    json_decref(v);
    char *message =
        xasprintf("%s was sent, and the engine ended before an answer came", fx->operation->name);
    v = json_pack("{s:s, s:s, s:o*}", "kind", err_kind_name(ERR_UNKNOWN), "message", message,
                  "tries", tries);
    free(message);
    return v;
}

/* Adds a look to what earlier attempts left in memory; the rows that are written take it from there
 * (effect_error_text, effect_tries_text). */
static void note_look(struct effect *fx, const char *came_of_it)
{
    struct journal_row *row = run_recall(fx->run, fx->path);
    char at[DATE_TEXT];
    date_format(fx->looked_us, at);
    json_t *error = error_of(fx, row);
    json_t *looks = json_object_get(error, "looks");
    if (looks == NULL) {
        looks = json_array();
        json_object_set_new(error, "looks", looks);
    }
    json_array_append_new(looks, json_pack("{s:s, s:s}", "at", at, "found", came_of_it));
    while (json_array_size(looks) > LOOKS_MAX) {
        json_array_remove(looks, 0);
    }
    fx->settle.count = (int)json_array_size(looks);
    free(row->error);
    row->error = effect_text(error);
    json_decref(error);
}

/* --- the ends of a look --- */

static void give_up(struct effect *fx, enum retry_look_end end, const char *why)
{
    struct err e = ERR_INIT;
    bool is_absent = end == LOOK_ABSENT;
    (void)err_set(&e, is_absent ? ERR_TIMEOUT : ERR_UNKNOWN, "%s was sent and not answered; %s",
                  fx->operation->name, why);
    (void)snprintf(e.detail, sizeof e.detail, "%s", is_absent ? "" : TRIES_LOOK);
    fx->settle.end = end;
    fx->settle.due_us = end == LOOK_LATER ? next_due(fx) : 0;
    fx->is_probing = !is_absent;
    effect_fail(fx, &e, NULL);
}

static void not_yet(struct effect *fx, const char *why)
{
    note_look(fx, why);
    give_up(fx, LOOK_LATER, why);
}

static void undecided(struct effect *fx, const char *why)
{
    note_look(fx, why);
    give_up(fx, LOOK_UNDECIDED, why);
}

static void take(struct effect *fx, json_t *output)
{
    note_look(fx, "its effect");
    log_info("run", "%s: an earlier attempt took effect; not repeated", fx->path);
    effect_succeed(fx, json_incref(output));
}

/* Whether what they make stands in the same list. */
static bool has_same_list(const struct effect *a, const struct effect *b)
{
    const char *field;
    json_t *from;
    if (a->operation != b->operation || a->connection != b->connection) {
        return false;
    }
    json_object_foreach (json_object_get(a->operation->probe, "from"), field, from) {
        const char *name = json_string_value(from);
        json_t *x = json_object_get(a->input, name), *y = json_object_get(b->input, name);
        if (x != NULL && y != NULL && !json_equal(x, y)) {
            return false;
        }
    }
    return true;
}

static bool is_equal_open(const struct effect *fx)
{
    list_each (link, made_open(runner_made(fx->run->runner))) {
        const struct effect *other = list_entry(link, struct effect, open_link);
        if (has_same_list(fx, other)) {
            return true;
        }
    }
    return false;
}

static void not_found(struct effect *fx, const json_t *found)
{
    size_t near = json_array_size(json_object_get(found, "near"));
    char lag[64], why[200];
    duration_format(end_us(fx), lag, sizeof lag);
    if (!is_last(fx)) {
        not_yet(fx, "its effect is not there yet");
    } else if (json_is_true(json_object_get(found, "is_cut"))) {
        undecided(fx, "its effect is not on the first page of what is there");
    } else if (near > 0) {
        (void)snprintf(why, sizeof why, "%zu %s made since that may be its effect in another form",
                       near, plural((int64_t)near, "thing was", "things were"));
        undecided(fx, why);
    } else {
        (void)snprintf(why, sizeof why, "it did not take effect within %s", lag);
        note_look(fx, "no effect");
        give_up(fx, LOOK_ABSENT, why);
    }
}

/* What is left once others' are out. */
static void decide(struct effect *fx, const json_t *found)
{
    const json_t *fits = json_object_get(found, "fits");
    size_t count = json_array_size(fits);
    if (count == 0) {
        not_found(fx, found);
    } else if (fx->mark == NULL && is_equal_open(fx)) {
        not_yet(fx, "a call like it is under way, which may have made what is there");
    } else if (count == 1 || fx->mark != NULL) {
        take(fx, json_object_get(json_array_get(fits, 0), "output"));
    } else if (!is_last(fx)) {
        not_yet(fx, "several things are there that may be its effect");
    } else {
        undecided(fx, "several things are there that may be its effect");
    }
}

/* --- whose it is --- */

/* The effect, by its run and its path; yours. */
static char *owner_name(const struct id *run, const char *path)
{
    char id[ID_TEXT + 1];
    id_format(run, id);
    return xasprintf("%s:%s", id, path);
}

/* "highlevel.get_all_tasks:abc", the thing by the list that it stands in; yours. */
static char *thing_name(const struct effect *fx, const char *id)
{
    return xasprintf("%s.%s:%s", connector_name(connection_connector(fx->connection)),
                     json_get_text(fx->operation->probe, "list"), id);
}

void looks_note_made(struct effect *fx, struct journal_row *row, const json_t *output)
{
    bool is_told = fx->operation->probe != NULL && fx->mark == NULL;
    char *id = is_told ? probe_made_id(fx->operation, output) : NULL;
    if (id == NULL) {
        return;
    }
    char *owner = owner_name(&fx->run->id, fx->path);
    row->made = thing_name(fx, id);
    made_put(runner_made(fx->run->runner), row->made, owner);
    free(owner);
    free(id);
}

static json_t *list_of(const struct look_read *r, size_t *index)
{
    json_t *fits = json_object_get(r->found, "fits"), *near = json_object_get(r->found, "near");
    bool is_fit = r->at < json_array_size(fits);
    *index = is_fit ? r->at : r->at - json_array_size(fits);
    return is_fit ? fits : near;
}

/* The id of the item that is asked about; NULL: none is left, or it has none. Borrowed. */
static const char *id_at(const struct look_read *r, bool *is_over)
{
    size_t index;
    json_t *list = list_of(r, &index);
    json_t *item = json_array_get(list, index);
    *is_over = item == NULL;
    return json_is_object(item) ? json_get_text(item, "id") : json_string_value(item);
}

static void drop_item(struct look_read *r)
{
    size_t index;
    json_t *list = list_of(r, &index);
    json_array_remove(list, index);
}

static bool is_others(const struct effect *fx, const char *owner)
{
    char *own = owner_name(&fx->run->id, fx->path);
    bool is_other = owner != NULL && strcmp(own, owner) != 0;
    free(own);
    return is_other;
}

static void look_read_free(struct look_read *r)
{
    json_decref(r->found);
    free(r);
}

static void ask_next(struct look_read *r);

static void owner_came(struct store_op *op, const struct err *e)
{
    struct look_read *r = op->ud;
    struct effect *fx = r->fx;
    struct made_find *f = r->find;
    r->find = NULL;
    runner_add_in_flight(r->runner, -1);
    if (fx == NULL || e != NULL) { /* it must land: it is cancelled at a stop only */
        if (fx != NULL) {
            fx->reads = NULL;
        }
        look_read_free(r);
        made_find_free(f);
        return;
    }
    char *owner = f->path != NULL ? owner_name(&f->run, f->path) : NULL;
    if (is_others(fx, owner)) {
        drop_item(r);
    } else {
        r->at++;
    }
    free(owner);
    made_find_free(f);
    ask_next(r);
}

static void ask_store(struct look_read *r, const char *thing)
{
    r->find = made_find_new(thing);
    r->find->op.must_land = true;
    r->find->op.done = owner_came;
    r->find->op.ud = r;
    runner_add_in_flight(r->runner, 1);
    store_submit_read(runner_store(r->runner), &r->find->op);
}

/* Goes through what was found; what this process knows needs no question. */
static void ask_next(struct look_read *r)
{
    struct effect *fx = r->fx;
    bool is_over = false;
    for (const char *id = id_at(r, &is_over); !is_over; id = id_at(r, &is_over)) {
        char *thing = id != NULL ? thing_name(fx, id) : NULL;
        const char *owner = thing != NULL ? made_owner(runner_made(r->runner), thing) : NULL;
        if (thing != NULL && owner == NULL) {
            ask_store(r, thing);
            free(thing);
            return;
        }
        if (is_others(fx, owner)) {
            drop_item(r);
        } else {
            r->at++;
        }
        free(thing);
    }
    fx->reads = NULL;
    json_t *found = json_incref(r->found);
    look_read_free(r);
    decide(fx, found);
    json_decref(found);
}

/* --- a look --- */

static void looked(void *ud, json_t *output, const struct err *e, const char *answer)
{
    struct effect *fx = ud;
    fx->call = NULL;
    if (e != NULL && e->kind == ERR_TURN) {
        effect_put_off(fx, e);
    } else if (e == NULL && fx->mark != NULL) {
        decide(fx, output);
    } else if (e == NULL) {
        fx->reads = xcalloc(1, sizeof *fx->reads);
        *fx->reads = (struct look_read){ .fx = fx,
                                         .runner = fx->run->runner,
                                         .found = json_deep_copy(output) };
        ask_next(fx->reads);
    } else if (e->kind == ERR_UNKNOWN && fx->may_repeat) {
        log_info("run",
                 "%s: whether it took effect cannot be found out; it is sent again, as its "
                 "step says `on_unknown: again`",
                 fx->path);
        fx->is_probing = false;
        effect_send(fx);
    } else if (e->kind == ERR_UNKNOWN) { /* it cannot be looked for */
        effect_fail(fx, e, answer);
    } else {
        note_look(fx, e->message);
        fx->settle.end = LOOK_FAILED;
        effect_fail(fx, e, answer);
    }
}

bool looks_plan(struct effect *fx)
{
    if (fx->operation->probe == NULL) {
        return false;
    }
    fx->settle =
        (struct retry_look){ .end = LOOK_LATER, .due_us = next_due(fx), .is_of_send = true };
    return true;
}

/* The mark that it was sent with: what was sent stands in its row. */
static void recall_mark(struct effect *fx, const struct journal_row *row)
{
    if (fx->mark == NULL) {
        return;
    }
    json_t *sent = row->input != NULL ? json_parse_own(row->input, strlen(row->input), NULL) : NULL;
    if (!probe_has_mark(fx->operation, sent, fx->mark)) {
        free(fx->mark);
        fx->mark = NULL;
    }
    json_decref(sent);
}

void looks_begin(struct effect *fx, const struct journal_row *row)
{
    fx->started_us = row->started_us;
    fx->looked_us = clock_wall_us();
    if (operation_is_idempotent(fx->operation, fx->input)) {
        effect_send(fx); /* no harm is done by it */
        return;
    }
    fx->is_probing = true;
    bool is_early = elapsed_us(fx, fx->looked_us) < first_us(fx);
    if (fx->operation->probe != NULL && is_early) {
        give_up(fx, LOOK_LATER, "it is looked for soon");
        return;
    }
    recall_mark(fx, row);
    struct call_opts o = effect_call_opts(fx);
    o.before_send = NULL;
    o.done = looked;
    fx->call =
        call_probe(service_calls(runner_service(fx->run->runner)), &o, row->started_us, fx->mark);
}

void looks_cancel(struct effect *fx)
{
    if (fx->reads != NULL) {
        fx->reads->fx = NULL;
        fx->reads = NULL;
    }
}
