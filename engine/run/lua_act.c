/* The bindings by which the steps of a recipe act: what the walker may do to the world, each under
 * a path of the run's journal. The run is found through the strand that calls. What calls a service
 * stands in lua_call.c. Loop thread. */
#include "run/lua_act.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "connector/schema.h"
#include "format/date.h"
#include "format/duration.h"
#include "run/echoes.h"
#include "run/effect.h"
#include "run/lua_call.h"
#include "run/lua_fork.h"
#include "service/accounts.h"

enum { PLACE_MAX = 128 /* of a file's name in an error */ };

struct branch *act_branch(lua_State *L)
{
    struct branch *b = strand_data(L);
    if (b == NULL) {
        luaL_error(L, "there is no run here: `if` and `key` cannot call a service");
    }
    return b;
}

static struct run *run_of(lua_State *L)
{
    return act_branch(L)->run;
}

void act_push_text(lua_State *L, const char *text)
{
    json_t **slot = (json_t **)box_push(L, (void (*)(void *))json_decref); // box
    *slot = text != NULL ? json_parse_own(text, strlen(text), NULL) : NULL;
    if (*slot == NULL) {
        lua_pushnil(L);
        return;
    }
    vm_push_json(L, *slot, true); // box value
}

int act_raise_stored(lua_State *L, const struct journal_row *row)
{
    struct err e = { .kind = ERR_INTERNAL };
    json_t *v = row->error != NULL ? json_parse_own(row->error, strlen(row->error), NULL) : NULL;
    const char *kind = json_get_text(v, "kind");
    const char *message = json_get_text(v, "message");
    const char *detail = json_get_text(v, "detail");
    (void)err_set(&e, err_kind_parse(kind != NULL ? kind : ""), "%s",
                  message != NULL ? message : "failed before");
    e.status = (int)json_get_int(v, "status", 0);
    if (detail != NULL) {
        snprintf(e.detail, sizeof e.detail, "%s", detail);
    }
    vm_push_err(L, &e);
    const char *file = json_get_text(v, "file");
    if (file != NULL) {
        lua_pushstring(L, file);
        lua_setfield(L, -2, "file");
        lua_pushinteger(L, json_get_int(v, "line", 0));
        lua_setfield(L, -2, "line");
    }
    json_decref(v);
    return lua_error(L);
}

/* act.recall(path) -> true, output | false   [-1, +2, raises the stored error of a step that failed
 * for good] */
static int act_recall(lua_State *L)
{
    const struct journal_row *row = run_recall(run_of(L), luaL_checkstring(L, 1));
    if (row != NULL && row->state == JOURNAL_FAILED) {
        return act_raise_stored(L, row);
    }
    if (row == NULL || row->state != JOURNAL_DONE) {
        lua_pushboolean(L, false);
        return 1;
    }
    lua_pushboolean(L, true);
    lua_insert(L, 1);              // true path
    act_push_text(L, row->output); // true path box value
    lua_pushboolean(L, true);
    lua_insert(L, -2); // … true value
    return 2;
}

/* act.enter(step)   [-1, +0, raises] */
static int act_enter(lua_State *L)
{
    branch_set_step(act_branch(L), luaL_checkstring(L, 1));
    return 0;
}

/* act.meta() -> where the event comes from, as recipes see it   [-0, +1, raises] */
static int act_meta(lua_State *L)
{
    vm_push_json(L, meta_json(run_of(L)->meta), true);
    return 1;
}

static char *text_argument(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index)) {
        return NULL;
    }
    json_t *v = vm_to_json(L, index);
    char *text = effect_text(v);
    json_decref(v);
    return text;
}

/* act.complete(path, input, output, is_again): journals a step that made no call of its own. Where
 * it is done already that stays, unless is_again: then the output is replaced.   [-4, +0, raises]
 */
static int act_complete(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    const struct journal_row *earlier = run_recall(run, path);
    lua_settop(L, 4);
    if (earlier != NULL && earlier->state == JOURNAL_DONE && !lua_toboolean(L, 4)) {
        return 0; /* walked again */
    }
    void **input = box_push(L, free);
    *input = text_argument(L, 2);
    void **output = box_push(L, free);
    *output = text_argument(L, 3);
    struct journal_row *row = run_record(run, path, JOURNAL_DONE);
    row->attempts = effect_attempt_of(run, path);
    free(row->input);
    free(row->output);
    row->input = *input;
    row->output = *output;
    *input = *output = NULL;
    free(row->error);
    row->error = effect_tries_text(run, path);
    return 0;
}

