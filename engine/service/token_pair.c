/*
 * Token values on their way: sealed as one small JSON object in the vault, and parsed from what an
 * authorisation server answers (RFC 6749, 5.1; the camel-case names that some use are read as
 * well). The texts live in struct secret, so they are scrubbed when they are freed and never
 * logged; the plain copies made here are scrubbed at once. Loop thread.
 */
#include "service/token_pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "crypto/sign.h"
#include "format/url.h"

enum {
    TOKEN_MAX = 16 * 1024, /* of one token; JWTs of a few KiB are common */
    ANSWER_BYTES_MAX = 256 * 1024,
    GRANT_TIMEOUT_US = 30 * 1000 * 1000,
    LIFETIME_MAX_S = 10 * 365 * 86400,
};

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

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(o, key, json_string(text));
    }
}

void token_pair_seal(const struct token_pair *p, const struct vault *v, const char *name,
                     uint8_t **sealed, size_t *len)
{
    json_t *o = json_object();
    set_text(o, "access_token", secret_bytes(p->access));
    set_text(o, "refresh_token", p->refresh != NULL ? secret_bytes(p->refresh) : NULL);
    set_text(o, "scopes", p->scopes);
    set_text(o, "account", p->account);
    json_object_set_new(o, "expires_us", json_integer(p->expires_us));
    json_object_set_new(o, "lifetime_us", json_integer(p->lifetime_us));
    size_t text_len;
    char *text = json_text(o, &text_len);
    struct secret *plain = secret_take(text, text_len);
    vault_seal(v, name, plain, sealed, len);
    secret_free(plain);
    json_decref(o);
}

static struct secret *secret_of(const json_t *v)
{
    size_t len = json_string_length(v);
    return len > 0 && len <= TOKEN_MAX ? secret_new(json_string_value(v), len) : NULL;
}

static char *copy_of(const json_t *o, const char *key)
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
        .access = secret_of(json_object_get(o, "access_token")),
        .refresh = secret_of(json_object_get(o, "refresh_token")),
        .expires_us = json_get_int(o, "expires_us", 0),
        .lifetime_us = json_get_int(o, "lifetime_us", 0),
        .scopes = copy_of(o, "scopes"),
        .account = copy_of(o, "account"),
    };
    json_decref(o);
    if (out->access == NULL) {
        token_pair_fini(out);
        return err_set(e, ERR_CONFIG, "%s: the stored token is unreadable", name);
    }
    return 0;
}

/* --- grants --- */

static json_t *auth_of(const struct connection *c)
{
    return json_object_get(connector_table(c->connector), "auth");
}

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *text = json_get_text(o, key);
    return text != NULL && strcmp(text, value) == 0;
}

/* The request's fields. They hold secrets, so the caller frees them at once. */
static json_t *grant_fields(const struct connection *c, const struct token_grant *g,
                            bool has_client)
{
    json_t *fields = json_object();
    set_text(fields, "grant_type", g->type);
    set_text(fields, g->field, secret_bytes(g->value));
    set_text(fields, "redirect_uri", g->redirect_uri);
    if (has_client) {
        set_text(fields, "client_id", connection_text(c, "client_id"));
        set_text(fields, "client_secret",
                 c->client_secret != NULL ? secret_bytes(c->client_secret) : NULL);
    }
    const char *key;
    json_t *v;
    json_object_foreach (json_object_get(auth_of(c), "fields"), key, v) {
        json_object_set(fields, key, v);
    }
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

/* The request's headers; basic is NULL where the client is named in the body. */
static size_t grant_headers(struct http_header out[3], bool is_json, const char *basic)
{
    out[0] = (struct http_header){ "Accept", "application/json" };
    out[1] = (struct http_header){ "Content-Type", is_json ? "application/json"
                                                           : "application/x-www-form-urlencoded" };
    out[2] = (struct http_header){ "Authorization", basic };
    return basic != NULL ? 3 : 2;
}

static int send_to(struct connection *c, const char *url, const json_t *fields,
                   struct token_sending *how, struct err *e)
{
    bool is_json = is(auth_of(c), "encoding", "json");
    char *basic = is(auth_of(c), "client", "basic") ? basic_header(c) : NULL;
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
        struct http_client *http = c->service->o.http;
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
    const char *own = connection_text(c, "token_url");
    char *url = connection_url(c, own != NULL ? own : json_get_text(auth_of(c), "token_url"));
    int rc;
    if (url == NULL) {
        rc = err_set(e, ERR_CONFIG, "%s has no token_url", c->name);
    } else if (connection_text(c, "client_id") == NULL) {
        rc = err_set(e, ERR_CONFIG, "%s has no client_id; say it in ladle.yaml", c->name);
    } else {
        json_t *fields = grant_fields(c, g, !is(auth_of(c), "client", "basic"));
        rc = send_to(c, url, fields, how, e);
        json_decref(fields);
    }
    free(url);
    return rc;
}

/* A member under its usual name or its camel-case one. */
static json_t *either(const json_t *o, const char *name, const char *camel)
{
    json_t *v = json_object_get(o, name);
    return v != NULL ? v : json_object_get(o, camel);
}

static int64_t lifetime_of(const json_t *o)
{
    json_t *v = either(o, "expires_in", "expiresIn");
    double seconds = json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
    if (!(seconds > 0)) {
        return 0;
    }
    return (int64_t)(seconds < LIFETIME_MAX_S ? seconds : LIFETIME_MAX_S) * 1000000;
}

static char *account_of(const struct connection *c, const json_t *o)
{
    const char *field = json_get_text(auth_of(c), "account");
    char *account = field != NULL ? copy_of(o, field) : NULL;
    return account != NULL ? account : copy_of(o, "companyId");
}

int token_grant_read(struct token_pair *out, const struct connection *c,
                     const struct http_response *res, const struct secret *refresh, struct err *e)
{
    json_t *o = json_parse(buf_text(&res->body), res->body.len, NULL);
    struct secret *access = secret_of(either(o, "access_token", "accessToken"));
    if (access == NULL) {
        json_decref(o);
        return err_set(e, ERR_PROTOCOL, "%s: the token endpoint answered %d without a token",
                       c->name, res->status);
    }
    int64_t lifetime_us = lifetime_of(o);
    *out = (struct token_pair){
        .access = access,
        .refresh = secret_of(either(o, "refresh_token", "refreshToken")),
        .lifetime_us = lifetime_us,
        .expires_us = lifetime_us > 0 ? clock_wall_us() + lifetime_us : 0,
        .scopes = copy_of(o, "scope"),
        .account = account_of(c, o),
    };
    if (out->refresh == NULL && refresh != NULL) {
        out->refresh = secret_new(secret_bytes(refresh), secret_len(refresh));
    }
    json_decref(o);
    return 0;
}
