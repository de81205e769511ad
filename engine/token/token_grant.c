/*
 * Builds and reads the requests to a token endpoint, as the connection's settings say: form or
 * JSON, the client named in the body, in Basic or not at all (a public client), further parameters,
 * where the fields of the answer are. Without a word the answer is that of RFC 6749, 5.1, and the
 * camel-case names that some services use are read as well. Errors are those of 5.2; a service that
 * answers them with 200 is understood too. The texts of tokens live in struct secret; the plain
 * copies made here are scrubbed at once. Loop thread.
 */
#include "token/token_grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "connector/classify.h"
#include "crypto/sign.h"
#include "format/url.h"
#include "limit/limiter.h"

enum {
    ANSWER_BYTES_MAX = 256 * 1024,
    GRANT_TIMEOUT_US = 30 * 1000 * 1000,
    LIFETIME_MAX_S = 10 * 365 * 86400,
    SCOPES_MAX = 4096,
    CODE_MAX = 64, /* of the `error` that is shown */
};

/* --- settings --- */

static json_t *auth_of(const struct connection *c)
{
    return c->auth;
}

json_t *token_setting(const struct connection *c, const char *key)
{
    json_t *own = json_object_get(c->config, key);
    return own != NULL ? own : json_object_get(auth_of(c), key);
}

const char *token_setting_text(const struct connection *c, const char *key)
{
    return json_string_value(token_setting(c, key));
}

bool token_setting_is(const struct connection *c, const char *key, const char *value)
{
    const char *text = token_setting_text(c, key);
    return text != NULL && strcmp(text, value) == 0;
}

bool token_is_self_granted(const struct connection *c)
{
    return token_setting_is(c, "grant", "client_credentials");
}

const char *token_scope_separator(const struct connection *c)
{
    const char *own = token_setting_text(c, "scope_separator");
    return own != NULL && *own != '\0' ? own : " ";
}

char *token_scopes_wanted(const struct connection *c, const char *separator)
{
    json_t *list = token_setting(c, "scopes");
    if (json_is_string(list)) {
        return xstrdup(json_string_value(list));
    }
    struct buf out;
    buf_init(&out, SCOPES_MAX);
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        (void)buf_printf(&out, "%s%s", i > 0 ? separator : "",
                         json_is_string(one) ? json_string_value(one) : ""); /* full: refused */
    }
    return buf_take(&out, NULL);
}

/* --- the request --- */

static void set_secret(json_t *o, const char *key, const struct secret *value)
{
    if (key != NULL && value != NULL) {
        json_set_text(o, key, secret_bytes(value));
    }
}

static void set_client(json_t *fields, const struct connection *c)
{
    if (token_setting_is(c, "client", "basic")) {
        return;
    }
    json_set_text(fields, "client_id", connection_text(c, "client_id"));
    if (!token_setting_is(c, "client", "none")) {
        set_secret(fields, "client_secret", c->client_secret);
    }
}

static void set_all(json_t *fields, json_t *more)
{
    const char *key;
    json_t *v;
    json_object_foreach (more, key, v) {
        json_object_set(fields, key, v);
    }
}

/* The request's fields. They hold secrets, so the caller frees them at once. */
static json_t *grant_fields(const struct connection *c, const struct token_grant *g)
{
    json_t *fields = json_object();
    bool is_refresh = strcmp(g->type, "refresh_token") == 0;
    json_set_text(fields, "grant_type", g->type);
    set_secret(fields, g->field, g->value);
    json_set_text(fields, "redirect_uri", g->redirect_uri);
    set_secret(fields, "code_verifier", g->verifier);
    if (strcmp(g->type, "client_credentials") == 0) {
        char *scopes = token_scopes_wanted(c, token_scope_separator(c));
        json_set_text(fields, "scope", *scopes != '\0' ? scopes : NULL);
        free(scopes);
    }
    set_client(fields, c);
    set_all(fields, token_setting(c, "fields"));
    set_all(fields, json_object_get(token_setting(c, "params"), is_refresh ? "refresh" : "token"));
    return fields;
}

/* "Basic …" of client id and secret (RFC 6749, 2.3.1); yours, to be scrubbed. */
static char *basic_header(const struct connection *c)
{
    struct buf plain, out;
    buf_init(&plain, TOKEN_MAX);
    buf_init(&out, 2 * TOKEN_MAX);
    (void)url_encode(&plain, connection_text(c, "client_id"),
                     strlen(connection_text(c, "client_id")));
    (void)buf_putc(&plain, ':');
    if (c->client_secret != NULL) {
        (void)url_encode(&plain, secret_bytes(c->client_secret), secret_len(c->client_secret));
    }
    (void)buf_puts(&out, "Basic ");
    (void)base64_encode(&out, buf_text(&plain),
                        plain.len); /* both sizes are bounded by the configuration's */
    secret_scrub(plain.data, plain.len);
    buf_fini(&plain);
    return buf_take(&out, NULL);
}

static int encode(struct buf *out, const json_t *fields, bool is_json, struct err *e)
{
    if (!is_json) {
        return url_encode_form(out, fields, e);
    }
    return json_append(out, fields) == 0
               ? 0
               : err_set(e, ERR_TOO_LARGE, "the token request is too large");
}