/* act.settle(path): the row of a step that failed before it did anything, and now was passed over or
 * did its steps, is done. None is made where there is none.   [-1, +0, raises] */
static int act_settle(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    const struct journal_row *earlier = run_recall(run, path);
    if (earlier != NULL && earlier->state == JOURNAL_WAITING) {
        struct journal_row *row = run_record(run, path, JOURNAL_DONE);
        row->attempts = effect_attempt_of(run, path);
        free(row->error);
        row->error = effect_tries_text(run, path);
    }
    return 0;
}

/* The place in the recipe that the error at the index names; the file is the table's. No metamethod
 * of a script's own error is asked.   [-0, +0, raises] */
static void read_place(lua_State *L, int index, struct error_notes *notes)
{
    if (!lua_istable(L, index)) {
        return;
    }
    lua_pushliteral(L, "file");
    notes->file = lua_rawget(L, index) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pushliteral(L, "line");
    lua_rawget(L, index);
    notes->line = (int)lua_tointeger(L, -1);
    lua_pop(L, 2);
}

/* The row of a step that failed, in the state that the plan for it says; borrowed. */
static struct journal_row *record_failure(struct branch *b, const char *path, const struct err *e,
                                          const struct retry_plan *plan, struct error_notes *notes)
{
    enum journal_state state = plan->verdict == RETRY_FINAL ? JOURNAL_FAILED : JOURNAL_WAITING;
    int tries = effect_attempt_of(b->run, path) - (plan->is_counted ? 0 : 1);
    /* An unknown outcome stays "started": that is what the next attempt must find. */
    bool is_unknown = b->unknown_path != NULL && strcmp(b->unknown_path, path) == 0;
    struct journal_row *row = run_record(b->run, path, is_unknown ? JOURNAL_STARTED : state);
    row->attempts = tries;
    row->due_us = plan->verdict == RETRY_AGAIN ? plan->due_us : 0;
    notes->answer = b->answer;
    notes->earlier = run_recall(b->run, path);
    free(row->error);
    row->error = effect_error_text(e, notes);
    free(b->answer);
    b->answer = NULL;
    return row;
}

static int rest_for_ever(lua_State *L, int status, lua_KContext ctx)
{
    return strand_wait(L, ctx, rest_for_ever);
}

/* Parks the strand for good: the run ends its attempt once all of its branches are at rest, and is
 * walked again later. */
static int rest(lua_State *L, enum run_state state, int64_t due_us, const struct err *e)
{
    branch_rest(act_branch(L), state, due_us, e);
    (void)strand_wake_of(L); /* a wait of its own, which nobody ends */
    return strand_wait(L, 0, rest_for_ever);
}

/* act.failed(path, error, policy, is_final, is_caught): comes back only where the failure is final.
 * is_final: no call was made, so nothing is tried again; is_caught: an `on_error` lets the run go
 * on.   [-5, +0, yields] */
static int act_failed(lua_State *L)
{
    struct branch *b = act_branch(L);
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 5);
    struct err e = ERR_INIT;
    struct error_notes notes = { .line = 0 };
    vm_read_err(L, 2, &e);
    read_place(L, 2, &notes);
    json_t **policy = (json_t **)box_push(L, (void (*)(void *))json_decref);
    *policy = lua_isnil(L, 3) ? NULL : vm_to_json(L, 3);
    struct retry_plan plan = { .verdict = RETRY_FINAL, .is_counted = true };
    if (!lua_toboolean(L, 4)) {
        plan = retry_decide(*policy, effect_attempt_of(b->run, path), &e, b->can_settle,
                            clock_wall_us());
    } else {
        free(b->answer); /* of a call before, which a script caught */
        b->answer = NULL;
    }
    struct journal_row *row = record_failure(b, path, &e, &plan, &notes);
    row->fails_run = row->state == JOURNAL_FAILED && !lua_toboolean(L, 5);
    branch_set_step(b, path);
    if (plan.verdict == RETRY_FINAL) {
        return 0;
    }
    return rest(L, plan.verdict == RETRY_PARK ? RUN_PARKED : RUN_WAITING, plan.due_us, &e);
}

/* --- runs that an effect of our own started --- */

/* act.echo() -> the id that this run's event shares with a call that brought it; nil: it came from
 * elsewhere, or the run has begun before.   [-0, +1, raises] */
