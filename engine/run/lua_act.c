/* The bindings that act: what the walker may do to the world, each under a path of the run's journal. The run is found through the strand that
 * calls. A wait follows script/strand.h: start here, done in effect.c (it only wakes), finish in call_finish.
 * Loop thread. */
#include "run/lua_act.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/effect.h"
#include "service/schema.h"

static struct run *run_of(lua_State *L)
{
    struct run *run = strand_data(L);
    if (run == NULL) {
        luaL_error(L, "there is no run here: `if` and `key` cannot call a service");
    }
    return run;
}

/* Pushes the JSON text as a value; nil for NULL.   [-0, +1, raises] */
static void push_text(lua_State *L, const char *text)
{
    json_t **slot = (json_t **)box_push(L, (void (*)(void *))json_decref); // box
    *slot = text != NULL ? json_parse_own(text, strlen(text), NULL) : NULL;
    if (*slot == NULL) {
        lua_pushnil(L);
        return;
    }
    vm_push_json(L, *slot, true); // box value
}

static int raise_stored(lua_State *L, const struct journal_row *row)
{
    struct err e = { .kind = ERR_INTERNAL };
    json_t *v = row->error != NULL ? json_parse_own(row->error, strlen(row->error), NULL) : NULL;
    const char *kind = json_get_text(v, "kind");
    const char *message = json_get_text(v, "message");
    const char *detail = json_get_text(v, "detail");
    (void)err_set(&e, err_kind_parse(kind != NULL ? kind : ""), "%s", message != NULL ? message : "failed before");
    e.status = (int)json_get_int(v, "status", 0);
    if (detail != NULL) {
        snprintf(e.detail, sizeof e.detail, "%s", detail);
    }
    json_decref(v);
    return vm_raise(L, &e);
}

/* act.recall(path) -> true, output | false   [-1, +2, raises the stored error of a step that failed for good] */
static int act_recall(lua_State *L)
{
    const struct journal_row *row = run_recall(run_of(L), luaL_checkstring(L, 1));
    if (row != NULL && row->state == JOURNAL_FAILED) {
        return raise_stored(L, row);
    }
    if (row == NULL || row->state != JOURNAL_DONE) {
        lua_pushboolean(L, false);
        return 1;
    }
    lua_pushboolean(L, true);
    lua_insert(L, 1); // true path
    push_text(L, row->output); // true path box value
    lua_pushboolean(L, true);
    lua_insert(L, -2); // … true value
    return 2;
}

static int call_finish(lua_State *L, int status, lua_KContext ctx)
{
    struct effect *fx = (struct effect *)ctx;
    if (fx->has_failed) {
        return vm_raise(L, &fx->err);
    }
    vm_push_json(L, fx->output, true);
    return 1;
}

/* Finds what is to be called; an unknown one can only come from a script, as recipes are checked. */
static void find_operation(lua_State *L, struct effect *fx, const char *connection, const char *name)
{
    fx->connection = service_find(runner_service(fx->run->runner), connection);
    if (fx->connection == NULL) {
        luaL_error(L, "there is no connection '%s' in ladle.yaml", connection);
        return;
    }
    fx->operation = connector_operation(connection_connector(fx->connection), name);
    if (fx->operation == NULL) {
        luaL_error(L, "%s has no operation '%s'; `ladle ops %s` lists them", connection, name, connection);
    }
}

/* act.call(path, connection, operation, input, timeout_us, unit) -> output   [-6, +1, raises, yields] */
static int act_call(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    const char *connection = luaL_checkstring(L, 2);
    const char *name = luaL_checkstring(L, 3);
    const char *unit = luaL_optstring(L, 6, NULL);
    int64_t timeout_us = luaL_optinteger(L, 5, 0);
    lua_settop(L, 6);
    const struct journal_row *row = run_recall(run, path);
    if (unit != NULL && row != NULL && row->state == JOURNAL_DONE) {
        push_text(L, row->output);
        return 1;
    }
    if (unit != NULL && row != NULL && row->state == JOURNAL_FAILED && row->attempts == effect_attempt_of(run, unit)) {
        return raise_stored(L, row);
    }
    void **slot = box_push(L, effect_close); // … box
    struct effect *fx = *slot = effect_new(run, path, unit);
    find_operation(L, fx, connection, name);
    fx->timeout_us = timeout_us;
    fx->input = vm_to_json(L, 4);
    fx->wake = strand_wake_of(L);
    effect_begin(fx);
    return strand_wait(L, (lua_KContext)fx, call_finish);
}

