/*
 * What a person does to a token: `ladle connect` prints the link at which they authorise the
 * connection, exchanges the code that they bring back, or stores a token that they have. What they
 * ask for begins from the loop, never within the call, and goes through the same phases as a
 * refresh, so that the new token is committed before anybody is told. Loop thread.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/url.h"
#include "service/token_state.h"

void token_ask_fini(struct ask *ask)
{
    secret_free(ask->value);
    free(ask->redirect_uri);
    *ask = (struct ask){ .done = NULL };
}

void token_answer_ask(struct token *t, const struct err *e)
{
    struct ask ask = { .done = t->ask.done, .ud = t->ask.ud };
    token_ask_fini(&t->ask);
    if (ask.done != NULL) {
        ask.done(ask.ud, e);
    }
}

static void add_query(struct buf *out, char *separator, const char *key, const char *value)
{
    if (value != NULL) {
        (void)buf_printf(out, "%c%s=", *separator, key);
        (void)url_encode(out, value, strlen(value));
        *separator = '&';
    }
}

/* The scopes to ask for: a list, or a text, of the configuration, else the connector's. Space
 * separated; yours. */
static char *scopes_wanted(const struct connection *c)
{
    json_t *auth = json_object_get(connector_table(c->connector), "auth");
    json_t *own = json_object_get(c->config, "scopes");
    json_t *list = own != NULL ? own : json_object_get(auth, "scopes");
    if (json_is_string(list)) {
        return xstrdup(json_string_value(list));
    }
    struct buf out;
    buf_init(&out, URL_MAX);
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        (void)buf_printf(&out, "%s%s", i > 0 ? " " : "",
                         json_string_value(one)); /* full: found by the URL's check */
    }
    return buf_take(&out, NULL);
}

char *token_authorize_url(const struct connection *c, const char *redirect_uri, const char *state,
                          struct err *e)
{
    const char *own = connection_text(c, "authorize_url");
    json_t *auth = json_object_get(connector_table(c->connector), "auth");
    char *base = connection_url(c, own != NULL ? own : json_get_text(auth, "authorize_url"));
    const char *client_id = connection_text(c, "client_id");
    if (c->token->kind != KIND_OAUTH || base == NULL || client_id == NULL) {
        (void)err_set(e, ERR_CONFIG, "%s: %s", c->name,
                      c->token->kind != KIND_OAUTH ? "its auth is not oauth"
                                                   : "it needs authorize_url and client_id");
        free(base);
        return NULL;
    }
    char *scopes = scopes_wanted(c);
    char separator = strchr(base, '?') != NULL ? '&' : '?';
    struct buf out;
    buf_init(&out, URL_MAX);
    (void)buf_puts(&out, base);
    add_query(&out, &separator, "response_type", "code");
    add_query(&out, &separator, "client_id", client_id);
    add_query(&out, &separator, "redirect_uri", redirect_uri);
    add_query(&out, &separator, "scope", *scopes != '\0' ? scopes : NULL);
    add_query(&out, &separator, "state", state);
    free(scopes);
    free(base);
    if (out.is_full) {
        buf_fini(&out);
        (void)err_set(e, ERR_TOO_LARGE, "%s: its authorise link is too long", c->name);
        return NULL;
    }
    return buf_take(&out, NULL);
}

static int check_ask(const struct token *t, struct err *e)
{
    if (t->kind != t->ask.kind) {
        return err_set(e, ERR_CONFIG, "%s: its auth in ladle.yaml is not '%s'", t->c->name,
                       t->ask.kind == KIND_OAUTH ? "oauth" : "token");
    }
    if (t->is_configured) {
        return err_set(e, ERR_CONFLICT, "%s has its token in ladle.yaml; %s", t->c->name,
                       t->ask.is_next ? "name the second one there, as `token_next`"
                                      : "remove `token` there first");
    }
    if (t->phase != PHASE_IDLE) {
        return err_set(e, ERR_CONFLICT, "%s is being refreshed just now; try again", t->c->name);
    }
    return 0;
}

void token_begin_ask(struct timer *timer)
{
    struct token *t = list_entry(timer, struct token, ask_timer);
    struct err e = ERR_INIT;
    if (check_ask(t, &e) == -1) {
        token_answer_ask(t, &e);
        return;
    }
    if (t->ask.is_next) {
        token_second_store(t);
        return;
    }
    timer_stop(&t->timer);
    if (t->ask.type == NULL) {
        t->second.is_switching = false; /* a person knows better */
        token_pair_fini(&t->next);
        t->next.access = secret_new(secret_bytes(t->ask.value), secret_len(t->ask.value));
        token_commit(t);
        return;
    }
    token_send(t, &(struct token_grant){
                      .type = t->ask.type,
                      .field = t->ask.field,
                      .value = t->ask.value,
                      .redirect_uri = t->ask.redirect_uri,
                  });
}

static void enter_ask(struct token *t, struct ask ask)
{
    assert(t->ask.done == NULL); /* one at a time: it is a person who asks */
    t->ask = ask;
    timer_start(&t->ask_timer, 0);
}

void token_exchange_code(struct connection *c, const char *code, const char *redirect_uri,
                         token_done_fn done, void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_OAUTH,
                            .type = "authorization_code",
                            .field = "code",
                            .value = secret_new(code, strlen(code)),
                            .redirect_uri = redirect_uri != NULL ? xstrdup(redirect_uri) : NULL,
                        });
}

void token_exchange_refresh(struct connection *c, const struct secret *refresh_token,
                            token_done_fn done, void *ud)
{
    enter_ask(c->token,
              (struct ask){
                  .done = done,
                  .ud = ud,
                  .kind = KIND_OAUTH,
                  .type = "refresh_token",
                  .field = "refresh_token",
                  .value = secret_new(secret_bytes(refresh_token), secret_len(refresh_token)),
              });
}

void token_store(struct connection *c, const struct secret *token, token_done_fn done, void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_STATIC,
                            .field = "token",
                            .value = secret_new(secret_bytes(token), secret_len(token)),
                        });
}

void token_store_next(struct connection *c, const struct secret *token, token_done_fn done,
                      void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_STATIC,
                            .field = "token",
                            .value = secret_new(secret_bytes(token), secret_len(token)),
                            .is_next = true,
                        });
}