static int act_echo(lua_State *L)
{
    const struct run *run = run_of(L);
    const char *connection = meta_connection(run->meta);
    const char *type = meta_type(run->meta);
    const char *id = NULL;
    if (run->attempts == 1 && connection != NULL && type != NULL) {
        id = echoes_find(runner_echoes(run->runner), connection, type, run->event, clock_mono_us());
    }
    lua_pushstring(L, id);
    return 1;
}

/* act.admit(about): parks the run where too many of its recipe and key were started so.
 *   [-1, +0, raises, yields] */
static int act_admit(lua_State *L)
{
    const struct run *run = run_of(L);
    const char *recipe = program_name(run->program);
    const char *about = luaL_checkstring(L, 1);
    if (echoes_admit(runner_echoes(run->runner), recipe, about, clock_mono_us())) {
        return 0;
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_CONFIG,
                  "more than %d runs of %s about %.100s within a minute were started by what runs "
                  "did: the recipe answers its own effects; give it an `if` that tells them from "
                  "others. `ladle retry` lets this run go on",
                  ECHOES_MAX, recipe, about);
    return rest(L, RUN_PARKED, 0, &e);
}

/* --- waits --- */

/* When a `wait` is over: a duration from now, or a date; nothing: at once. */
static int64_t wait_until(lua_State *L, int index, const char *zone_name)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    size_t len;
    if (lua_isnil(L, index)) {
        return 0;
    }
    const char *text = luaL_checklstring(L, index, &len);
    if (duration_parse(text, len, &us, NULL) == 0) {
        return clock_wall_us() + us;
    }
    const struct zone *zone = zone_name != NULL ? zone_get(zone_name, NULL) : NULL;
    if (date_parse(text, len, zone, &us, NULL) == 0) {
        return us;
    }
    (void)err_set(&e, ERR_INVALID,
                  "`wait` takes a duration like 2 days, or a date; \"%.60s\" is neither", text);
    return vm_raise(L, &e);
}

/* The row of a wait that is to come: it says until when. */
static int begin_wait(lua_State *L, const char *path, int64_t due_us)
{
    struct journal_row *row = run_record(run_of(L), path, JOURNAL_WAITING);
    row->due_us = due_us;
    row->attempts = 1;
    branch_set_step(act_branch(L), path);
    return rest(L, RUN_WAITING, due_us, NULL);
}

/* act.wait(path, duration or date, zone)   [-3, +0, raises, yields] */
static int act_wait(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    const struct journal_row *earlier = run_recall(run, path);
    if (earlier != NULL && earlier->state == JOURNAL_DONE) {
        return 0;
    }
    /* A row without a time is of an attempt that failed before it came to wait. */
    int64_t due_us = earlier != NULL && earlier->due_us > 0
                         ? earlier->due_us
                         : wait_until(L, 2, luaL_optstring(L, 3, NULL));
    if (due_us > clock_wall_us()) {
        return begin_wait(L, path, due_us);
    }
    struct journal_row *row = run_record(run, path, JOURNAL_DONE);
    row->attempts = 1;
    row->due_us = due_us;
    return 0;
}

/* The end of a wait whose time is over: an event may have ended it a moment before, and only the
 * store knows. */
struct wait_end {
    struct save_waiter waiter;
    struct run *run;
    struct wake wake;
};

static void close_wait_end(void *ud)
{
    struct wait_end *end = ud;
    list_remove(&end->waiter.link);
    free(end);
}

static void wait_end_saved(struct save_waiter *w)
{
    strand_wake(list_entry(w, struct wait_end, waiter)->wake);
}

static int finish_wait_end(lua_State *L, int status, lua_KContext ctx)
{
    const struct wait_end *end = (const struct wait_end *)ctx;
    if (end->run->is_woken) { /* the next attempt finds the event in the journal */
        return rest(L, RUN_WAITING, clock_wall_us(), NULL);
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_TIMEOUT, "no such event came in time");
    return vm_raise(L, &e);
}

static int end_wait(lua_State *L, const char *path, const struct journal_row *earlier)
{
    struct wait_end **end = (struct wait_end **)box_push(L, close_wait_end);
    *end = xcalloc(1, sizeof **end);
    list_init(&(*end)->waiter.link);
    (*end)->run = run_of(L);
    (*end)->waiter.fn = wait_end_saved;
    (*end)->wake = strand_wake_of(L);
    run_end_wait((*end)->run, path);
    /* As it is: where the event has made it DONE it stays so, and the save tells that. */
    struct journal_row *row = run_record((*end)->run, path, JOURNAL_WAITING);
    row->due_us = earlier->due_us;
    row->attempts = earlier->attempts;
    free(row->error);
    row->error = xstrdup_or_null(earlier->error);
    run_when_saved((*end)->run, &(*end)->waiter);
    return strand_wait(L, (lua_KContext)*end, finish_wait_end);
}

