/*
 * Keeps what an authorisation under way needs when the browser comes back. The state is 32 random
 * bytes; the store has its digest as a name, and under it one small sealed JSON object with the
 * PKCE verifier, the redirect URI and whose it is. A change of the row replaces exactly the bytes
 * that were read, so a code is exchanged once, whoever gets the callback and however often. Loop
 * thread.
 */
#include "token/token_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "crypto/sign.h"
#include "format/url.h"
#include "token/token_grant.h"

enum {
    RANDOM_BYTES = 32,
    RANDOM_TEXT = 43, /* of them in base64url */
    MESSAGE_MAX = 400,
};

static const char *const state_names[] = { "pending", "taken", "done", "failed" };

void token_flow_fini(struct token_flow *f)
{
    free(f->name);
    free(f->connection);
    free(f->redirect_uri);
    secret_free(f->verifier);
    free(f->message);
    free(f->sealed);
    *f = (struct token_flow){ .name = NULL };
}

/* --- beginning --- */

/* 43 characters that nobody guesses; yours. */
static char *random_text(void)
{
    uint8_t bytes[RANDOM_BYTES];
    struct buf out;
    clock_random(bytes, sizeof bytes);
    buf_init(&out, RANDOM_TEXT + 1);
    (void)base64url_encode(&out, bytes, sizeof bytes); /* it fits */
    secret_scrub(bytes, sizeof bytes);
    return buf_take(&out, NULL);
}

char *token_flow_challenge(const struct secret *verifier)
{
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len = sign_digest(SIGN_SHA256, secret_bytes(verifier), secret_len(verifier), digest);
    struct buf out;
    buf_init(&out, RANDOM_TEXT + 1);
    (void)base64url_encode(&out, digest, len); /* it fits */
    return buf_take(&out, NULL);
}

char *token_flow_name(const char *state)
{
    size_t len = strlen(state);
    if (len != RANDOM_TEXT) {
        return NULL;
    }
    char digest[SIGN_SHA256_HEX + 1];
    sign_sha256_hex(state, len, digest);
    return xasprintf(FLOW_PREFIX "%s", digest);
}

static struct secret *new_verifier(const struct connection *c)
{
    if (!token_setting_is(c, "pkce", "S256")) {
        return NULL;
    }
    char *text = random_text();
    return secret_take(text, strlen(text));
}

int token_flow_begin(const struct connection *c, const struct token_link *l, struct token_flow *out,
                     char **link, struct err *e)
{
    char *state = random_text();
    *out = (struct token_flow){
        .name = token_flow_name(state),
        .connection = xstrdup(c->name),
        .redirect_uri = l->redirect_uri != NULL ? xstrdup(l->redirect_uri) : NULL,
        .verifier = new_verifier(c),
        .expires_us = clock_wall_us() + TOKEN_FLOW_LIFE_US,
    };
    char *challenge = out->verifier != NULL ? token_flow_challenge(out->verifier) : NULL;
    struct token_link own = *l;
    own.state = state;
    own.challenge = challenge;
    *link = token_authorize_url(c, &own, e);
    free(challenge);
    free(state);
    if (*link == NULL) {
        token_flow_fini(out);
        return -1;
    }
    return 0;
}

/* --- in the store --- */

struct flow_put *token_flow_put(const struct token_flow *f, const struct vault *v)
{
    json_t *o = json_object();
    json_set_text(o, "connection", f->connection);
    json_set_text(o, "redirect_uri", f->redirect_uri);
    json_set_text(o, "verifier", f->verifier != NULL ? secret_bytes(f->verifier) : NULL);
    json_set_text(o, "state", state_names[f->state]);
    json_set_text(o, "message", f->message);
    json_object_set_new(o, "expires_us", json_integer(f->expires_us));
    size_t text_len, len;
    uint8_t *sealed;
    char *text = json_text(o, &text_len);
    json_forget(o);
    struct secret *plain = secret_take(text, text_len);
    vault_seal(v, f->name, plain, &sealed, &len);
    secret_free(plain);
    struct flow_put *p = flow_put_new(f->name, sealed, len);
    if (f->sealed != NULL) {
        p->before = xmalloc(f->len);
        memcpy(p->before, f->sealed, f->len);
        p->before_len = f->len;
    }
    return p;
}

static void keep_sealed(struct token_flow *f, const uint8_t *sealed, size_t len)
{
    free(f->sealed);
    f->sealed = xmalloc(len);
    memcpy(f->sealed, sealed, len);
    f->len = len;
}

void token_flow_written(struct token_flow *f, const struct flow_put *p)
{
    keep_sealed(f, p->sealed, p->len);
}

void token_flow_set(struct token_flow *f, enum token_flow_state state, const char *message)
{
    f->state = state;
    char *copy = message != NULL ? xstrndup(message, strnlen(message, MESSAGE_MAX)) : NULL;
    free(f->message);
    f->message = copy;
    if (state == FLOW_DONE || state == FLOW_FAILED) { /* nobody needs it any more */
        secret_free(f->verifier);
        f->verifier = NULL;
    }
}

static enum token_flow_state flow_state(const json_t *o)
{
    const char *text = json_get_text(o, "state");
    for (int i = FLOW_PENDING; text != NULL && i <= FLOW_FAILED; i++) {
        if (strcmp(state_names[i], text) == 0) {
            return (enum token_flow_state)i;
        }
    }
    return FLOW_FAILED;
}

int token_flow_open(struct token_flow *out, const struct vault *v, const char *name,
                    const uint8_t *sealed, size_t len, struct err *e)
{
    *out = (struct token_flow){ .name = NULL };
    struct secret *plain = vault_open_value(v, name, sealed, len, e);
    if (plain == NULL) {
        return -1;
    }
    json_t *o = json_parse(secret_bytes(plain), secret_len(plain), NULL);
    secret_free(plain);
    const char *verifier = json_get_text(o, "verifier");
    *out = (struct token_flow){
        .name = xstrdup(name),
        .connection = json_copy_text(o, "connection"),
        .redirect_uri = json_copy_text(o, "redirect_uri"),
        .verifier = verifier != NULL ? secret_new(verifier, strlen(verifier)) : NULL,
        .expires_us = json_get_int(o, "expires_us", 0),
        .state = flow_state(o),
        .message = json_copy_text(o, "message"),
    };
    keep_sealed(out, sealed, len);
    json_forget(o);
    if (out->connection == NULL) {
        token_flow_fini(out);
        return err_set(e, ERR_CONFIG, "a stored authorisation is unreadable");
    }
    return 0;
}

bool token_flow_is_expired(const struct token_flow *f)
{
    return clock_wall_us() >= f->expires_us;
}

/* --- the way back --- */

bool token_issuer_fits(const struct connection *c, const char *iss)
{
    const char *known = token_setting_text(c, "issuer");
    return known == NULL || (iss != NULL && strcmp(known, iss) == 0);
}

char *token_redirect_uri(const struct connection *c, const char *base_url)
{
    const char *own = connection_text(c, "redirect_uri");
    if (own != NULL) {
        return xstrdup(own);
    }
    if (base_url == NULL) {
        return NULL;
    }
    size_t len = strlen(base_url);
    return xasprintf("%.*s/oauth/callback", (int)(base_url[len - 1] == '/' ? len - 1 : len),
                     base_url);
}
