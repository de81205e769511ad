/*
 * Makes and frees the token of a connection, and tells its state. How it lives between stands in
 * token.c. Loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "connection/account.h"
#include "format/date.h"
#include "token/token_state.h"

#define RETRY_WITHIN_US (3600ULL * 1000 * 1000)

/* --- making and loading --- */

static bool takes_kind(const struct connection *c, const char *kind)
{
    json_t *kinds = json_object_get(c->auth, "kinds");
    return json_list_has_text(kinds, kind) ||
           (json_array_size(kinds) == 0 && strcmp(kind, "none") == 0);
}

/* What `auth` says; without it: a token where one is given, else the connector's weakest way. */
static const char *auth_kind(const struct connection *c, bool has_token)
{
    const char *said = connection_text(c, "auth");
    if (said != NULL) {
        return said;
    }
    if (has_token && takes_kind(c, "token")) {
        return "token";
    }
    return takes_kind(c, "none") ? "none" : takes_kind(c, "oauth") ? "oauth" : "token";
}

/* The connector can do with that kind, and what it needs is within reach. */
static int check_auth_kind(const struct connection *c, const char *kind, struct err *e)
{
    if (!takes_kind(c, kind)) {
        (void)err_set(e, ERR_CONFIG, "the connector %s has no auth `%s`",
                      connector_name(c->connector), kind);
        return err_about(e, "auth");
    }
    const char *own = strcmp(kind, "oauth") == 0 ? connection_text(c, "token_url") : NULL;
    return own != NULL && *own != '/' ? connection_check_address(c, "token_url", own, true, e) : 0;
}

struct token *token_new(struct connection *c, const struct token_news *news, struct err *e)
{
    const char *given = connection_text(c, "token");
    const char *kind = auth_kind(c, given != NULL);
    if (check_auth_kind(c, kind, e) == -1) {
        return NULL;
    }
    struct token *t = xcalloc(1, sizeof *t);
    t->c = c;
    t->news = news;
    t->kind = strcmp(kind, "oauth") == 0   ? KIND_OAUTH
              : strcmp(kind, "token") == 0 ? KIND_STATIC
                                           : KIND_NONE;
    t->is_self_granted = t->kind == KIND_OAUTH && token_is_self_granted(c);
    t->state = t->kind == KIND_NONE ? STATE_CONNECTED : STATE_NEW;
    t->generation = 1;
    t->is_unknown = c->parent != NULL;
    list_init(&t->waiters);
    timer_init(&t->timer, c->env->loop, token_on_timer);
    timer_init(&t->ask_timer, c->env->loop, token_begin_ask);
    if (t->kind == KIND_STATIC && given != NULL) {
        t->is_configured = true;
        t->pair.access = secret_new(given, strlen(given));
        t->state = STATE_CONNECTED;
        token_second_init(t);
    }
    return t;
}

void token_free(struct token *t)
{
    if (t == NULL) {
        return;
    }
    timer_stop(&t->timer);
    timer_stop(&t->ask_timer);
    token_lease_fini(t);
    token_ask_fini(&t->ask);
    token_ask_fini(&t->next_ask);
    if (t->http != NULL) {
        t->c->env->http->cancel(t->c->env->http, t->http);
    }
    /* The store hands these back later; then nobody is there any more. */
    if (t->reading != NULL) {
        t->reading->op.ud = NULL;
    }
    if (t->writing != NULL) {
        t->writing->op.ud = NULL;
    }
    token_pair_fini(&t->pair);
    token_pair_fini(&t->next);
    token_second_fini(t);
    free(t->reason);
    free(t);
}

/* `auth` was changed in ladle.yaml since this token was stored. */
static bool is_of_other_kind(const struct token *t, const struct token_pair *pair)
{
    return pair->origin == (t->kind == KIND_OAUTH ? TOKEN_FROM_PERSON : TOKEN_FROM_GRANT);
}

/* The token is left where it is: `auth` may be changed back. */
static int give_up_pair(struct token *t, struct token_pair *pair, struct err *e)
{
    token_set_state(t, STATE_NEW, "its token is of another kind than `auth` in ladle.yaml says");
    char *remedy_text = token_remedy(t);
    log_warn("token", "%s: %s; %s", t->c->name, t->reason, remedy_text);
    free(remedy_text);
    token_pair_fini(pair);
    struct connection_put *put = token_put(t, pair);
    int rc = store_exec(t->c->env->store, &put->op, e);
    connection_put_free(put);
    return rc;
}

static int load_pair(struct token *t, struct err *e)
{
    char *name = token_pair_name(t->c->name);
    struct secret_get *get = secret_get_new(name);
    free(name);
    token_second_ask(t, get);
    struct token_pair pair = { .access = NULL };
    int rc = store_exec(t->c->env->store, &get->op, e);
    token_second_seen(t, get);
    if (rc == 0 && get->sealed != NULL) {
        rc = token_pair_open(&pair, t->c->env->vault, get->name, get->sealed, get->len, e);
        sign_sha256_hex(get->sealed, get->len, t->stored);
    }
    secret_get_free(get);
    if (rc == -1 || pair.access == NULL) {
        return rc;
    }
    if (is_of_other_kind(t, &pair)) {
        return give_up_pair(t, &pair, e);
    }
    token_adopt(t, &pair);
    return 0;
}