/* The match with what is not said: a parent's run waits for events of its own account. Yours. */
static char *whole_match(const struct run *run, const char *connection, const char *match)
{
    const struct connection *c = service_find(runner_service(run->runner), connection);
    const char *from = meta_connection(run->meta);
    const char *account = meta_account(run->meta);
    if (c == NULL || account == NULL || from == NULL || strcmp(from, connection) != 0) {
        return xstrdup(match);
    }
    size_t len;
    json_t *fields = json_parse_own(match, strlen(match), NULL);
    accounts_narrow(c, fields, account);
    char *text = fields != NULL ? json_text(fields, &len) : xstrdup(match);
    json_decref(fields);
    return text;
}

/* act.wait_for(path, connection, event, match, timeout_us): the event's payload comes as the result
 * of a later attempt, from the journal: the store puts it there with the event.   [-5, +0, raises,
 * yields] */
static int act_wait_for(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    const struct journal_row *earlier = run_recall(run, path);
    bool has_begun =
        earlier != NULL && earlier->due_us > 0; /* else it failed before, or is retried */
    if (has_begun && earlier->due_us <= clock_wall_us()) {
        return end_wait(L, path, earlier);
    }
    if (has_begun) {
        branch_set_step(act_branch(L), path);
        return rest(L, RUN_WAITING, earlier->due_us, NULL);
    }
    char **match = (char **)box_push(L, free);
    *match = text_argument(L, 4);
    const char *connection = luaL_checkstring(L, 2), *event = luaL_checkstring(L, 3);
    int64_t due_us = clock_wall_us() + luaL_checkinteger(L, 5);
    char *whole = whole_match(run, connection, *match);
    run_begin_wait(run, path, connection, event, whole);
    free(whole);
    /* For people who look at the run; what counts is the row of the wait. */
    run_record(run, path, JOURNAL_WAITING)->input =
        xasprintf("{\"event\":\"%s.%s\",\"with\":%s}", connection, event, *match);
    return begin_wait(L, path, due_us);
}

/* act.check(schema, input) -> input with defaults   [-2, +1, raises] */
static int act_check(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_isnil(L, 1)) {
        return 1;
    }
    json_t **schema = (json_t **)box_push(L, (void (*)(void *))json_decref);
    *schema = vm_to_json(L, 1);
    json_t **input = (json_t **)box_push(L, (void (*)(void *))json_decref);
    *input = vm_to_json(L, 2);
    struct err e = ERR_INIT;
    if (schema_check(*schema, *input, &e) == -1) {
        return vm_raise(L, &e);
    }
    vm_push_json(L, *input, false);
    return 1;
}

/* act.compile(text, file, line) -> function of the environment. The chunk's name has the place, and
 * by it an expression is known from a script (script/state.h).   [-3, +1, raises] */
static int act_compile(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    const char *chunk = lua_pushfstring(L, "=expr:%s:%d", luaL_checkstring(L, 2),
                                        (int)luaL_checkinteger(L, 3)); // text file line chunk
    const char *code = lua_pushfstring(L, "local _ENV = ...; return (%s\n)", text);
    vm_load(L, code, strlen(code), chunk);
    return 1;
}

/* act.log(path, text)   [-2, +0, raises] */
static int act_log(lua_State *L)
{
    struct run *run = run_of(L);
    log_info("recipe", "%s %s: %s", program_name(run->program), luaL_checkstring(L, 1),
             luaL_checkstring(L, 2));
    return 0;
}

const luaL_Reg act_functions[] = {
    { "admit", act_admit },
    { "begun", act_begun },
    { "call", act_call },
    { "check", act_check },
    { "compile", act_compile },
    { "complete", act_complete },
    { "describe", act_describe },
    { "describe_event", act_describe_event },
    { "echo", act_echo },
    { "enter", act_enter },
    { "failed", act_failed },
    { "fork", act_fork },
    { "log", act_log },
    { "look", act_look },
    { "meta", act_meta },
    { "recall", act_recall },
    { "setting", act_setting },
    { "settle", act_settle },
    { "wait", act_wait },
    { "wait_for", act_wait_for },
    { NULL, NULL },
};
