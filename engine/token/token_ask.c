/*
 * Does to a token what a person asks for: the code that they bring back is exchanged, or a token
 * that they have is stored. What they ask for begins from the loop, never within the call, once a
 * refresh that is under way is over; it goes through the same phases as a refresh, so that the new
 * token is committed before anybody is told. Loop thread.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connection/account.h"
#include "token/token_state.h"

/* How long what a person asks for waits for the end of a refresh: its time-out, and a little. */
enum { LOOK_AGAIN_US = 100 * 1000, LOOKS_MAX = 350 };

void token_ask_fini(struct ask *ask)
{
    secret_free(ask->value);
    secret_free(ask->verifier);
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

/* Tells who asked for what has not begun. */
static void refuse_next(struct token *t, const struct err *e)
{
    struct ask ask = { .done = t->next_ask.done, .ud = t->next_ask.ud };
    token_ask_fini(&t->next_ask);
    ask.done(ask.ud, e);
}

static int check_next(const struct token *t, struct err *e)
{
    if (t->kind != t->next_ask.kind) {
        return err_set(e, ERR_CONFIG, "%s: its auth in ladle.yaml is not '%s'", t->c->name,
                       t->next_ask.kind == KIND_OAUTH ? "oauth" : "token");
    }
    if (t->is_configured) {
        return err_set(e, ERR_CONFLICT, "%s has its token in ladle.yaml; %s", t->c->name,
                       t->next_ask.is_next ? "name the second one there, as `token_next`"
                                           : "remove `token` there first");
    }
    bool is_code = t->next_ask.type != NULL && strcmp(t->next_ask.type, "authorization_code") == 0;
    if (is_code && t->is_self_granted) {
        return err_set(e, ERR_CONFIG,
                       "%s fetches its tokens itself (grant: client_credentials): it takes no code",
                       t->c->name);
    }
    if (t->ask_tries == LOOKS_MAX) {
        /* Of this kind, as nothing was sent: a code is not used up. */
        return err_set(e, ERR_UNREACHABLE, "%s is being refreshed just now; try again", t->c->name);
    }
    return 0;
}

/* With the lease: no other process refreshes meanwhile, to store its token over this one. */
static void send_ask(struct token *t)
{
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
                      .verifier = t->ask.verifier,
                  });
}

static void begin_ask(struct token *t)
{
    t->ask = t->next_ask;
    t->next_ask = (struct ask){ .done = NULL };
    if (t->ask.is_next) {
        token_second_store(t);
        return;
    }
    timer_stop(&t->timer);
    token_lease(t, send_ask);
}

void token_begin_ask(struct timer *timer)
{
    struct token *t = list_entry(timer, struct token, ask_timer);
    struct err e = ERR_INIT;
    if (check_next(t, &e) == -1) {
        refuse_next(t, &e);
    } else if (t->phase != PHASE_IDLE) {
        t->ask_tries++;
        timer_start(&t->ask_timer, LOOK_AGAIN_US);
    } else {
        begin_ask(t);
    }
}

/* The account that what is asked for has to be of, or NULL: of any. */
static const char *wanted_account(const struct token *t)
{
    const char *wanted = connection_bound_account(t->c);
    return wanted == NULL && t->ask.keeps_account ? t->pair.account : wanted;
}

/* Who cannot be asked whether they began it must not put another account in the place of the one
 * that is there; a service that names none leaves that open. */
static int check_kept(const struct token *t, const char *wanted, const char *granted, struct err *e)
{
    bool is_first = wanted == NULL && t->pair.access == NULL;
    if (!t->ask.keeps_account || is_first || (wanted != NULL && granted != NULL)) {
        return 0;
    }
    return err_set(e, ERR_CONFLICT,
                   "%s: nobody can tell whether this installation is for the account that it has, "
                   "as the service names none; nothing was changed; run `ladle connect %s`",
                   t->c->name, t->c->name);
}

int token_check_ask(const struct token *t, const struct token_pair *granted, struct err *e)
{
    const char *wanted = wanted_account(t);
    if (t->ask.done == NULL) {
        return 0;
    }
    if (check_kept(t, wanted, granted->account, e) == -1) {
        return -1;
    }
    if (wanted == NULL || granted->account == NULL || strcmp(wanted, granted->account) == 0) {
        return 0;
    }
    return err_set(e, ERR_CONFLICT,
                   "%s is for the account %.60s, and this authorisation is for %.60s; nothing was "
                   "changed",
                   t->c->name, wanted, granted->account);
}

static void enter_ask(struct token *t, struct ask ask)
{
    assert(!token_is_asked(t->c)); /* one at a time: it is a person who asks */
    t->next_ask = ask;
    t->ask_tries = 0;
    timer_start(&t->ask_timer, 0);
}

bool token_is_asked(const struct connection *c)
{
    return c->token->ask.done != NULL || c->token->next_ask.done != NULL;
}

bool token_was_not_sent(const struct err *e)
{
    return e->kind == ERR_UNREACHABLE || e->kind == ERR_TLS || e->kind == ERR_STORE ||
           e->kind == ERR_STORE_FULL;
}

static void tell_nobody(void *ud, const struct err *e)
{
}

void token_disown(struct connection *c)
{
    struct token *t = c->token;
    token_ask_fini(&t->next_ask);
    timer_stop(&t->ask_timer);
    if (t->ask.done != NULL) {
        t->ask.done = tell_nobody;
        t->ask.ud = NULL;
    }
}

char *token_scopes_missing(const struct connection *c)
{
    char *wanted = token_scopes_wanted(c, " ");
    const char *granted = c->token->pair.scopes;
    struct buf out;
    buf_init(&out, strlen(wanted) + 1);
    for (const char *at = wanted; granted != NULL && *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (n > 0 && !token_pair_has_scope(granted, at, n)) {
            (void)buf_printf(&out, "%s%.*s", out.len > 0 ? " " : "", (int)n, at); /* it fits */
        }
        at += n + (at[n] == ' ');
    }
    free(wanted);
    return buf_take(&out, NULL);
}

static struct secret *copy_secret(const struct secret *value)
{
    return value != NULL ? secret_new(secret_bytes(value), secret_len(value)) : NULL;
}

void token_exchange_code(struct connection *c, const struct token_code *code, token_done_fn done,
                         void *ud)
{
    enter_ask(c->token,
              (struct ask){
                  .done = done,
                  .ud = ud,
                  .kind = KIND_OAUTH,
                  .type = "authorization_code",
                  .field = "code",
                  .value = copy_secret(code->code),
                  .redirect_uri = code->redirect_uri != NULL ? xstrdup(code->redirect_uri) : NULL,
                  .verifier = copy_secret(code->verifier),
                  .keeps_account = code->is_install,
              });
}

void token_exchange_refresh(struct connection *c, const struct secret *refresh_token,
                            token_done_fn done, void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_OAUTH,
                            .type = "refresh_token",
                            .field = "refresh_token",
                            .value = copy_secret(refresh_token),
                        });
}

void token_fetch(struct connection *c, token_done_fn done, void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_OAUTH,
                            .type = "client_credentials",
                        });
}

void token_store(struct connection *c, const struct secret *token, token_done_fn done, void *ud)
{
    enter_ask(c->token, (struct ask){
                            .done = done,
                            .ud = ud,
                            .kind = KIND_STATIC,
                            .field = "token",
                            .value = copy_secret(token),
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
                            .value = copy_secret(token),
                            .is_next = true,
                        });
}