static void load_state(struct token *t, const struct connection_row *row)
{
    if (strcmp(row->state, "broken") == 0) {
        token_set_state(t, STATE_BROKEN, row->reason);
    } else if (strcmp(row->state, "suspended") == 0) {
        token_set_state(t, STATE_SUSPENDED, row->reason);
        /* At some moment of the next hour: not all at once. */
        t->retry_at_us = clock_wall_us() + (int64_t)clock_random_below(RETRY_WITHIN_US);
    }
}

int token_load(struct token *t, const struct connection_row *row, struct err *e)
{
    if (t->kind == KIND_NONE || t->is_configured) {
        return token_second_load(t, e);
    }
    if (load_pair(t, e) == -1) {
        return err_prefix(e, "connection %s", t->c->name);
    }
    if (row != NULL && row->state != NULL) {
        load_state(t, row);
    }
    t->is_unknown = false;
    if (row != NULL && row->since_us > 0) {
        t->since_us = row->since_us;
    }
    token_schedule(t);
    return 0;
}

static void set_date(json_t *out, const char *key, int64_t us)
{
    char text[DATE_TEXT];
    if (us > 0) {
        date_format(us, text);
    }
    json_object_set_new(out, key, us > 0 ? json_string(text) : json_null());
}

static void set_status_text(json_t *out, const char *key, const char *text)
{
    json_object_set_new(out, key, text != NULL ? json_string(text) : json_null());
}

/* What a person sees: while a token is refreshed that is the news. */
static const char *shown_state(const struct token *t)
{
    bool is_refreshing = t->phase == PHASE_ASKING || t->phase == PHASE_COMMITTING;
    return t->state == STATE_CONNECTED && is_refreshing ? "refreshing" : token_state_name(t->state);
}

/* --- what to do --- */

bool token_is_given(const struct connection *c)
{
    return c->token->kind == KIND_STATIC;
}

/* A token that ladle.yaml has, as a secret or as it is. */
static char *given_remedy(const struct connection *c)
{
    const char *secret = connection_text(c, ":token_secret");
    return secret != NULL
               ? xasprintf("run `ladle secret set %s` and start the engine again", secret)
               : xasprintf("put a new `token` into ladle.yaml for %s and start the engine again",
                           c->name);
}

/* A connection that shows no token of its own. Names of secrets have no dash. */
static char *open_remedy(const struct connection *c)
{
    enum { SECRET_MAX = 50 };
    if (c->header_secret_count > 0) {
        return xasprintf("change `headers` of %s in ladle.yaml and start the engine again",
                         c->name);
    }
    if (!takes_kind(c, "token")) {
        return xasprintf("the connector %s knows no authorisation: there is nothing to set for %s",
                         connector_name(c->connector), c->name);
    }
    char secret[SECRET_MAX + 1];
    (void)snprintf(secret, sizeof secret, "%s", c->name); /* a long name is cut */
    for (char *at = secret; *at != '\0'; at++) {
        *at = *at == '-' ? '_' : *at;
    }
    bool has_header = json_object_get(c->auth, "header_config") != NULL;
    return xasprintf(
        "%s shows no token: say `token: \"${secret.%s_token}\"` for it in ladle.yaml%s, run "
        "`ladle secret set %s_token` and start the engine again",
        c->name, secret, has_header ? " (and `header:`, where it is not Authorization)" : "",
        secret);
}

char *token_remedy(const struct token *t)
{
    if (t->state == STATE_SUSPENDED) {
        return xstrdup("nothing: it is tried again by itself");
    }
    if (t->kind == KIND_NONE) {
        return open_remedy(t->c);
    }
    return t->is_configured ? given_remedy(t->c)
                            : xasprintf("run `ladle connect %s`", connection_root(t->c)->name);
}

int token_check_connect(const struct connection *c, struct err *e)
{
    const struct token *t = c->token;
    if (t->kind != KIND_NONE && !t->is_configured) {
        return 0;
    }
    char *remedy = token_remedy(t);
    (void)err_set(e, ERR_CONFIG, "%s%s%s", t->is_configured ? c->name : "",
                  t->is_configured ? " has its token in ladle.yaml: " : "", remedy);
    free(remedy);
    return -1;
}

/* --- what is told --- */

static json_t *remedy_or_null(const struct token *t)
{
    bool is_first_use = t->state == STATE_NEW && t->is_self_granted;
    if (t->state == STATE_CONNECTED || is_first_use) {
        return json_null();
    }
    char *text = token_remedy(t);
    json_t *v = json_string(text);
    free(text);
    return v;
}

void token_describe(const struct token *t, json_t *out)
{
    set_status_text(out, "state", shown_state(t));
    json_object_set_new(out, "remedy", remedy_or_null(t));
    set_status_text(out, "reason", t->reason);
    set_date(out, "since", t->since_us);
    set_date(out, "expires_at", t->pair.expires_us);
    set_status_text(out, "scopes", t->pair.scopes);
    set_status_text(out, "account", t->pair.account);
}