/* The request's headers; basic is NULL where the client is not named there. */
static size_t grant_headers(struct http_header out[3], bool is_json, const char *basic)
{
    out[0] = (struct http_header){ "Accept", "application/json" };
    out[1] = (struct http_header){ "Content-Type", is_json ? "application/json"
                                                           : "application/x-www-form-urlencoded" };
    out[2] = (struct http_header){ "Authorization", basic };
    return basic != NULL ? 3 : 2;
}

static int send_token_request(struct connection *c, const char *url, const json_t *fields,
                              struct token_sending *how, struct err *e)
{
    bool is_json = token_setting_is(c, "encoding", "json");
    char *basic = token_setting_is(c, "client", "basic") ? basic_header(c) : NULL;
    struct http_header headers[3];
    struct buf body;
    buf_init(&body, 4 * TOKEN_MAX);
    int rc = encode(&body, fields, is_json, e);
    if (rc == 0) {
        struct http_request r = {
            .method = "POST",
            .url = url,
            .headers = headers,
            .header_count = grant_headers(headers, is_json, basic),
            .body = buf_text(&body),
            .body_len = body.len,
            .timeout_us = GRANT_TIMEOUT_US,
            .body_max = ANSWER_BYTES_MAX,
            .may_be_private = connection_may_be_private(c, url, true),
        };
        struct http_client *http = c->env->http;
        how->call = http->send(http, &r, how->done, how->ud);
    }
    if (basic != NULL) {
        secret_scrub(basic, strlen(basic));
    }
    free(basic);
    secret_scrub(body.data, body.len);
    buf_fini(&body);
    return rc;
}

int token_grant_send(struct connection *c, const struct token_grant *g, struct token_sending *how,
                     struct err *e)
{
    char *url = connection_url(c, token_setting_text(c, "token_url"));
    int rc;
    if (url == NULL) {
        rc = err_set(e, ERR_CONFIG, "%s has no token_url", c->name);
    } else if (connection_text(c, "client_id") == NULL) {
        rc = err_set(e, ERR_CONFIG, "%s has no client_id; say it in ladle.yaml", c->name);
    } else {
        json_t *fields = grant_fields(c, g);
        rc = send_token_request(c, url, fields, how, e);
        json_forget(fields);
    }
    free(url);
    return rc;
}

/* --- a refusal --- */

/* What a person can do about a code of RFC 6749, 5.2; NULL: the service's words must do. */
static const char *advice(const char *code)
{
    static const char *const known[][2] = {
        { "invalid_client", "check client_id, client_secret and `client` of the connection" },
        { "unauthorized_client", "the app is not allowed this way of authorising; allow it there" },
        { "unsupported_grant_type", "check `grant` of the connection" },
        { "invalid_scope", "check `scopes` of the connection" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i][0], code) == 0) {
            return known[i][1];
        }
    }
    return NULL;
}

/* A field of the answer: where the settings say it is, else under `name`, else under `camel`. */
static json_t *answer_field(const struct connection *c, const json_t *body, const char *key,
                            const char *name, const char *camel)
{
    const char *path = json_get_text(token_setting(c, "answer"), key);
    if (path != NULL) {
        return json_path(body, path);
    }
    json_t *v = json_object_get(body, name);
    return v != NULL || camel == NULL ? v : json_object_get(body, camel);
}

/* The `error` of the answer where it is a code such as invalid_grant, else "". */
static void error_code(const struct connection *c, const json_t *body, char out[CODE_MAX])
{
    const char *text = json_string_value(answer_field(c, body, "error", "error", NULL));
    size_t len = text != NULL ? strlen(text) : 0;
    bool is_code =
        len > 0 && len < CODE_MAX &&
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == len;
    (void)snprintf(out, CODE_MAX, "%s", is_code ? text : ""); /* it fits */
}

/* What the service says beside the code; yours. */
static char *description(const struct connection *c, const struct http_response *res,
                         const json_t *body)
{
    json_t *said = answer_field(c, body, "error_description", "error_description", NULL);
    if (!json_is_string(said)) {
        return classify_message(res, body);
    }
    json_t *alone = json_pack("{s:O}", "message", said);
    char *text = classify_message(res, alone);
    json_decref(alone);
    return text;
}

static enum err_kind kind_of_refusal(int status, const char *code)
{
    if (strcmp(code, "temporarily_unavailable") == 0 || strcmp(code, "server_error") == 0) {
        return ERR_UNAVAILABLE;
    }
    if (status == 429) {
        return ERR_RATE_LIMITED;
    }
    bool is_said = status < 300 || (status >= 400 && status < 500); /* not a redirection */
    return is_said && status != 408 && status != 425 ? ERR_AUTH : ERR_UNAVAILABLE;
}

