/* The bindings by which recipes and scripts call a service. A wait follows script/strand.h: start
 * here, done in effect.c (it only wakes), finish in call_finish. What an operation's table says of
 * how it is to be called is handed to scripts/lib/calls.lua, which decides. Loop thread. */
#include "run/lua_call.h"

#include <string.h>

#include "connector/paging.h"
#include "run/effect.h"
#include "run/reach.h"

#define TIMEOUT_MAX_US INT64_C(31622400000000) /* a year */

static int rest_for_ever(lua_State *L, int status, lua_KContext ctx)
{
    return strand_wait(L, ctx, rest_for_ever);
}

static int call_finish(lua_State *L, int status, lua_KContext ctx)
{
    struct effect *fx = (struct effect *)ctx;
    if (fx->is_put_off) { /* no script sees this: its run ends the attempt, and walks again */
        branch_await_turn(fx->branch, connection_name(fx->connection), &fx->err);
        (void)strand_wake_of(L); /* a wait of its own, which nobody ends */
        return strand_wait(L, 0, rest_for_ever);
    }
    if (fx->has_failed) {
        return vm_raise(L, &fx->err);
    }
    vm_push_json(L, fx->output, true);
    return 1;
}

/* A connection that went from ladle.yaml: the run waits for a person, and nothing was called. */
static int park_without(lua_State *L, const char *name)
{
    struct branch *b = act_branch(L);
    struct err e = ERR_INIT;
    (void)strand_wake_of(L); /* a wait of its own, which nobody ends; raises where none can be */
    (void)err_set(
        &e, ERR_CONFIG,
        "%s is not among the connections of ladle.yaml any more, and this step calls it; put "
        "it back there and start again, then `ladle retry` goes on",
        name);
    branch_rest(b, RUN_PARKED, 0, &e);
    return strand_wait(L, 0, rest_for_ever);
}

/* Finds what is to be called; an unknown one can only come from a script, as recipes are checked.
 */
static const struct operation *find_operation(lua_State *L, const struct connection *c,
                                              const char *connection, const char *name)
{
    const struct operation *op = connector_operation(connection_connector(c), name);
    if (op == NULL) {
        luaL_error(L, "%s has no operation '%s'; `ladle ops %s` lists them", connection, name,
                   connection);
    }
    return op;
}

/* The step's own time for a call; 0: none. */
static int64_t timeout_argument(lua_State *L, int index)
{
    lua_Integer timeout_us = luaL_optinteger(L, index, 0);
    luaL_argcheck(L, timeout_us >= 0 && timeout_us <= TIMEOUT_MAX_US, index, "out of range");
    return timeout_us;
}

/* Begins the effect of the input at index 4 and waits for its end. */
static int begin_effect(lua_State *L, struct effect *fx)
{
    const char *connection = luaL_checkstring(L, 2);
    fx->connection = service_find(runner_service(fx->run->runner), connection);
    if (fx->connection == NULL) {
        return park_without(L, connection);
    }
    fx->operation = find_operation(L, fx->connection, connection, luaL_checkstring(L, 3));
    fx->timeout_us = timeout_argument(L, 5);
    fx->input = vm_to_json(L, 4);
    if (!json_is_object(fx->input)) {
        return luaL_error(L, "%s.%s takes its fields as a table { name = value }", connection,
                          fx->operation->name);
    }
    if (fx->is_look && !operation_is_idempotent(fx->operation, fx->input)) {
        return luaL_error(L, "%s changes something, and is to be called with ctx:call",
                          fx->operation->name);
    }
    fx->wake = strand_wake_of(L);
    effect_begin(fx);
    return strand_wait(L, (lua_KContext)fx, call_finish);
}

/* act.call(path, connection, operation, input, timeout_us, unit, may_repeat) -> output   [-7, +1,
 * raises, yields] */
int act_call(lua_State *L)
{
    struct branch *b = act_branch(L);
    const char *path = act_path(L, 1);
    const char *unit = lua_isnoneornil(L, 6) ? NULL : act_path(L, 6);
    lua_settop(L, 7);
    const char *connection = luaL_checkstring(L, 2), *operation = luaL_checkstring(L, 3);
    if (!reach_may_call(b->run, connection, operation)) {
        return reach_deny_call(L, b, connection, operation);
    }
    const struct journal_row *row = run_recall(b->run, path);
    if (unit != NULL && row != NULL && row->state == JOURNAL_DONE) {
        act_push_text(L, row->output);
        return 1;
    }
    if (unit != NULL && row != NULL && row->state == JOURNAL_FAILED &&
        row->attempts == effect_attempt_of(b->run, unit)) {
        return act_raise_stored(L, row);
    }
    void **slot = box_push(L, effect_close); // … box
    struct effect *fx = *slot = effect_new(b, path, unit);
    fx->may_repeat = lua_toboolean(L, 7);
    return begin_effect(L, fx);
}

/* act.look(path, connection, operation, input, timeout_us, is_fresh) -> output: a call of an
 * operation that only reads, whose answer is not journalled; so it may differ in the next attempt,
 * and what is made of it is to be journalled where it matters. is_fresh: not from the cache.
 * [-6, +1, raises, yields] */
