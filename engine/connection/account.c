/*
 * A connection that is an account's or its parent's: what an account has of its parent, and which
 * account a call is for. Loop thread.
 */
#include "connection/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/plural.h"
#include "connection/connection_state.h"
#include "connection/health.h"

bool connection_is_parent(const struct connection *c)
{
    return c->exchange.name != NULL;
}

struct account_words connection_account_words(const struct connection *c)
{
    struct account_words words = account_words(connector_table(c->connector));
    words.one = words.one != NULL ? words.one : "account";
    return words;
}

const char *connection_bound_account(const struct connection *c)
{
    return account_words_bound(connector_table(c->connector), c->config);
}

struct connection *connection_root(struct connection *c)
{
    return c->parent != NULL ? c->parent : c;
}

/* The part of the connector's auth table that is about accounts, or NULL. */
static json_t *accounts_of(const struct connection *c)
{
    return json_object_get(json_object_get(connector_table(c->connector), "auth"), "accounts");
}

/* The auth table, with the members that are others for a parent's own token. New reference. */
static json_t *parent_auth(const struct connection *c)
{
    json_t *auth = json_copy(json_object_get(connector_table(c->connector), "auth"));
    (void)json_object_update(auth, json_object_get(accounts_of(c), "parent_auth"));
    return auth;
}

void account_prepare(struct connection *c)
{
    json_t *auth = json_object_get(connector_table(c->connector), "auth");
    json_t *exchange = json_object_get(accounts_of(c), "exchange");
    if (!account_words_is_parent(connector_table(c->connector), c->config)) {
        c->auth = json_incref(auth);
        return;
    }
    c->auth = parent_auth(c);
    c->exchange = operation_read(c->connector, "the exchange of its token", exchange);
    c->exchange.is_idempotent = true;
}

struct connection *account_new(struct connection *parent, const char *account)
{
    struct connection *c = xcalloc(1, sizeof *c);
    c->env = parent->env;
    c->parent = parent;
    c->account = xstrdup(account);
    c->name = xasprintf("%s/%s", parent->name, account);
    c->connector = parent->connector;
    c->config = json_copy(parent->config);
    json_object_set_new(c->config, connection_account_words(c).one, json_string(account));
    c->auth = json_incref(json_object_get(connector_table(c->connector), "auth"));
    c->base_url = parent->base_url != NULL ? xstrdup(parent->base_url) : NULL;
    c->may_be_private = parent->may_be_private;
    c->client_secret = parent->client_secret;
    health_init(c);
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

/* --- calls --- */

/* The field by which a step names an account where its operation has no such field; or NULL. */
static const char *account_field(const struct connection *c, const struct operation *op)
{
    const char *field = connection_account_words(c).field;
    return field != NULL && json_object_get(op->input, field) == NULL ? field : NULL;
}

/* What the input gives for a field that the connection would fill in with its account, or for the
 * one that only says which account the call is for. */
const char *account_named(const struct connection *c, const struct operation *op,
                          const json_t *input)
{
    const char *own = account_field(c, op);
    if (own != NULL && json_get_text(input, own) != NULL) {
        return json_get_text(input, own);
    }
    const char *one = connection_account_words(c).one;
    const char *field;
    json_t *d;
    json_object_foreach (op->input, field, d) {
        const char *key = json_get_text(d, "from_connection");
        const char *text = json_get_text(input, field);
        if (key != NULL && strcmp(key, one) == 0 && text != NULL) {
            return text;
        }
    }
    return NULL;
}

bool account_is_for_parent(const struct operation *op)
{
    const char *access = json_get_text(op->table, "access");
    return access != NULL && strcmp(access, "parent") == 0;
}

int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e)
{
    const char *field = c->parent != NULL ? account_field(c, op) : NULL;
    if (field != NULL) {
        json_object_del(input, field);
    }
    if (!connection_is_parent(c) || account_is_for_parent(op) || op == &c->exchange) {
        return 0;
    }
    struct account_words words = connection_account_words(c);
    return err_set(e, ERR_INVALID,
                   "%s: %s is %s %s, and neither the event nor `%s` says for which %s the call is",
                   op->name, c->name, plural_article(words.parent), words.parent, words.field,
                   words.one);
}