static int say_refused(const struct connection *c, const struct http_response *res,
                       const json_t *body, struct err *e)
{
    char code[CODE_MAX];
    error_code(c, body, code);
    char *said = description(c, res, body);
    bool is_more = *said != '\0' && strcmp(said, code) != 0;
    const char *help = advice(code);
    (void)err_set(e, kind_of_refusal(res->status, code),
                  "the token endpoint of %s answered %d%s%s%s%s%s%s", c->name, res->status,
                  *code != '\0' ? " " : "", code, is_more ? ": " : "", is_more ? said : "",
                  help != NULL ? "; " : "", help != NULL ? help : "");
    e->status = res->status;
    e->retry_at_us = limiter_retry_after(res);
    free(said);
    return -1;
}

/* --- a grant --- */

static char *copy_answer_text(const json_t *v)
{
    size_t len = json_string_length(v);
    return len > 0 && len <= TOKEN_MAX ? xstrdup(json_string_value(v)) : NULL;
}

static int64_t lifetime_of(const json_t *v)
{
    double seconds = json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
    if (!(seconds > 0)) {
        return 0;
    }
    return (int64_t)(seconds < LIFETIME_MAX_S ? seconds : LIFETIME_MAX_S) * 1000000;
}

/* Scopes parted by spaces, of a text with the service's separator or of a list; NULL for none. */
static char *scopes_of(const struct connection *c, const json_t *v)
{
    struct buf out;
    buf_init(&out, SCOPES_MAX);
    size_t i;
    json_t *one;
    json_array_foreach (v, i, one) {
        if (json_is_string(one)) {
            (void)buf_printf(&out, "%s%s", out.len > 0 ? " " : "",
                             json_string_value(one)); /* full: cut */
        }
    }
    if (json_is_string(v)) {
        (void)buf_puts(&out, json_string_value(v));
    }
    char separator = *token_scope_separator(c);
    for (size_t at = 0; at < out.len; at++) {
        out.data[at] = out.data[at] == separator ? ' ' : out.data[at];
    }
    if (out.len == 0) {
        buf_fini(&out);
        return NULL;
    }
    return buf_take(&out, NULL);
}

static char *granted_account(const struct connection *c, const json_t *body)
{
    const char *path = token_setting_text(c, "account");
    char *account = path != NULL ? copy_answer_text(json_path(body, path)) : NULL;
    const char *of_parent = json_path_text(c->auth, "accounts.parent_auth.account");
    return account != NULL || of_parent == NULL ? account
                                                : copy_answer_text(json_path(body, of_parent));
}

/* Fills in what the answer left out, since nothing changed there. */
static void inherit_pair(struct token_pair *p, const struct connection *c,
                         const struct token_pair *before)
{
    if (before == NULL) {
        char *wanted = token_scopes_wanted(c, " ");
        p->scopes = p->scopes == NULL && *wanted != '\0' ? xstrdup(wanted) : p->scopes;
        free(wanted);
        return;
    }
    if (p->refresh == NULL && before->refresh != NULL) {
        p->refresh = secret_new(secret_bytes(before->refresh), secret_len(before->refresh));
    }
    p->scopes = p->scopes == NULL ? xstrdup_or_null(before->scopes) : p->scopes;
    p->account = p->account == NULL ? xstrdup_or_null(before->account) : p->account;
}

static void read_pair(struct token_pair *out, const struct connection *c, const json_t *body,
                      const struct token_pair *before)
{
    int64_t lifetime_us =
        lifetime_of(answer_field(c, body, "expires_in", "expires_in", "expiresIn"));
    out->lifetime_us = lifetime_us;
    out->expires_us = lifetime_us > 0 ? clock_wall_us() + lifetime_us : 0;
    out->scopes = scopes_of(c, answer_field(c, body, "scope", "scope", NULL));
    out->account = granted_account(c, body);
    if (!token_is_self_granted(c)) { /* RFC 6749, 4.4.3: there it has no use */
        out->refresh =
            token_pair_secret(answer_field(c, body, "refresh", "refresh_token", "refreshToken"));
    }
    inherit_pair(out, c, before);
}

int token_grant_read_body(struct token_pair *out, const struct connection *c, const json_t *body,
                          struct err *e)
{
    *out = (struct token_pair){
        .access = token_pair_secret(answer_field(c, body, "access", "access_token", "accessToken")),
    };
    if (out->access == NULL) {
        return err_set(e, ERR_PROTOCOL, "%s: the answer holds no token", c->name);
    }
    read_pair(out, c, body, NULL);
    return 0;
}

int token_grant_read(struct token_pair *out, const struct connection *c,
                     const struct http_response *res, const struct token_pair *before,
                     struct err *e)
{
    bool is_ok = res->status >= 200 && res->status <= 299;
    json_t *body = json_parse(buf_text(&res->body), res->body.len, NULL);
    *out = (struct token_pair){ .access = NULL };
    if (is_ok) {
        out->access =
            token_pair_secret(answer_field(c, body, "access", "access_token", "accessToken"));
    }
    int rc = 0;
    if (out->access != NULL) {
        read_pair(out, c, body, before);
    } else if (is_ok && answer_field(c, body, "error", "error", NULL) == NULL) {
        rc = err_set(e, ERR_PROTOCOL, "%s: the token endpoint answered %d without a token", c->name,
                     res->status);
    } else {
        rc = say_refused(c, res, body, e);
    }
    json_forget(body);
    return rc;
}
