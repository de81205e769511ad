/*
 * Makes the link at which a person authorises a connection: the service's authorise URL with the
 * parameters of RFC 6749, 4.1.1 and RFC 7636, 4.3, and those of the settings. A service may have a
 * second host under a neutral name (white label), and may show an install link for an app, whose
 * further parameters are its own business: they are kept, ours are put in. Pure; the loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/url.h"
#include "token/token_state.h"

static void set_query_text(json_t *o, const char *key, const char *text)
{
    if (text != NULL && *text != '\0') {
        json_object_set_new(o, key, json_string(text));
    }
}

/* What is ours in any link; a state or challenge that somebody else put there must not stay. */
static void set_own(json_t *query, const struct connection *c, const struct token_link *l)
{
    static const char *const ours[] = { "state", "redirect_uri", "code_challenge",
                                        "code_challenge_method", NULL };
    for (const char *const *key = ours; *key != NULL; key++) {
        (void)json_object_del(query, *key); /* -1: it was not there */
    }
    set_query_text(query, "response_type", "code");
    set_query_text(query, "client_id", connection_text(c, "client_id"));
    set_query_text(query, "redirect_uri", l->redirect_uri);
    set_query_text(query, "state", l->state);
    set_query_text(query, "code_challenge", l->challenge);
    set_query_text(query, "code_challenge_method", l->challenge != NULL ? "S256" : NULL);
}

static void set_params(json_t *query, const struct connection *c)
{
    const char *key;
    json_t *v;
    json_object_foreach (json_object_get(token_setting(c, "params"), "authorize"), key, v) {
        if (json_object_get(query, key) == NULL) { /* ours are not theirs to change */
            json_object_set(query, key, v);
        }
    }
}

/* base (without its query) ? query; yours, or NULL. */
static char *put_together(const char *base, const json_t *query, struct err *e)
{
    struct buf fields, out;
    buf_init(&fields, URL_MAX);
    buf_init(&out, URL_MAX);
    int rc = url_encode_form(&fields, query, e);
    if (rc == 0 &&
        buf_printf(&out, "%.*s?%s", (int)strcspn(base, "?#"), base, buf_text(&fields)) == -1) {
        rc = err_set(e, ERR_TOO_LARGE, "its authorise link is too long");
    }
    char *link = rc == 0 ? buf_take(&out, NULL) : NULL;
    buf_fini(&fields);
    buf_fini(&out);
    return link;
}

/* The query of a URL as an object; yours. */
static json_t *query_of(const struct url *u, struct err *e)
{
    return u->query != NULL ? url_decode_form(u->query, strlen(u->query), e) : json_object();
}

/* The link from the service's authorise URL, whose own query stays. */
static char *usual_link(const struct connection *c, const char *base, const struct token_link *l,
                        struct err *e)
{
    struct url u;
    if (url_parse(base, strlen(base), &u, e) == -1) {
        return NULL;
    }
    json_t *query = query_of(&u, e);
    char *link = NULL;
    if (query != NULL) {
        char *scopes = token_scopes_wanted(c, token_scope_separator(c));
        set_own(query, c, l);
        set_query_text(query, "scope", scopes);
        set_params(query, c);
        link = put_together(base, query, e);
        free(scopes);
    }
    json_decref(query);
    url_fini(&u);
    return link;
}

/* --- an install link --- */

/* Whether the URL of this setting is on the same scheme, host and port. */
static bool is_host_of(const struct connection *c, const char *key, const struct url *u)
{
    char *text = connection_url(c, token_setting_text(c, key));
    struct url known;
    bool is_same = false;
    if (text != NULL && url_parse(text, strlen(text), &known, NULL) == 0) {
        is_same =
            known.is_tls == u->is_tls && known.port == u->port && strcmp(known.host, u->host) == 0;
        url_fini(&known);
    }
    free(text);
    return is_same;
}

static int check_install(const struct connection *c, const struct url *u, const json_t *query,
                         struct err *e)
{
    const char *client = json_get_text(query, "client_id");
    if (!is_host_of(c, "authorize_url", u) && !is_host_of(c, "white_label_url", u)) {
        return err_set(e, ERR_INVALID,
                       "the install link leads to %.100s, which is not where this service is "
                       "authorised",
                       u->host);
    }
    if (client == NULL || strcmp(client, connection_text(c, "client_id")) != 0) {
        return err_set(e, ERR_INVALID,
                       "the install link is for another app: its client_id is not "
                       "that of ladle.yaml");
    }
    return 0;
}

static char *install_link(const struct connection *c, const struct token_link *l, struct err *e)
{
    struct url u;
    if (url_parse(l->install_link, strlen(l->install_link), &u, e) == -1) {
        (void)err_prefix(e, "the install link");
        return NULL;
    }
    json_t *query = query_of(&u, e);
    char *link = NULL;
    if (query != NULL && check_install(c, &u, query, e) == 0) {
        set_own(query, c, l);
        link = put_together(l->install_link, query, e);
    }
    json_decref(query);
    url_fini(&u);
    return link;
}

/* --- public --- */

static int check_oauth(const struct connection *c, const char *base, bool is_white_label,
                       struct err *e)
{
    if (c->token->kind != KIND_OAUTH) {
        return err_set(e, ERR_CONFIG, "its auth is not oauth");
    }
    if (c->token->is_self_granted) {
        return err_set(e, ERR_CONFIG, "it fetches its tokens itself (grant: client_credentials)");
    }
    if (base == NULL && is_white_label) {
        return err_set(e, ERR_CONFIG, "its connector knows no white-label host");
    }
    return base != NULL && connection_text(c, "client_id") != NULL
               ? 0
               : err_set(e, ERR_CONFIG, "it needs authorize_url and client_id");
}

char *token_authorize_url(const struct connection *c, const struct token_link *l, struct err *e)
{
    const char *key = l->is_white_label ? "white_label_url" : "authorize_url";
    char *base = connection_url(c, token_setting_text(c, key));
    char *link = NULL;
    if (check_oauth(c, base, l->is_white_label, e) == 0) {
        link = l->install_link != NULL ? install_link(c, l, e) : usual_link(c, base, l, e);
    }
    if (link == NULL) {
        (void)err_prefix(e, "%s", c->name);
    }
    free(base);
    return link;
}
