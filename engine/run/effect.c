/* Makes one API call of a run at most once, from the journal to the journal.
 *
 *   no row yet   call; before the first byte of one that is not idempotent a STARTED row is committed
 *   STARTED      an earlier attempt sent it and never learned the outcome: look for the effect; where that
 *                cannot be done send it again, if the step says so, or give up as unknown
 *   DONE         never gets here: lua_act.c hands the stored output back
 *
 * The output is journalled before the strand goes on, but not waited for: the next effect that
 * needs a commit waits for all rows before it. Loop thread. */
#include "run/effect.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "connector/causes.h"
#include "run/echoes.h"
#include "service/accounts.h"
#include "store/tries.h"

enum {
    OUTPUT_MAX = 1 << 20, /* what one effect may put into the journal */
};

struct effect *effect_new(struct branch *b, const char *path, const char *unit)
{
    struct effect *fx = xcalloc(1, sizeof *fx);
    struct run *run = b->run;
    fx->run = run;
    fx->branch = b;
    fx->path = xstrdup(path);
    fx->unit = unit != NULL ? xstrdup(unit) : NULL;
    fx->attempt = effect_attempt_of(run, unit != NULL ? unit : path);
    list_init(&fx->waiter.link);
    return fx;
}

void effect_close(void *ud)
{
    struct effect *fx = ud;
    if (fx->call != NULL) {
        (void)call_cancel(fx->call); /* unknown outcomes have a STARTED row already */
        fx->call = NULL;
    }
    record_effect_cancel(fx);
    account_let_go(fx->connection);
    list_remove(&fx->waiter.link);
    json_decref(fx->input);
    json_decref(fx->output);
    free(fx->path);
    free(fx->unit);
    free(fx);
}

int effect_attempt_of(struct run *run, const char *unit)
{
    const struct journal_row *row = run_recall(run, unit);
    if (row == NULL) {
        return 1;
    }
    bool is_over = row->state == JOURNAL_DONE || row->state == JOURNAL_FAILED;
    return is_over && row->attempts > 0 ? row->attempts : row->attempts + 1;
}

char *effect_text(const json_t *v)
{
    size_t len;
    char *text = json_text(v, &len);
    (void)log_redact(text, len);
    return text;
}

static json_t *error_json(const struct err *e)
{
    json_t *v = json_pack("{s:s, s:s}", "kind", err_kind_name(e->kind), "message", e->message);
    if (v == NULL) { /* a message that is not UTF-8 */
        v = json_pack("{s:s, s:s}", "kind", err_kind_name(e->kind), "message", "(unreadable)");
    }
    if (e->status != 0) {
        json_object_set_new(v, "status", json_integer(e->status));
    }
    if (e->detail[0] != '\0') {
        json_object_set_new(v, "detail", json_string(e->detail));
    }
    return v;
}

char *effect_error_text(const struct err *e, const struct error_notes *notes)
{
    json_t *v = error_json(e);
    json_set_text(v, "file", notes->file);
    if (notes->line > 0) {
        json_object_set_new(v, "line", json_integer(notes->line));
    }
    json_set_text(v, "answer", notes->answer);
    json_t *tries = notes->earlier != NULL ? tries_of(notes->earlier) : NULL;
    if (tries != NULL) {
        json_object_set_new(v, "tries", tries);
    }
    char *text = effect_text(v);
    json_decref(v);
    return text;
}

char *effect_tries_text(struct run *run, const char *path)
{
    const struct journal_row *earlier = run_recall(run, path);
    return earlier != NULL ? tries_of_done(earlier, NULL) : NULL;
}

/* --- what comes back as an event --- */

static void note_id(const struct effect *fx, const json_t *causes, const json_t *id)
{
    const char *event;
    json_t *condition;
    json_object_foreach ((json_t *)causes, event, condition) {
        if (json_is_string(id) && causes_holds(condition, fx->input)) {
            echoes_note(runner_echoes(fx->run->runner), connection_name(fx->connection), event,
                        json_string_value(id), clock_mono_us());
        }
    }
}

