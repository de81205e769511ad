/*
 * Keeps the connections of a project: made from the project's configuration when the engine starts,
 * loaded from the store, and there until the end. What a connection can do stands in the other
 * files of this folder; here it is put together and taken apart. The service owns the connections
 * and what is in flight; connectors, loop, client, store and vault are borrowed. Loop thread.
 */
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "call/call.h"
#include "connection/health.h"
#include "service/accounts.h"
#include "service/service_state.h"
#include "store/secret_row.h"
#include "token/token.h"
#include "webhook/hook_watch.h"
#include "webhook/verify.h"

enum { CONNECTIONS_MAX = 1000 };

/* --- connections --- */

/* What hangs on a connection that is new. */
static int equip(struct service *s, struct connection *c, struct err *e)
{
    c->token = token_new(c, &s->token_news, e);
    c->verifier =
        c->token != NULL ? verifier_new(connector_table(c->connector), c->config, e) : NULL;
    if (c->verifier == NULL || hook_watch_init(c, e) == -1) {
        return -1;
    }
    connection_hide_secrets(c);
    return 0;
}

struct connection *service_make_account(struct service *s, struct connection *parent,
                                        const char *account)
{
    struct connection *c = account_new(parent, account);
    c->token = token_new(c, &s->token_news, NULL); /* the parent's settings were checked */
    return c;
}

void service_drop(struct service *s, struct connection *c)
{
    health_fini(c); /* as long as the watch is there to be asked */
    hook_watch_fini(c);
    if (c->parent != NULL && c->limiter != NULL) {
        limits_let_go(call_set_limits(s->calls), c);
    }
    token_free(c->token);
    verifier_free(c->verifier);
    connection_free(c);
}

struct connection *service_add(struct service *s, const char *name, struct connector *c,
                               json_t *config, struct err *e)
{
    if (map_get(s->by_name, name) != NULL) {
        (void)err_set(e, ERR_CONFIG, "connection %s is there twice", name);
        return NULL;
    }
    if (s->count == CONNECTIONS_MAX) {
        (void)err_set(e, ERR_CONFIG, "more than %d connections", CONNECTIONS_MAX);
        return NULL;
    }
    struct connection *made = connection_new(&s->env, name, c, config, e);
    if (made != NULL && equip(s, made, e) == -1) {
        service_drop(s, made);
        made = NULL;
    }
    if (made == NULL) {
        return NULL;
    }
    s->connections = xrealloc(s->connections, (s->count + 1) * sizeof *s->connections);
    s->connections[s->count++] = made;
    (void)map_put(s->by_name, made->name, made);
    return made;
}

struct connection *service_find(const struct service *s, const char *name)
{
    return map_get(s->by_name, name);
}

bool service_next(const struct service *s, size_t *pos, struct connection **out)
{
    if (*pos >= s->count) {
        return false;
    }
    *out = s->connections[(*pos)++];
    return true;
}

json_t *connection_json(const struct connection *c)
{
    json_t *out = json_object();
    json_object_set_new(out, "name", json_string(c->name));
    json_object_set_new(out, "connector", json_string(connector_name(c->connector)));
    token_describe(c->token, out);
    json_object_set_new(out, "waiting", json_integer(c->waiting));
    json_object_set_new(out, "breaker", health_json(c));
    return out;
}

/* --- the service --- */

/* Whose leases are this process's; others never guess it. */
static void make_owner(struct service *s)
{
    uint64_t number;
    clock_random(&number, sizeof number);
    (void)snprintf(s->env.owner, sizeof s->env.owner, "%s:%016" PRIx64,
                   s->is_engine ? "engine" : "tool", number); /* it fits */
}

/* A token came, or works again. */
static void recovered(void *ud, struct connection *c)
{
    struct service *s = ud;
    if (connection_is_parent(c)) {
        accounts_revive(s, c);
    }
    if (s->on_recover != NULL) {
        s->on_recover(s->on_recover_ud, c);
    }
}

