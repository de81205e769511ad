/*
 * The accounts of an agency. A connection of an account is like any other, but that it shares its
 * agency's settings, its client and its breaker, and gets its first token from the agency's
 * (token_account.c). Those in memory stand in one map by their name; a timer drops what nobody has
 * held for a while. What is known of the others are their rows. Loop thread.
 */
#include "service/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "service/connection.h"
#include "service/health.h"
#include "service/token_state.h"

enum {
    ACCOUNT_ID_MAX = 128,
    SWEEP_US = 60 * 1000 * 1000,
    IDLE_US = 5 * 60 * 1000 * 1000, /* longer than a burst of events pauses */
    LOAD_MAX = 1000                 /* suspended accounts that are tried again by themselves */
};

/* --- what a connection is --- */

bool connection_is_agency(const struct connection *c)
{
    return c->exchange.name != NULL;
}

const char *connection_account(const struct connection *c)
{
    return c->account;
}

struct connection *connection_root(struct connection *c)
{
    return c->parent != NULL ? c->parent : c;
}

/* The part of the connector's auth table that is about agencies, or NULL. */
static json_t *accounts_of(const struct connection *c)
{
    return json_object_get(json_object_get(connector_table(c->connector), "auth"), "accounts");
}

/* The auth table, with the members that are others for an agency's own token. New reference. */
static json_t *agency_auth(const struct connection *c)
{
    json_t *auth = json_copy(json_object_get(connector_table(c->connector), "auth"));
    (void)json_object_update(auth, json_object_get(accounts_of(c), "agency"));
    return auth;
}

int account_prepare(struct connection *c, struct err *e)
{
    json_t *auth = json_object_get(connector_table(c->connector), "auth");
    json_t *exchange = json_object_get(accounts_of(c), "exchange");
    if (connection_text(c, "agency") == NULL) {
        c->auth = json_incref(auth);
        return 0;
    }
    if (exchange == NULL) {
        return err_set(e, ERR_CONFIG, "connection %s: %s has no agencies", c->name,
                       connector_name(c->connector));
    }
    c->auth = agency_auth(c);
    c->exchange = (struct operation){
        .connector = c->connector,
        .name = "the exchange of its token",
        .summary = "",
        .method = json_get_text(exchange, "method"),
        .path = json_get_text(exchange, "path"),
        .scopes = json_object_get(exchange, "scopes"),
        .input = json_object_get(exchange, "input"),
        .is_idempotent = true,
        .table = exchange,
    };
    return 0;
}

/* --- those in memory --- */

static bool is_id(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;
    return len > 0 && len <= ACCOUNT_ID_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

static struct connection *account_new(struct connection *agency, const char *account, char *name)
{
    struct connection *c = xcalloc(1, sizeof *c);
    c->service = agency->service;
    c->parent = agency;
    c->account = xstrdup(account);
    c->name = name;
    c->connector = agency->connector;
    c->config = json_copy(agency->config);
    json_object_set_new(c->config, "location", json_string(account));
    c->auth = json_incref(json_object_get(connector_table(c->connector), "auth"));
    c->base_url = agency->base_url != NULL ? xstrdup(agency->base_url) : NULL;
    c->may_be_private = agency->may_be_private;
    c->client_secret = agency->client_secret;
    health_init(c);
    c->token = token_new(c, NULL); /* its settings are the agency's, which were checked */
    return c;
}

static void show_count(const struct service *s)
{
    metric_set(metrics_gauge("ladle_accounts_in_memory",
                             "Accounts of agencies that are in use, or were a while ago", NULL,
                             NULL),
               (int64_t)map_len(s->accounts));
}

struct connection *account_hold(struct connection *agency, const char *account)
{
    struct service *s = agency->service;
    if (!is_id(account)) {
        return NULL;
    }
    char *name = xasprintf("%s/%s", agency->name, account);
    struct connection *c = map_get(s->accounts, name);
    if (c == NULL) {
        c = account_new(agency, account, name);
        (void)map_put(s->accounts, name, c); /* was absent */
        show_count(s);
    } else {
        free(name);
    }
    if (!timer_is_armed(&s->account_timer)) {
        timer_start(&s->account_timer, SWEEP_US);
    }
    c->uses++;
    return c;
}

void account_hold_again(struct connection *c)
{
    c->uses += c->parent != NULL;
}

void account_let_go(struct connection *c)
{
    if (c != NULL && c->parent != NULL && --c->uses == 0) {
        c->idle_us = clock_mono_us();
    }
}

/* Drops what nobody has held for a while. */
static void sweep(struct timer *t)
{
    struct service *s = list_entry(t, struct service, account_timer);
    int64_t before = clock_mono_us() - IDLE_US;
    size_t pos = 0;
    const char *name;
    void *value;
    while (map_next(s->accounts, &pos, &name, &value)) {
        struct connection *c = value;
        if (c->uses == 0 && c->idle_us <= before && token_is_quiet(c->token)) {
            (void)map_remove(s->accounts, name);
            connection_free(c);
        }
    }
    show_count(s);
    if (map_len(s->accounts) > 0) {
        timer_start(&s->account_timer, SWEEP_US);
    }
}

void account_init(struct service *s)
{
    s->accounts = map_new();
    timer_init(&s->account_timer, s->o.loop, sweep);
}

static void free_account(void *c)
{
    connection_free(c);
}

void account_fini(struct service *s)
{
    timer_stop(&s->account_timer);
    map_free(s->accounts, free_account);
}

static int load_of(struct connection *agency, struct err *e)
{
    struct connection_list *list = connection_list_new();
    list->agency = agency->name;
    list->state = "suspended";
    list->limit = LOAD_MAX;
    int rc = store_exec(agency->service->o.store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        const struct connection_row *row = &list->rows[i];
        struct connection *c = account_hold(agency, row->name + strlen(agency->name) + 1);
        if (c != NULL) {
            rc = token_load(c->token, row, e);
            account_let_go(c);
        }
    }
    connection_list_free(list);
    return rc;
}

int account_load(struct service *s, struct err *e)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!connection_is_agency(s->connections[i])) {
            continue;
        }
        if (load_of(s->connections[i], e) == -1) {
            return -1;
        }
        show_count(s);
    }
    return 0;
}

