/*
 * Switches a connection to its second private token or API key. Such a token has no refresh: a
 * person makes a new one at the service and stores it beside the first (`ladle connect NAME --token
 * - --next`, or `token_next` in ladle.yaml). Nothing happens until the service refuses the first.
 * Then the second takes its place, for good: stored tokens move in one transaction, and of
 * configured ones the digest of the one that was refused is stored, so that a restart does not
 * begin with it again. Calls wait for that commit and are repeated once, as with a refresh.
 *
 * The stored second token is read only when it is needed, and before the first is looked at again:
 * where another process makes the switch at the same moment, either its new first token is seen, or
 * the second one is still there. Loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "token/token_state.h"

static char *next_name(const struct token *t)
{
    return xasprintf("token-next:%s", t->c->name);
}

static char *refused_name(const struct token *t)
{
    return xasprintf("token-refused:%s", t->c->name);
}

static struct secret *copy_token(const struct secret *s)
{
    return secret_new(secret_bytes(s), secret_len(s));
}

static bool is_same_token(const struct secret *a, const struct secret *b)
{
    return secret_len(a) == secret_len(b) &&
           memcmp(secret_bytes(a), secret_bytes(b), secret_len(a)) == 0;
}

void token_second_ask(const struct token *t, struct secret_get *get)
{
    get->beside = t->kind == KIND_STATIC ? next_name(t) : NULL;
}

void token_second_seen(struct token *t, const struct secret_get *get)
{
    t->second.is_stored = get->has_beside;
}

bool token_is_renewable(const struct token *t)
{
    return t->kind == KIND_OAUTH || t->second.is_stored || t->second.configured != NULL;
}

/* --- tokens in ladle.yaml --- */

void token_second_init(struct token *t)
{
    const char *given = connection_text(t->c, "token_next");
    t->second.configured = given != NULL ? secret_new(given, strlen(given)) : NULL;
}

void token_second_fini(struct token *t)
{
    secret_free(t->second.configured);
    token_pair_fini(&t->second.found);
    if (t->second.writing != NULL) {
        t->second.writing->op.ud = NULL; /* the store hands it back later */
    }
}

/* The digest of the token in use, as a secret of its own. Yours. */
static struct secret *digest_of(const struct token *t)
{
    char digest[SIGN_SHA256_HEX + 1];
    const struct secret *access = t->pair.access;
    sign_sha256_hex(secret_bytes(access), secret_len(access), digest);
    return secret_new(digest, SIGN_SHA256_HEX);
}

static bool was_refused(const struct token *t, const struct secret_get *get)
{
    if (get->sealed == NULL) {
        return false;
    }
    struct secret *refused =
        vault_open_value(t->c->env->vault, get->name, get->sealed, get->len, NULL);
    struct secret *digest = digest_of(t);
    bool is = refused != NULL && is_same_token(refused, digest);
    secret_free(digest);
    secret_free(refused);
    return is;
}

int token_second_load(struct token *t, struct err *e)
{
    if (t->second.configured == NULL) {
        return 0;
    }
    char *name = refused_name(t);
    struct secret_get *get = secret_get_new(name);
    free(name);
    int rc = store_exec(t->c->env->store, &get->op, e);
    if (rc == 0 && was_refused(t, get)) {
        secret_free(t->pair.access);
        t->pair.access = t->second.configured;
        t->second.configured = NULL;
    }
    secret_get_free(get);
    return rc;
}

/* --- the switch --- */

static void found_second(struct store_op *op, const struct err *e)
{
    struct secret_get *get = list_entry(op, struct secret_get, op);
    struct token *t = op->ud;
    if (t == NULL) {
        secret_get_free(get);
        return;
    }
    t->reading = NULL;
    token_pair_fini(&t->second.found);
    t->second.found_us = get->stored_us;
    struct err unread = e != NULL ? *e : ERR_INIT;
    if (e == NULL && get->sealed != NULL) {
        (void)token_pair_open(&t->second.found, t->c->env->vault, get->name, get->sealed, get->len,
                              &unread);
    }
    if (unread.kind != ERR_NONE) {
        log_warn("token", "%s: its second token cannot be read: %s", t->c->name, unread.message);
    }
    secret_get_free(get);
    token_look(t);
}

void token_second_look(struct token *t)
{
    t->phase = PHASE_LOOKING;
    if (t->is_configured) {
        token_second_use(t);
        return;
    }
    char *name = next_name(t);
    t->reading = secret_get_new(name);
    free(name);
    t->reading->op.must_land = true;
    t->reading->op.done = found_second;
    t->reading->op.ud = t;
    store_submit_read(t->c->env->store, &t->reading->op);
}

void token_second_use(struct token *t)
{
    token_pair_fini(&t->next);
    if (t->second.configured != NULL) {
        t->next.access = copy_token(t->second.configured);
    } else {
        t->next = t->second.found;
        t->second.found = (struct token_pair){ .access = NULL };
    }
    if (t->next.access == NULL) {
        token_give_up(t, "the service refuses its token");
        return;
    }
    t->second.is_switching = true;
    token_commit(t);
}

void token_second_fill(const struct token *t, struct connection_put *put)
{
    if (!t->second.is_switching) {
        return;
    }
    put->row.reason = xstrdup("the service refused the first token; the second is used now");
    if (!t->is_configured) {
        put->spent_name = next_name(t);
        put->stored_us = t->second.found_us;
        return;
    }
    struct secret *digest = digest_of(t);
    free(put->sealed);
    free(put->token_name);
    put->token_name = refused_name(t);
    vault_seal(t->c->env->vault, put->token_name, digest, &put->sealed, &put->len);
    secret_free(digest);
}

void token_second_done(struct token *t)
{
    if (!t->second.is_switching) {
        return;
    }
    t->second.is_switching = t->second.is_stored = false;
    secret_free(t->second.configured);
    t->second.configured = NULL;
    log_warn("token", "%s: the service refused the first token; the second is used from now on",
             t->c->name);
}

/* --- `ladle connect --next` --- */

static void stored(struct store_op *op, const struct err *e)
{
    struct secret_put *put = list_entry(op, struct secret_put, op);
    struct token *t = op->ud;
    secret_put_free(put);
    if (t != NULL) {
        t->second.writing = NULL;
        t->second.is_stored = t->second.is_stored || e == NULL;
        token_answer_ask(t, e);
    }
}

static int check(const struct token *t, struct err *e)
{
    if (t->pair.access == NULL || t->state == STATE_BROKEN) {
        return err_set(e, ERR_CONFLICT, "%s has no token that works; leave --next out", t->c->name);
    }
    if (is_same_token(t->pair.access, t->ask.value)) {
        return err_set(e, ERR_CONFLICT, "%s uses this token already", t->c->name);
    }
    return 0;
}

void token_second_store(struct token *t)
{
    struct err e = ERR_INIT;
    if (check(t, &e) == -1) {
        token_answer_ask(t, &e);
        return;
    }
    struct token_pair pair = { .access = copy_token(t->ask.value) };
    char *name = next_name(t);
    uint8_t *sealed;
    size_t len;
    token_pair_seal(&pair, t->c->env->vault, name, &sealed, &len);
    token_pair_fini(&pair);
    t->second.writing = secret_put_new(name, sealed, len);
    free(name);
    t->second.writing->op.done = stored;
    t->second.writing->op.ud = t;
    store_submit(t->c->env->store, &t->second.writing->op);
}