int act_look(lua_State *L)
{
    struct branch *b = act_branch(L);
    const char *path = act_path(L, 1);
    lua_settop(L, 6);
    const char *connection = luaL_checkstring(L, 2), *operation = luaL_checkstring(L, 3);
    if (!reach_may_call(b->run, connection, operation)) {
        return reach_deny_call(L, b, connection, operation);
    }
    void **slot = box_push(L, effect_close); // … box
    struct effect *fx = *slot = effect_new(b, path, NULL);
    fx->is_look = true;
    fx->is_fresh = lua_toboolean(L, 6);
    return begin_effect(L, fx);
}

/* act.begun(path) -> whether an earlier attempt sent this very call and never learned the outcome
 * [-1, +1, raises] */
int act_begun(lua_State *L)
{
    const struct journal_row *row = run_recall(act_branch(L)->run, act_path(L, 1));
    lua_pushboolean(L, row != NULL && row->state == JOURNAL_STARTED);
    return 1;
}

/* act.describe(connection, operation) -> {connector, run, run_when, pages, …}: what its table says
 * of how it is called; false where it is called like any other.   [-2, +1, raises] */
int act_describe(lua_State *L)
{
    static const char *const keys[] = { "run", "run_when", "custom_fields", "dates" };
    struct branch *b = act_branch(L);
    const char *connection = luaL_checkstring(L, 1), *operation = luaL_checkstring(L, 2);
    if (!reach_may_call(b->run, connection, operation)) {
        return reach_deny_call(L, b, connection, operation);
    }
    const struct connection *c = service_find(runner_service(b->run->runner), connection);
    if (c == NULL) {
        return park_without(L, connection);
    }
    const struct operation *op = find_operation(L, c, connection, operation);
    lua_settop(L, 2);
    lua_createtable(L, 0, 4); // table
    bool is_plain = true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *v = json_object_get(op->table, keys[i]);
        if (v != NULL) {
            vm_push_json(L, v, false); // table value
            lua_setfield(L, -2, keys[i]);
            is_plain = false;
        }
    }
    json_t **pages = (json_t **)box_push(L, (void (*)(void *))json_decref); // table box
    *pages = paging_of(op->table);
    if (*pages != NULL) {
        vm_push_json(L, *pages, false); // table box pages
        lua_setfield(L, -3, "pages");
        is_plain = false;
    }
    lua_settop(L, 3); // connection operation table
    if (is_plain) {
        lua_pushboolean(L, false);
        return 1;
    }
    lua_pushstring(L, connector_name(op->connector));
    lua_setfield(L, -2, "connector");
    return 1;
}

/* act.describe_event(connection, event) -> {connector, hydrate, dates, custom_fields}: what the
 * connector's table says is to be done to such an event before the steps see it; false: nothing.
 * [-2, +1, raises] */
int act_describe_event(lua_State *L)
{
    struct branch *b = act_branch(L);
    const struct run *run = b->run;
    const char *connection = luaL_checkstring(L, 1), *event = luaL_checkstring(L, 2);
    if (!reach_has(run, connection)) {
        return reach_deny_call(L, b, connection, event);
    }
    const struct connection *c = service_find(runner_service(run->runner), connection);
    const struct connector *connector = c != NULL ? connection_connector(c) : NULL;
    json_t *prepare =
        connector != NULL ? json_object_get(connector_table(connector), "prepare") : NULL;
    json_t *how = json_object_get(prepare, event);
    if (!json_is_object(how)) {
        lua_pushboolean(L, false);
        return 1;
    }
    vm_push_json(L, how, false);
    lua_pushstring(L, connector_name(connector));
    lua_setfield(L, -2, "connector");
    return 1;
}

/* Whether the connector's table has the key under `config`: what all connections have (ids, secrets,
 * addresses) is for the engine. */
static bool is_setting_of(const struct connection *c, const char *key)
{
    const json_t *keys = json_object_get(connector_table(connection_connector(c)), "config");
    return json_object_get(keys, key) != NULL;
}

/* act.setting(connection, key) -> the connection's text of that name in ladle.yaml, or nil; nil for
 * one that was filled from ${secret} or ${env}, too   [-2, +1, raises] */
int act_setting(lua_State *L)
{
    struct branch *b = act_branch(L);
    const char *connection = luaL_checkstring(L, 1), *key = luaL_checkstring(L, 2);
    const struct connection *c = service_find(runner_service(b->run->runner), connection);
    if (!reach_has(b->run, connection) || (c != NULL && !is_setting_of(c, key))) {
        return reach_deny(L, b,
                          &(struct denial){ .connection = connection,
                                            .name = key,
                                            .remedy = "a connector reads the settings of its own "
                                                      "connection that its table has under "
                                                      "`config`" });
    }
    if (c == NULL) {
        return park_without(L, connection);
    }
    lua_pushstring(L, connection_setting(c, key));
    return 1;
}