/* What the call is about: the fields of its path ("/contacts/{contactId}/notes"). */
static void note_path(const struct effect *fx, const json_t *causes)
{
    const char *path = fx->operation->path != NULL ? fx->operation->path : "";
    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        char *field = xstrndup(at + 1, strcspn(at + 1, "}"));
        note_id(fx, causes, json_object_get(fx->input, field));
        free(field);
    }
}

/* What it made: the id of the output, or of an object in it (`note.id`). */
static void note_output(const struct effect *fx, const json_t *causes, const json_t *output)
{
    const char *name;
    json_t *part;
    note_id(fx, causes, json_object_get(output, "id"));
    json_object_foreach ((json_t *)output, name, part) {
        note_id(fx, causes, json_object_get(part, "id"));
    }
}

/* Notes that the effect may come back as an event: before it is sent (output NULL), as the event may
 * come before the answer, and with what was answered. */
static void note_echo(const struct effect *fx, const json_t *output)
{
    const char *method = fx->operation->method;
    bool is_reading = fx->is_look || (method != NULL && strcmp(method, "GET") == 0);
    if (is_reading || fx->connection == NULL) {
        return;
    }
    json_t *causes = connector_causes(connection_connector(fx->connection), fx->operation);
    if (output == NULL) {
        note_path(fx, causes);
    } else {
        note_output(fx, causes, output);
    }
    json_decref(causes);
}

/* --- rows --- */

/* The row of this effect with its input, in `state`. */
static struct journal_row *record(struct effect *fx, enum journal_state state)
{
    struct journal_row *row = run_record(fx->run, fx->path, state);
    row->attempts = fx->attempt;
    bool is_stored = fx->started_us > 0; /* with the STARTED row, whose input stays */
    if (row->input == NULL && fx->input != NULL && !is_stored) {
        row->input = effect_text(fx->input);
    }
    return row;
}

void effect_succeed(struct effect *fx, json_t *output)
{
    if (fx->is_look) {
        fx->output = output;
        strand_wake(fx->wake);
        return;
    }
    size_t len;
    char *text = json_text(output, &len);
    if (len > OUTPUT_MAX) {
        free(text);
        json_decref(output);
        struct err e = ERR_INIT;
        (void)err_set(&e, ERR_TOO_LARGE,
                      "the answer of %s is %zu bytes long; %d is the most that a step may keep",
                      fx->operation->name, len, OUTPUT_MAX);
        effect_fail(fx, &e, NULL);
        return;
    }
    (void)log_redact(text, len);
    note_echo(fx, output);
    struct journal_row *row = record(fx, JOURNAL_DONE);
    free(row->output);
    row->output = text;
    free(row->error);
    row->error = effect_tries_text(fx->run, fx->path);
    fx->output = output;
    FAULT("run.effect_answered");
    strand_wake(fx->wake);
}

static void replace_text(char **field, const char *text)
{
    free(*field);
    *field = text != NULL ? xstrdup(text) : NULL;
}

/* Notes for act.failed what the step's row must keep. */
static void note_effect_failure(struct effect *fx, bool is_unknown, const char *answer)
{
    struct branch *b = fx->branch;
    replace_text(&b->answer, answer);
    replace_text(&b->unknown_path, is_unknown ? fx->path : NULL);
    replace_text(&b->connection, fx->connection != NULL ? connection_name(fx->connection) : NULL);
    b->can_settle = is_unknown && (fx->operation->probe != NULL || fx->may_repeat);
}

void effect_fail(struct effect *fx, const struct err *e, const char *answer)
{
    bool is_unknown = e->kind == ERR_UNKNOWN || fx->is_probing;
    fx->has_failed = true;
    fx->err = *e;
    note_effect_failure(fx, is_unknown, answer);
    /* A step's own row is written by act.failed, which knows whether it is tried again. */
    if (fx->unit != NULL) {
        struct journal_row *row = record(fx, is_unknown ? JOURNAL_STARTED : JOURNAL_FAILED);
        free(row->error);
        row->error = effect_error_text(e, &(struct error_notes){ .answer = answer });
        row->started_us = fx->started_us > 0 ? fx->started_us : row->started_us;
    }
    strand_wake(fx->wake);
}

/* --- calls --- */

