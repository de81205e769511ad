/*
 * Looks at each event that comes in for a parent or for one account of it: whose event it is,
 * whether it may start anything, and what it says of the account itself (the app was installed
 * there, or removed). The connector's table names the fields (`webhook`: account, parent, app,
 * installs). Loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "service/accounts.h"
#include "service/service_state.h"
#include "token/token_state.h"

static json_t *webhook_of(const struct connection *c)
{
    return json_object_get(connector_table(c->connector), "webhook");
}

/* The text at the path that `key` of the connector's table names, or NULL. */
static const char *payload_text(const struct connection *c, const json_t *payload, const char *key)
{
    const char *path = json_get_text(webhook_of(c), key);
    const char *text = path != NULL ? json_path_text(payload, path) : NULL;
    return text != NULL && *text != '\0' ? text : NULL;
}

static const char *told_account(const struct connection *c, const json_t *payload)
{
    const char *usual = payload_text(c, payload, "account");
    return usual != NULL ? usual : payload_text(c, payload, "account_else");
}

/* The connection's own account, where it is bound to one. */
static const char *own_account(const struct connection *c)
{
    const char *key = json_get_text(webhook_of(c), "account_config");
    return key != NULL ? connection_text(c, key) : NULL;
}

const char *accounts_of_event(const struct connection *c, const json_t *payload)
{
    const char *told = told_account(c, payload);
    return told != NULL ? told : own_account(c);
}

/* --- what is awaited --- */

static const char mark[] = ":account"; /* no field of a service has such a name */

static bool names_account(const struct connection *c, const json_t *match)
{
    const char *usual = json_get_text(webhook_of(c), "account");
    const char *other = json_get_text(webhook_of(c), "account_else");
    return (usual != NULL && json_object_get(match, usual) != NULL) ||
           (other != NULL && json_object_get(match, other) != NULL);
}

void accounts_narrow(const struct connection *c, json_t *match, const char *account)
{
    if (connection_is_parent(c) && json_is_object(match) && !names_account(c, match)) {
        json_object_set_new(match, mark, json_string(account));
    }
}

json_t *accounts_marked(const struct connection *c, json_t *payload)
{
    const char *account = told_account(c, payload);
    if (!connection_is_parent(c) || account == NULL) {
        return json_incref(payload);
    }
    json_t *marked = json_copy(payload);
    json_object_set_new(marked, mark, json_string(account));
    return marked;
}

/* --- whose it is --- */

/* Whether it is this connection's app: a client id is the app's id, or that, "-" and more. */
static bool is_own_app(const struct connection *c, const json_t *payload)
{
    const char *app = payload_text(c, payload, "app");
    const char *client = connection_text(c, "client_id");
    if (app == NULL || client == NULL) {
        return true;
    }
    size_t len = strlen(app);
    return strncmp(app, client, len) == 0 && (client[len] == '\0' || client[len] == '-');
}

/* Whether the app is known not to be installed there: the account is suspended, without a token. */
static bool is_removed(const struct service *s, const struct connection *c, const char *account)
{
    char *name = xasprintf("%s/%s", c->name, account);
    const struct connection *one = map_get(s->accounts, name);
    free(name);
    return one != NULL && token_is_removed(one->token);
}

static char *judge_parent(const struct service *s, const struct connection *c,
                          const json_t *payload, enum account_change change)
{
    const char *parent = payload_text(c, payload, "parent");
    const char *account = told_account(c, payload);
    const char *word = connection_account_words(c).parent;
    const char *own = connection_text(c, word);
    if (parent != NULL && strcmp(parent, own) != 0) {
        return xasprintf("it is of the %s %.64s, and %s is of %s", word, parent, c->name, own);
    }
    if (account != NULL && change == ACCOUNT_UNCHANGED && is_removed(s, c, account)) {
        return xasprintf("the app is not installed in %.64s", account);
    }
    return NULL;
}

/* The service may sign for all apps with one key, so that who has an app of their own can have it
 * call here. One account is known by its id; a parent's are any, so there the app counts, too. */
static char *judge_news(const struct service *s, const struct connection *c, const json_t *payload,
                        enum account_change change)
{
    bool is_bound = change != ACCOUNT_UNCHANGED || connection_is_parent(c);
    if (is_bound && !is_own_app(c, payload)) {
        return xasprintf("it is of another app than the one that %s is for", c->name);
    }
    if (connection_is_parent(c)) {
        return judge_parent(s, c, payload, change);
    }
    const char *account = told_account(c, payload);
    const char *own = own_account(c);
    if (own != NULL && account != NULL && strcmp(own, account) != 0) {
        return xasprintf("it is of %.64s, and %s is of %s", account, c->name, own);
    }
    return NULL;
}

/* --- what it says of the account --- */

static enum account_change change_of(const struct connection *c, const json_t *payload)
{
    json_t *installs = json_object_get(webhook_of(c), "installs");
    const char *type = payload_text(c, payload, "type");
    const char *added = json_get_text(installs, "add");
    const char *removed = json_get_text(installs, "remove");
    if (type == NULL || added == NULL || removed == NULL) {
        return ACCOUNT_UNCHANGED;
    }
    return strcmp(type, added) == 0     ? ACCOUNT_ADDED
           : strcmp(type, removed) == 0 ? ACCOUNT_REMOVED
                                        : ACCOUNT_UNCHANGED;
}

/* Whether it is about this connection itself, which is no parent. */
static bool is_about(const struct connection *c, const char *account)
{
    const char *own = own_account(c);
    own = own != NULL ? own : token_account(c->token);
    return own != NULL && account != NULL && strcmp(own, account) == 0;
}

static void fill_in(struct service *s, struct connection *c, const char *account,
                    const char *parent, struct account_note *out)
{
    struct connection *one =
        connection_is_parent(c) && account != NULL ? accounts_hold(s, c, account) : c;
    if (one != NULL) { /* else it is no id */
        out->name = xstrdup(one->name);
        out->account = account != NULL ? xstrdup(account) : parent != NULL ? xstrdup(parent) : NULL;
        out->keeps_token = one == c;
        account_let_go(one);
    }
}

char *accounts_judge(struct service *s, struct connection *c, const json_t *payload,
                     struct account_note *change)
{
    enum account_change what = change_of(c, payload);
    const char *account = told_account(c, payload);
    char *note = judge_news(s, c, payload, what);
    if (note != NULL) {
        log_warn("account", "an event for %s starts nothing: %s", c->name, note);
    } else if (what != ACCOUNT_UNCHANGED && (connection_is_parent(c) || is_about(c, account))) {
        fill_in(s, c, account, payload_text(c, payload, "parent"), change);
        change->change = change->name != NULL ? what : ACCOUNT_UNCHANGED;
    }
    return note;
}

void accounts_changed(struct service *s, struct connection *root, const struct account_note *change)
{
    if (change->change == ACCOUNT_UNCHANGED) {
        return;
    }
    bool is_own = strcmp(change->name, root->name) == 0;
    struct connection *c = is_own ? root : accounts_hold(s, root, change->account);
    if (change->change == ACCOUNT_ADDED) {
        token_reinstall(c->token);
    } else {
        token_remove(c->token, change->keeps_token);
    }
    account_let_go(c);
}
