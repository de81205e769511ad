/*
 * Token values at rest: sealed as one small JSON object in the vault. The texts live in struct
 * secret, so they are scrubbed when they are freed and never logged; the plain copies made here are
 * scrubbed at once. Loop thread.
 */
#include "token/token_pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void token_pair_fini(struct token_pair *p)
{
    secret_free(p->access);
    secret_free(p->refresh);
    free(p->scopes);
    free(p->account);
    *p = (struct token_pair){ .access = NULL };
}

char *token_pair_name(const char *connection)
{
    return xasprintf("token:%s", connection);
}

/* --- in the vault --- */

static const char *const origins[] = { NULL, "person", "grant" };

static enum token_origin origin_of(const json_t *o)
{
    const char *name = json_get_text(o, "from");
    for (int i = TOKEN_FROM_PERSON; name != NULL && i <= TOKEN_FROM_GRANT; i++) {
        if (strcmp(name, origins[i]) == 0) {
            return (enum token_origin)i;
        }
    }
    return TOKEN_FROM_UNKNOWN;
}

void token_pair_seal(const struct token_pair *p, const struct vault *v, const char *name,
                     uint8_t **sealed, size_t *len)
{
    json_t *o = json_object();
    json_set_text(o, "access_token", secret_bytes(p->access));
    json_set_text(o, "refresh_token", p->refresh != NULL ? secret_bytes(p->refresh) : NULL);
    json_set_text(o, "from", origins[p->origin]);
    json_set_text(o, "scopes", p->scopes);
    json_set_text(o, "account", p->account);
    json_object_set_new(o, "expires_us", json_integer(p->expires_us));
    json_object_set_new(o, "lifetime_us", json_integer(p->lifetime_us));
    size_t text_len;
    char *text = json_text(o, &text_len);
    struct secret *plain = secret_take(text, text_len);
    vault_seal(v, name, plain, sealed, len);
    secret_free(plain);
    json_forget(o);
}

struct secret *token_pair_secret(const json_t *v)
{
    size_t len = json_string_length(v);
    return len > 0 && len <= TOKEN_MAX ? secret_new(json_string_value(v), len) : NULL;
}

static char *copy_pair_text(const json_t *o, const char *key)
{
    const char *text = json_get_text(o, key);
    return text != NULL && *text != '\0' && strlen(text) <= TOKEN_MAX ? xstrdup(text) : NULL;
}

int token_pair_open(struct token_pair *out, const struct vault *v, const char *name,
                    const uint8_t *sealed, size_t len, struct err *e)
{
    struct secret *plain = vault_open_value(v, name, sealed, len, e);
    if (plain == NULL) {
        return -1;
    }
    json_t *o = json_parse(secret_bytes(plain), secret_len(plain), NULL);
    secret_free(plain);
    *out = (struct token_pair){
        .origin = origin_of(o),
        .access = token_pair_secret(json_object_get(o, "access_token")),
        .refresh = token_pair_secret(json_object_get(o, "refresh_token")),
        .expires_us = json_get_int(o, "expires_us", 0),
        .lifetime_us = json_get_int(o, "lifetime_us", 0),
        .scopes = copy_pair_text(o, "scopes"),
        .account = copy_pair_text(o, "account"),
    };
    json_forget(o);
    if (out->access == NULL) {
        token_pair_fini(out);
        return err_set(e, ERR_CONFIG, "%s: the stored token is unreadable", name);
    }
    return 0;
}

bool token_pair_has_scope(const char *scopes, const char *scope, size_t len)
{
    while (*scopes != '\0') {
        size_t here = strcspn(scopes, " ,");
        if (here == len && memcmp(scopes, scope, len) == 0) {
            return true;
        }
        scopes += here + strspn(scopes + here, " ,");
    }
    return false;
}