/* --- an agency that works again --- */

static void revived(struct store_op *op, const struct err *e)
{
    struct account_revive *r = list_entry(op, struct account_revive, op);
    if (e != NULL) {
        log_warn("account", "the accounts of %s were not revived: %s", r->agency, e->message);
    }
    account_revive_free(r);
}

void account_revive(struct connection *agency)
{
    struct service *s = agency->service;
    size_t pos = 0;
    const char *name;
    void *value;
    while (map_next(s->accounts, &pos, &name, &value)) {
        struct connection *c = value;
        if (c->parent == agency) {
            token_revive(c->token);
        }
    }
    struct account_revive *r = account_revive_new(agency->name);
    r->op.done = revived;
    store_submit(s->o.store, &r->op);
}

/* --- calls --- */

/* The field by which a step names an account where its operation has no such field; or NULL. */
static const char *account_field(const struct connection *c, const struct operation *op)
{
    const char *field = json_get_text(accounts_of(c), "field");
    return field != NULL && json_object_get(op->input, field) == NULL ? field : NULL;
}

/* What the input gives for a field that the connection would fill in with its account, or for the
 * one that only says which account the call is for. */
static const char *named_account(const struct connection *c, const struct operation *op,
                                 const json_t *input)
{
    const char *own = account_field(c, op);
    if (own != NULL && json_get_text(input, own) != NULL) {
        return json_get_text(input, own);
    }
    const char *field;
    json_t *d;
    json_object_foreach (op->input, field, d) {
        const char *key = json_get_text(d, "from_connection");
        const char *text = json_get_text(input, field);
        if (key != NULL && strcmp(key, "location") == 0 && text != NULL) {
            return text;
        }
    }
    return NULL;
}

static bool is_for_agency(const struct operation *op)
{
    const char *access = json_get_text(op->table, "access");
    return access != NULL && strcmp(access, "agency") == 0;
}

struct connection *account_choose(struct connection *c, const struct operation *op,
                                  const json_t *input, const char *account)
{
    if (!connection_is_agency(c) || is_for_agency(op)) {
        return c;
    }
    const char *named = named_account(c, op, input);
    struct connection *chosen = account_hold(c, named != NULL ? named : account);
    return chosen != NULL ? chosen : c;
}

int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e)
{
    const char *field = c->parent != NULL ? account_field(c, op) : NULL;
    if (field != NULL) {
        json_object_del(input, field);
    }
    if (!connection_is_agency(c) || is_for_agency(op) || op == &c->exchange) {
        return 0;
    }
    return err_set(e, ERR_INVALID,
                   "%s: %s is an agency, and neither the event nor `locationId` says for which "
                   "location the call is",
                   op->name, c->name);
}
