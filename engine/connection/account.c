/*
 * A connection that is an agency's or an account's: what it has of its agency, and which account a
 * call is for. Loop thread.
 */
#include "connection/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "connection/connection_state.h"
#include "connection/health.h"

bool connection_is_agency(const struct connection *c)
{
    return c->exchange.name != NULL;
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
        (void)err_set(e, ERR_CONFIG, "the connector %s has no agencies",
                      connector_name(c->connector));
        return err_about(e, "agency");
    }
    c->auth = agency_auth(c);
    c->exchange = operation_read(c->connector, "the exchange of its token", exchange);
    c->exchange.is_idempotent = true;
    return 0;
}

struct connection *account_new(struct connection *agency, const char *account)
{
    struct connection *c = xcalloc(1, sizeof *c);
    c->env = agency->env;
    c->parent = agency;
    c->account = xstrdup(account);
    c->name = xasprintf("%s/%s", agency->name, account);
    c->connector = agency->connector;
    c->config = json_copy(agency->config);
    json_object_set_new(c->config, "location", json_string(account));
    c->auth = json_incref(json_object_get(connector_table(c->connector), "auth"));
    c->base_url = agency->base_url != NULL ? xstrdup(agency->base_url) : NULL;
    c->may_be_private = agency->may_be_private;
    c->client_secret = agency->client_secret;
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
    const char *field = json_get_text(accounts_of(c), "field");
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

bool account_is_for_agency(const struct operation *op)
{
    const char *access = json_get_text(op->table, "access");
    return access != NULL && strcmp(access, "agency") == 0;
}

int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e)
{
    const char *field = c->parent != NULL ? account_field(c, op) : NULL;
    if (field != NULL) {
        json_object_del(input, field);
    }
    if (!connection_is_agency(c) || account_is_for_agency(op) || op == &c->exchange) {
        return 0;
    }
    return err_set(e, ERR_INVALID,
                   "%s: %s is an agency, and neither the event nor `locationId` says for which "
                   "location the call is",
                   op->name, c->name);
}
