/*
 * Signs a sample as the service would, by the rule that checks it, so that `ladle send` goes the
 * way of a real delivery. The first rule of the connection counts. Nothing is kept.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "connection/connection_state.h"
#include "webhook/verifier.h"

static const struct rule *rule_of(const struct connection *c)
{
    return c->verifier->rule_count > 0 ? &c->verifier->rules[0] : NULL;
}

bool verify_needs_key(const struct connection *c)
{
    return rule_of(c) != NULL && rule_of(c)->kind == RULE_KEY;
}

static void set_header(json_t *headers, const char *name, const char *prefix, const char *value)
{
    char *text = xasprintf("%s%s", prefix, value);
    json_object_set_new(headers, name, json_string(text));
    free(text);
}

/* The signature's text, or NULL. Yours. */
static char *make_signature(const struct rule *r, const struct signing *s,
                            const struct signed_facts *f, struct err *e)
{
    struct buf made = { .data = NULL }, out;
    uint8_t bytes[SIGN_DIGEST_MAX];
    size_t len, bytes_len = SIGN_ED25519;
    const char *text;
    int rc = rule_signed_text(r, f, &made, &text, &len, e);
    if (rc == 0 && r->kind == RULE_HMAC) {
        bytes_len = sign_hmac(r->hash, secret_bytes(r->secrets[0]), secret_len(r->secrets[0]), text,
                              len, bytes);
    } else if (rc == 0) {
        rc = s->key != NULL ? sign_make(s->key, text, len, bytes, e)
                            : err_set(e, ERR_CONFIG, "signing needs a private Ed25519 key");
    }
    buf_fini(&made);
    if (rc == -1) {
        return NULL;
    }
    buf_init(&out, SIGNATURE_MAX); /* 128 characters at most */
    (void)(r->is_hex ? hex_encode(&out, bytes, bytes_len) : base64_encode(&out, bytes, bytes_len));
    return buf_take(&out, NULL);
}

/* The header with the signature; a timestamp that shares the header stands before it. */
static void set_signature(json_t *headers, const struct rule *r, const char *timestamp,
                          const char *signature)
{
    const char *name = r->signature.header;
    bool is_shared = r->timestamp.header != NULL && strcasecmp(r->timestamp.header, name) == 0;
    char *before = is_shared
                       ? xasprintf("%s%s%c", r->timestamp.prefix, timestamp, r->signature.split)
                       : xstrdup("");
    char *prefix = xasprintf("%s%s", before, r->signature.prefix);
    set_header(headers, name, prefix, signature);
    free(prefix);
    free(before);
    if (!is_shared && r->timestamp.header != NULL) {
        set_header(headers, r->timestamp.header, r->timestamp.prefix, timestamp);
    }
}

static int sign_text(json_t *headers, const struct rule *r, const struct signing *s, struct err *e)
{
    char timestamp[24];
    (void)snprintf(timestamp, sizeof timestamp, "%" PRId64, clock_wall_us() / 1000000);
    struct signed_facts f = { .id = s->id,
                              .timestamp = timestamp,
                              .url = s->url,
                              .content_type = s->content_type,
                              .body = s->body,
                              .len = s->len };
    char *signature = make_signature(r, s, &f, e);
    if (signature == NULL) {
        return -1;
    }
    set_signature(headers, r, timestamp, signature);
    if (r->id.header != NULL) {
        set_header(headers, r->id.header, r->id.prefix, s->id);
    }
    free(signature);
    return 0;
}

static void set_basic(json_t *headers, const struct rule *r)
{
    char *plain = xasprintf("%s:%s", r->user, secret_bytes(r->secrets[0]));
    struct buf text;
    buf_init(&text, SIGNATURE_MAX);
    (void)base64_encode(&text, plain, strlen(plain)); /* a longer password is not sent whole */
    set_header(headers, r->signature.header, r->signature.prefix, buf_text(&text));
    secret_scrub(plain, strlen(plain));
    buf_fini(&text);
    free(plain);
}

/* A sample has an id of its own in the header that repeats are told by. */
static void set_id(json_t *headers, const struct connection *c, const struct signing *s)
{
    size_t i;
    json_t *place;
    json_array_foreach (json_object_get(c->verifier->scheme, "dedupe"), i, place) {
        const char *name = json_get_text(place, "header");
        if (name != NULL) {
            json_object_set_new(headers, name, json_string(s->id));
        }
    }
}

json_t *verify_sign(const struct connection *c, const struct signing *s, struct err *e)
{
    const struct rule *r = rule_of(c);
    json_t *headers = json_object();
    int rc = 0;
    if (r != NULL && (r->kind == RULE_HMAC || r->kind == RULE_KEY)) {
        rc = sign_text(headers, r, s, e);
    } else if (r != NULL && r->kind == RULE_TOKEN && r->signature.header != NULL) {
        set_header(headers, r->signature.header, r->signature.prefix, secret_bytes(r->secrets[0]));
    } else if (r != NULL && r->kind == RULE_BASIC) {
        set_basic(headers, r);
    }
    if (rc == -1) {
        (void)err_prefix(e, "connection %s cannot be signed for", c->name);
        json_decref(headers);
        return NULL;
    }
    set_id(headers, c, s);
    return headers;
}