/* act.enter(step)   [-1, +0, raises] */
static int act_enter(lua_State *L)
{
    run_set_step(run_of(L), luaL_checkstring(L, 1));
    return 0;
}

static char *text_of(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index)) {
        return NULL;
    }
    json_t *v = vm_to_json(L, index);
    char *text = effect_text(v);
    json_decref(v);
    return text;
}

/* act.complete(path, input, output): journals a step that made no call of its own.   [-3, +0, raises] */
static int act_complete(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 3);
    void **input = box_push(L, free);
    *input = text_of(L, 2);
    void **output = box_push(L, free);
    *output = text_of(L, 3);
    struct journal_row *row = run_record(run, path, JOURNAL_DONE);
    row->attempts = effect_attempt_of(run, path);
    free(row->input);
    free(row->output);
    row->input = *input;
    row->output = *output;
    *input = *output = NULL;
    return 0;
}

/* The row of a step that failed, in the state that the plan for it says. */
static void record_failure(struct run *run, const char *path, const struct err *e, const struct retry_plan *plan)
{
    enum journal_state state = plan->verdict == RETRY_FINAL ? JOURNAL_FAILED : JOURNAL_WAITING;
    int tries = effect_attempt_of(run, path) - (plan->is_counted ? 0 : 1);
    /* An unknown outcome stays "started": that is what the next attempt must find. */
    bool is_unknown = run->unknown_path != NULL && strcmp(run->unknown_path, path) == 0;
    struct journal_row *row = run_record(run, path, is_unknown ? JOURNAL_STARTED : state);
    row->attempts = tries;
    free(row->error);
    row->error = effect_error_text(e, run->answer);
}

static int wait_for_ever(lua_State *L, int status, lua_KContext ctx)
{
    return strand_wait(L, ctx, wait_for_ever);
}

/* act.failed(path, error, policy): comes back only where the failure is final; else the run ends its attempt here.
 *   [-3, +0, yields] */
static int act_failed(lua_State *L)
{
    struct run *run = run_of(L);
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 3);
    struct err e = ERR_INIT;
    vm_read_err(L, 2, &e);
    json_t **policy = (json_t **)box_push(L, (void (*)(void *))json_decref);
    *policy = lua_isnil(L, 3) ? NULL : vm_to_json(L, 3);
    struct retry_plan plan = retry_decide(*policy, effect_attempt_of(run, path), &e, run->can_probe, clock_wall_us());
    record_failure(run, path, &e, &plan);
    free(run->answer);
    run->answer = NULL;
    if (plan.verdict == RETRY_FINAL) {
        return 0;
    }
    run_conclude(run, plan.verdict == RETRY_PARK ? RUN_PARKED : RUN_WAITING, plan.due_us, &e);
    return strand_wait(L, 0, wait_for_ever);
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

/* act.compile(text, line) -> function of the environment   [-2, +1, raises] */
static int act_compile(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    const char *chunk = lua_pushfstring(L, "=expr:%d", (int)luaL_optinteger(L, 2, 0)); // text line chunk
    const char *code = lua_pushfstring(L, "local _ENV = ...; return (%s\n)", text);
    vm_load(L, code, strlen(code), chunk);
    return 1;
}

/* act.log(path, text)   [-2, +0, raises] */
static int act_log(lua_State *L)
{
    struct run *run = run_of(L);
    log_info("recipe", "%s %s: %s", program_name(run->program), luaL_checkstring(L, 1), luaL_checkstring(L, 2));
    return 0;
}

const luaL_Reg act_functions[] = {
    { "call", act_call },         { "check", act_check },   { "compile", act_compile },
    { "complete", act_complete }, { "enter", act_enter },   { "failed", act_failed },
    { "log", act_log },           { "recall", act_recall }, { NULL, NULL },
};