static void effect_answered(void *ud, json_t *output, const struct err *e, const char *answer)
{
    struct effect *fx = ud;
    fx->call = NULL;
    if (e != NULL) {
        effect_fail(fx, e, answer);
    } else {
        effect_succeed(fx, json_incref(output));
    }
}

static void started_is_saved(struct save_waiter *w)
{
    struct effect *fx = list_entry(w, struct effect, waiter);
    FAULT("run.started_committed");
    call_go(fx->call);
}

static void before_send(void *ud, struct service_call *call)
{
    struct effect *fx = ud;
    fx->call = call;
    struct journal_row *row = record(fx, JOURNAL_STARTED);
    row->started_us = fx->started_us = clock_wall_us();
    fx->waiter.fn = started_is_saved;
    run_when_saved(fx->run, &fx->waiter);
}

/* The key by which a service that takes one knows this effect again: the same in every attempt.
 * Yours; NULL for a service that takes none. */
static char *idempotency_key(const struct effect *fx)
{
    if (fx->operation->idempotency_header == NULL) {
        return NULL;
    }
    char id[ID_TEXT + 1];
    id_format(&fx->run->id, id);
    return xasprintf("%s:%s", id, fx->path);
}

static struct call_opts opts_of(struct effect *fx)
{
    return (struct call_opts){
        .connection = fx->connection,
        .operation = fx->operation,
        .input = json_incref(fx->input),
        .timeout_us = fx->timeout_us,
        .group = program_name(fx->run->program),
        .is_backfill = fx->run->is_backfill,
        .is_fresh = fx->is_fresh,
        .before_send = operation_is_idempotent(fx->operation, fx->input) ? NULL : before_send,
        .done = effect_answered,
        .ud = fx,
    };
}

static void send_call(struct effect *fx)
{
    struct call_opts o = opts_of(fx);
    char *key = idempotency_key(fx);
    o.idempotency_key = key;
    fx->call = call_start(service_calls(runner_service(fx->run->runner)), &o);
    free(key);
}

static void send_again(struct effect *fx)
{
    fx->is_probing = false;
    send_call(fx);
}

static void probed(void *ud, json_t *output, const struct err *e, const char *answer)
{
    struct effect *fx = ud;
    fx->call = NULL;
    if (e != NULL && e->kind == ERR_UNKNOWN && fx->may_repeat) {
        log_info("run",
                 "%s: whether it took effect cannot be found out; it is sent again, as its "
                 "step says `on_unknown: again`",
                 fx->path);
        send_again(fx);
    } else if (e != NULL) {
        /* Still unknown; whatever stood in the way of the probe says whether to try it again. */
        effect_fail(fx, e, answer);
    } else if (!json_is_null(output)) {
        log_info("run", "%s: an earlier attempt took effect; not repeated", fx->path);
        effect_succeed(fx, json_incref(output));
    } else {
        send_again(fx);
    }
}

static void begin_unknown(struct effect *fx, const struct journal_row *row)
{
    fx->started_us = row->started_us;
    fx->is_probing = true;
    struct call_opts o = opts_of(fx);
    o.before_send = NULL;
    o.done = probed;
    fx->call = call_probe(service_calls(runner_service(fx->run->runner)), &o, row->started_us);
}

/* A parent's call goes through the connection of the event's account, or of the one that the input
 * names. */
static void choose_connection(struct effect *fx)
{
    const struct run *run = fx->run;
    const char *from = meta_connection(run->meta);
    bool is_its_event = from != NULL && strcmp(from, connection_name(fx->connection)) == 0;
    fx->connection = accounts_choose(runner_service(run->runner), fx->connection, fx->operation,
                                     fx->input, is_its_event ? meta_account(run->meta) : NULL);
}

void effect_begin(struct effect *fx)
{
    const struct journal_row *row = run_recall(fx->run, fx->path);
    choose_connection(fx);
    note_echo(fx, NULL);
    if (record_effect_is_local(fx)) {
        record_effect_begin(fx);
    } else if (row != NULL && row->state == JOURNAL_STARTED) {
        begin_unknown(fx, row);
    } else {
        send_call(fx);
    }
}
