/* Checks what a connection with `auth: oauth` must say, and what goes together. A setting is the
 * connection's own or of `auth` in the connector's table, so what is missing depends on both: a
 * connection of highlevel needs its client only, one of http the service's addresses too. */
#include "project/connection_oauth.h"

#include <string.h>

/* Those that mean nothing without `auth: oauth`. */
static const char *const OAUTH_KEYS[] = { "accept_installs", "answer", "client", "grant",
                                          "params",          "pkce",   NULL };

/* Parameters that the engine fills in itself. */
static const char *const OURS[] = { "client_id",
                                    "client_secret",
                                    "code",
                                    "code_challenge",
                                    "code_challenge_method",
                                    "code_verifier",
                                    "grant_type",
                                    "redirect_uri",
                                    "refresh_token",
                                    "response_type",
                                    "scope",
                                    "state",
                                    NULL };

struct oauth {
    struct diags *diags;
    const json_t *auth; /* of the connector's table */
    const json_t *config;
    const struct yaml *y;
};

static const json_t *oauth_setting(const struct oauth *o, const char *key)
{
    const json_t *own = json_object_get(o->config, key);
    return own != NULL ? own : json_object_get(o->auth, key);
}

static bool is_setting(const struct oauth *o, const char *key, const char *value)
{
    const char *text = json_string_value(oauth_setting(o, key));
    return text != NULL && strcmp(text, value) == 0;
}

/* The place of a key, or of the connection where it is not there. */
static const struct yaml *place_of_setting(const struct oauth *o, const char *key)
{
    for (size_t i = 0; i < o->y->count; i++) {
        if (strcmp(o->y->keys[i]->text, key) == 0) {
            return o->y->keys[i];
        }
    }
    return o->y;
}

static void need(const struct oauth *o, const char *key, const char *hint)
{
    if (oauth_setting(o, key) == NULL && yaml_get(o->y, key) == NULL) {
        check_error(o->diags, o->y, hint, "a connection with `auth: oauth` needs `%s`", key);
    }
}

static void refuse_without_oauth(const struct oauth *o)
{
    for (const char *const *key = OAUTH_KEYS; *key != NULL; key++) {
        if (json_object_get(o->config, *key) != NULL) {
            check_error(o->diags, place_of_setting(o, *key), "add auth: oauth",
                        "`%s` has no meaning without `auth: oauth`", *key);
        }
    }
}

static void check_params(const struct oauth *o)
{
    const struct yaml *params = yaml_get(o->y, "params");
    for (size_t i = 0; params != NULL && params->kind == YAML_MAP && i < params->count; i++) {
        const struct yaml *map = params->items[i];
        for (size_t k = 0; map->kind == YAML_MAP && k < map->count; k++) {
            if (word_is_in(OURS, map->keys[k]->text)) {
                check_error(o->diags, map->keys[k], "it is made from the connection's other keys",
                            "`params` cannot set `%s`", map->keys[k]->text);
            }
        }
    }
}

static void check_combination(const struct oauth *o)
{
    if (is_setting(o, "grant", "client_credentials")) {
        if (is_setting(o, "client", "none")) {
            check_error(o->diags, place_of_setting(o, "client"), "body or basic",
                        "client credentials need a client that proves who it is");
        }
        if (json_is_true(json_object_get(o->config, "accept_installs"))) {
            check_error(o->diags, place_of_setting(o, "accept_installs"), NULL,
                        "with `grant: client_credentials` nobody installs anything");
        }
        return;
    }
    need(o, "authorize_url", "such as authorize_url: https://login.example.com/oauth/authorize");
}

void connection_check_oauth(struct diags *d, const json_t *table, const json_t *config,
                            const struct yaml *y)
{
    struct oauth o = {
        .diags = d, .auth = json_object_get(table, "auth"), .config = config, .y = y
    };
    const char *auth = json_get_text(config, "auth");
    if (table == NULL) {
        return;
    }
    if (auth == NULL || strcmp(auth, "oauth") != 0) {
        refuse_without_oauth(&o);
        return;
    }
    need(&o, "token_url", "such as token_url: https://login.example.com/oauth/token");
    need(&o, "client_id", "such as client_id: ${env.CLIENT_ID}");
    if (!is_setting(&o, "client", "none")) {
        need(&o, "client_secret",
             "such as client_secret: ${secret.client_secret}; a public client says client: none");
    }
    check_combination(&o);
    check_params(&o);
}