/* A call of the parent, which waits for its token, its limit and its breaker like any other. */
static void exchange_account_token(void *ud, struct connection *account,
                                   void (*done)(void *ud, json_t *output, const struct err *e,
                                                const char *answer),
                                   void *done_ud)
{
    struct service *s = ud;
    json_t *input = json_object();
    json_set_text(input, connection_account_words(account).field, account->account);
    (void)call_start(s->calls, &(struct call_opts){
                                   .connection = account->parent,
                                   .operation = &account->parent->exchange,
                                   .input = input,
                                   .done = done,
                                   .ud = done_ud,
                               });
}

struct service *service_new(const struct service_opts *o)
{
    struct service *s = xcalloc(1, sizeof *s);
    s->env = (struct connection_env){
        .loop = o->loop, .http = o->http, .store = o->store, .vault = o->vault, .zone = o->zone
    };
    s->is_engine = o->is_engine;
    s->token_news =
        (struct token_news){ .recovered = recovered, .exchange = exchange_account_token, .ud = s };
    s->by_name = map_new();
    accounts_init(s);
    make_owner(s);
    s->env.news = xcalloc(1, sizeof *s->env.news);
    s->env.news->refs = 1;
    s->calls = call_set_new(&s->env);
    return s;
}

void service_free(struct service *s)
{
    if (s == NULL) {
        return;
    }
    call_set_cancel(s->calls);
    s->env.news->fn = NULL;
    accounts_fini(s);
    for (size_t i = 0; i < s->count; i++) {
        service_drop(s, s->connections[i]);
    }
    free(s->connections);
    call_set_free(s->calls);
    news_unref(s->env.news);
    map_free(s->by_name, NULL);
    free(s);
}

static bool are_idle(const struct map *connections, bool is_late)
{
    size_t pos = 0;
    const char *name;
    void *value;
    while (map_next(connections, &pos, &name, &value)) {
        if (token_is_busy(((const struct connection *)value)->token, is_late)) {
            return false;
        }
    }
    return true;
}

bool service_is_idle(const struct service *s)
{
    return are_idle(s->by_name, s->is_cut) && are_idle(s->accounts, s->is_cut);
}

void service_cut(struct service *s)
{
    s->is_cut = true;
}

void service_on_recover(struct service *s, void (*fn)(void *ud, struct connection *c), void *ud)
{
    s->on_recover = fn;
    s->on_recover_ud = ud;
}

void service_on_event(struct service *s, void (*fn)(void *ud), void *ud)
{
    s->env.news->fn = fn;
    s->env.news->ud = ud;
}

static const struct connection_row *find_stored_row(const struct connection_list *list,
                                                    const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->rows[i].name, name) == 0) {
            return &list->rows[i];
        }
    }
    return NULL;
}

/* Leases that an engine left are of one that is dead. */
static int abandon_leases(struct service *s, struct err *e)
{
    struct lease_abandon abandon;
    lease_abandon_init(&abandon);
    return s->is_engine ? store_exec(s->env.store, &abandon.op, e) : 0;
}

/* What the store knows of a connection's webhooks stands in the text of its health. */
static void load_webhook(struct connection *c, const struct connection_row *row)
{
    if (row != NULL && row->health != NULL) {
        json_t *health = json_parse_own(row->health, strlen(row->health), NULL);
        hook_watch_load(c, json_object_get(health, "webhook"));
        json_decref(health);
    }
}

int service_load(struct service *s, struct err *e)
{
    struct connection_list *list = connection_list_new();
    int rc = limits_load(call_set_limits(s->calls), e) == -1 || abandon_leases(s, e) == -1
                 ? -1
                 : store_exec(s->env.store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < s->count; i++) {
        struct connection *c = s->connections[i];
        const struct connection_row *row = find_stored_row(list, c->name);
        rc = token_load(c->token, row, e);
        health_load(c, row);
        load_webhook(c, row);
    }
    connection_list_free(list);
    return rc == 0 ? accounts_load(s, e) : -1;
}

void service_start(struct service *s)
{
    for (size_t i = 0; i < s->count; i++) {
        hook_watch_start(s->connections[i]);
    }
}

struct call_set *service_calls(struct service *s)
{
    return s->calls;
}

void service_refresh(struct service *s)
{
    for (size_t i = 0; i < s->count; i++) {
        token_reload(s->connections[i]->token);
    }
}
