/* The shape of `auth` in a connector's table: what is a text, one of few words, a list or a map.
 * What a connection needs of it depends on the connection, and is checked there. */
#include "connector/connector_auth.h"

#include <string.h>

enum shape { TEXT, WORD, TEXTS, MAP, STATUSES };

struct rule {
    const char *key;
    enum shape shape;
    const char *const *words; /* of WORD; of MAP: the keys that it may have, or NULL: any */
};

static const char *const ENCODINGS[] = { "form", "json", NULL };
static const char *const CLIENTS[] = { "body", "basic", "none", NULL };
static const char *const GRANTS[] = { "authorization_code", "client_credentials", NULL };
static const char *const PKCE[] = { "S256", "none", NULL };
static const char *const PARAMS[] = { "authorize", "token", "refresh", NULL };
static const char *const ANSWER[] = { "access", "refresh",           "expires_in", "scope",
                                      "error",  "error_description", NULL };
static const char *const ACCOUNTS[] = { "agency", "exchange", "field", NULL };

static const struct rule RULES[] = {
    { "kinds", TEXTS, NULL },
    { "header", TEXT, NULL },
    { "header_config", TEXT, NULL },
    { "scheme", TEXT, NULL },
    { "stale", STATUSES, NULL },
    { "authorize_url", TEXT, NULL },
    { "white_label_url", TEXT, NULL },
    { "token_url", TEXT, NULL },
    { "issuer", TEXT, NULL },
    { "encoding", WORD, ENCODINGS },
    { "client", WORD, CLIENTS },
    { "grant", WORD, GRANTS },
    { "pkce", WORD, PKCE },
    { "scopes", TEXTS, NULL },
    { "scope_separator", TEXT, NULL },
    { "account", TEXT, NULL },
    { "fields", MAP, NULL },
    { "params", MAP, PARAMS },
    { "answer", MAP, ANSWER },
    { "suspended", TEXTS, NULL },
    { "accounts", MAP, ACCOUNTS },
};

static bool is_in(const char *const *words, const char *word)
{
    for (; word != NULL && *words != NULL; words++) {
        if (strcmp(*words, word) == 0) {
            return true;
        }
    }
    return false;
}

/* An array whose items are all of this type. */
static bool is_list_of(const json_t *v, json_type type)
{
    size_t i;
    json_t *one;
    json_array_foreach (v, i, one) {
        if (json_typeof(one) != type) {
            return false;
        }
    }
    return json_is_array(v);
}

static bool is_empty_list(const json_t *v) /* which is how an empty Lua table may read */
{
    return json_is_array(v) && json_array_size(v) == 0;
}

static int check_map(const struct rule *r, const json_t *v, struct err *e)
{
    const char *key;
    json_t *one;
    if (!json_is_object(v) && !is_empty_list(v)) {
        return err_set(e, ERR_CONFIG, "auth.%s is no table", r->key);
    }
    json_object_foreach ((json_t *)(uintptr_t)v, key, one) { /* the macro only reads */
        if (r->words != NULL && !is_in(r->words, key)) {
            return err_set(e, ERR_CONFIG, "auth.%s cannot have '%.40s'", r->key, key);
        }
    }
    return 0;
}

static int check(const struct rule *r, const json_t *v, struct err *e)
{
    switch (r->shape) {
    case TEXT:
        return json_is_string(v) ? 0 : err_set(e, ERR_CONFIG, "auth.%s is no text", r->key);
    case WORD:
        return is_in(r->words, json_string_value(v))
                   ? 0
                   : err_set(e, ERR_CONFIG, "auth.%s cannot be '%.40s'", r->key,
                             json_is_string(v) ? json_string_value(v) : "");
    case TEXTS:
        return is_list_of(v, JSON_STRING)
                   ? 0
                   : err_set(e, ERR_CONFIG, "auth.%s is no list of texts", r->key);
    case STATUSES:
        return is_list_of(v, JSON_INTEGER)
                   ? 0
                   : err_set(e, ERR_CONFIG, "auth.%s is no list of statuses", r->key);
    case MAP:
        return check_map(r, v, e);
    }
    return 0;
}

int connector_check_auth(const json_t *auth, struct err *e)
{
    if (auth != NULL && !json_is_object(auth) && !is_empty_list(auth)) {
        return err_set(e, ERR_CONFIG, "auth is no table");
    }
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        const json_t *v = json_object_get(auth, RULES[i].key);
        if (v != NULL && check(&RULES[i], v, e) == -1) {
            return -1;
        }
    }
    return 0;
}
