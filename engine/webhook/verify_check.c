/*
 * Checks a delivery against one rule of its connection. The bytes are taken as they came; secrets,
 * digests and tokens are compared in constant time; whatever is missing or cannot be read is a
 * reason of its own to refuse. The age is looked at last: a delivery that fits and is old tells of
 * a clock or a replay, not of a wrong key. What was sent never stands in a message.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/plural.h"
#include "format/date.h"
#include "webhook/verify_rule.h"

#define SECOND_US INT64_C(1000000)

/* --- values of headers --- */

struct span {
    const char *at;
    size_t len;
};

/* The header's text, or NULL: not there, empty, "N/A". */
static const char *header_text(const struct delivery *d, const char *name)
{
    const char *text = name != NULL && d->header != NULL ? d->header(d->ud, name) : NULL;
    return text != NULL && *text != '\0' && strcmp(text, "N/A") != 0 ? text : NULL;
}

static struct span trim(struct span s)
{
    while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

/* The values of a place, at most `max`; more than that are not looked at. */
static size_t read_values(const struct place *p, const char *text, struct span *out, size_t max)
{
    size_t count = 0;
    size_t prefix = strlen(p->prefix);
    while (*text != '\0' && count < max) {
        const char *end = p->split != '\0' ? strchr(text, p->split) : NULL;
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);
        struct span s = trim((struct span){ text, len });
        if (s.len >= prefix && strncmp(s.at, p->prefix, prefix) == 0) {
            out[count++] = (struct span){ s.at + prefix, s.len - prefix };
        }
        text += end != NULL ? len + 1 : len;
    }
    return count;
}

/* The one value of an id or a timestamp as text; false: not there, or too long. "" for a scheme
 * that has none. */
static bool read_fact(const struct place *p, const struct delivery *d, char out[FACT_MAX])
{
    struct span s;
    out[0] = '\0';
    if (p->header == NULL) {
        return true;
    }
    const char *text = header_text(d, p->header);
    if (text == NULL || strlen(text) > SIGNATURE_MAX || read_values(p, text, &s, 1) == 0 ||
        s.len == 0 || s.len >= FACT_MAX) {
        return false;
    }
    memcpy(out, s.at, s.len);
    out[s.len] = '\0';
    return true;
}

/* --- time --- */

/* Seconds or milliseconds since 1970, or RFC 3339. */
static enum refusal check_age(const struct rule *r, const char *timestamp, struct err *e)
{
    int64_t sent_us = 0;
    if (r->tolerance_us == 0) {
        return REFUSED_NOT;
    }
    if (date_parse(timestamp, strlen(timestamp), NULL, &sent_us, NULL) == -1) {
        (void)err_set(e, ERR_AUTH, "the time in %s is none", r->timestamp.header);
        return REFUSED_MALFORMED;
    }
    int64_t age_us = clock_wall_us() - sent_us;
    if (age_us <= r->tolerance_us && age_us >= -r->tolerance_us) {
        return REFUSED_NOT;
    }
    long long age_s = llabs(age_us / SECOND_US);
    (void)err_set(e, ERR_AUTH, "it was signed %lld %s %s, which is past the tolerance", age_s,
                  plural(age_s, "second", "seconds"),
                  age_us > 0 ? "ago" : "in the future by this clock");
    return REFUSED_STALE;
}

/* --- signatures --- */

/* What a header's signature is held against. */
struct evidence {
    const char *text;
    size_t len;
    uint8_t digests[SECRETS_MAX][SIGN_DIGEST_MAX];
    size_t digest_len; /* of HMACs */
};

static void make_digests(const struct rule *r, struct evidence *ev)
{
    for (size_t i = 0; r->kind == RULE_HMAC && i < r->secret_count; i++) {
        ev->digest_len = sign_hmac(r->hash, secret_bytes(r->secrets[i]), secret_len(r->secrets[i]),
                                   ev->text, ev->len, ev->digests[i]);
    }
}

static bool hmac_fits(const struct rule *r, const struct evidence *ev, const struct buf *sig)
{
    bool fits = false;
    for (size_t i = 0; i < r->secret_count; i++) {
        fits |= sign_equal(ev->digests[i], ev->digest_len, buf_text(sig), sig->len);
    }
    return fits;
}

static bool key_fits(const struct rule *r, const struct evidence *ev, const struct buf *sig)
{
    int64_t now_us = clock_wall_us();
    for (size_t i = 0; i < r->key_count; i++) {
        const struct dated_key *k = &r->keys[i];
        bool counts = now_us >= k->from_us && (k->until_us == 0 || now_us < k->until_us);
        if (counts &&
            sign_verify(k->key, ev->text, ev->len, (const uint8_t *)buf_text(sig), sig->len)) {
            return true;
        }
    }
    return false;
}

static enum refusal check_one(const struct rule *r, const struct evidence *ev, struct span text)
{
    struct buf sig;
    buf_init(&sig, SIGNATURE_MAX);
    int rc = r->is_hex ? hex_decode(&sig, text.at, text.len, NULL)
                       : base64_decode(&sig, text.at, text.len, NULL);
    bool fits = rc == 0 && (r->kind == RULE_HMAC ? hmac_fits(r, ev, &sig) : key_fits(r, ev, &sig));
    buf_fini(&sig);
    return fits ? REFUSED_NOT : rc == 0 ? REFUSED_WRONG : REFUSED_MALFORMED;
}

/* Whether one of the header's signatures fits. */
static enum refusal check_values(const struct rule *r, struct evidence *ev, const char *header,
                                 struct err *e)
{
    struct span values[SIGNATURES_MAX];
    size_t count = strlen(header) <= SIGNATURE_MAX
                       ? read_values(&r->signature, header, values, SIGNATURES_MAX)
                       : 0;
    enum refusal worst = REFUSED_MALFORMED;
    make_digests(r, ev);
    for (size_t i = 0; i < count; i++) {
        enum refusal one = check_one(r, ev, values[i]);
        if (one == REFUSED_NOT) {
            return one;
        }
        worst = one > worst ? one : worst;
    }
    (void)err_set(e, ERR_AUTH,
                  worst == REFUSED_WRONG ? "the signature in %s does not fit what was sent"
                                         : "the header %s has not the form expected",
                  r->signature.header);
    return worst;
}

/* --- a body that is signed by its digest in the address --- */

static bool is_body_covered(const struct rule *r, const struct delivery *d, const char *type)
{
    if (r->body_digest == NULL || is_form_type(type)) {
        return true;
    }
    char hex[SIGN_SHA256_HEX + 1];
    const char *given = d->query != NULL ? d->query(d->ud, r->body_digest) : NULL;
    sign_sha256_hex(d->body, d->len, hex);
    return given != NULL && strlen(given) == SIGN_SHA256_HEX &&
           strncasecmp(given, hex, sizeof hex) == 0;
}

static enum refusal check_signed_text(const struct rule *r, const struct delivery *d,
                                      const char *header, const struct signed_facts *f,
                                      struct err *e)
{
    struct evidence ev = { .digest_len = 0 };
    struct buf made = { .data = NULL };
    struct err why = ERR_INIT;
    enum refusal result = REFUSED_MALFORMED;
    if (rule_signed_text(r, f, &made, &ev.text, &ev.len, &why) == -1) {
        (void)err_set(e, ERR_AUTH, "%s", why.message);
    } else {
        result = check_values(r, &ev, header, e);
    }
    buf_fini(&made);
    if (result == REFUSED_NOT && !is_body_covered(r, d, f->content_type)) {
        (void)err_set(e, ERR_AUTH, "the body is no form, and %s in the address is not its digest",
                      r->body_digest);
        return REFUSED_WRONG;
    }
    return result != REFUSED_NOT ? result : check_age(r, f->timestamp, e);
}

static enum refusal check_signature(const struct rule *r, const struct delivery *d, struct err *e)
{
    char id[FACT_MAX], timestamp[FACT_MAX];
    const char *header = header_text(d, r->signature.header);
    if (header == NULL) {
        (void)err_set(e, ERR_AUTH, "the header %s is missing", r->signature.header);
        return REFUSED_UNSIGNED;
    }
    if (!read_fact(&r->id, d, id) || !read_fact(&r->timestamp, d, timestamp)) {
        (void)err_set(e, ERR_AUTH, "the headers %s and %s do not go together", r->signature.header,
                      id[0] == '\0' && r->id.header != NULL ? r->id.header : r->timestamp.header);
        return REFUSED_MALFORMED;
    }
    struct signed_facts f = { .id = id,
                              .timestamp = timestamp,
                              .url = d->url,
                              .content_type = header_text(d, "content-type"),
                              .body = d->body,
                              .len = d->len };
    return check_signed_text(r, d, header, &f, e);
}

/* --- tokens and passwords --- */

static bool is_secret(const struct rule *r, const char *text, size_t len)
{
    bool fits = false;
    for (size_t i = 0; i < r->secret_count; i++) {
        fits |= sign_equal(text, len, secret_bytes(r->secrets[i]), secret_len(r->secrets[i]));
    }
    return fits;
}

static enum refusal check_path_token(const struct rule *r, const struct delivery *d, struct err *e)
{
    const char *text = d->path_token;
    if (text != NULL && is_secret(r, text, strlen(text))) {
        return REFUSED_NOT;
    }
    (void)err_set(e, ERR_NOT_FOUND, "the token in the address is missing or wrong");
    return text != NULL && *text != '\0' ? REFUSED_WRONG : REFUSED_UNSIGNED;
}

static enum refusal check_token(const struct rule *r, const struct delivery *d, struct err *e)
{
    struct span s;
    if (r->signature.header == NULL) {
        return check_path_token(r, d, e);
    }
    const char *text = header_text(d, r->signature.header);
    if (text == NULL) {
        (void)err_set(e, ERR_AUTH, "the header %s is missing", r->signature.header);
        return REFUSED_UNSIGNED;
    }
    if (read_values(&r->signature, text, &s, 1) == 0) {
        (void)err_set(e, ERR_AUTH, "the header %s has not the form expected", r->signature.header);
        return REFUSED_MALFORMED;
    }
    if (is_secret(r, s.at, s.len)) {
        return REFUSED_NOT;
    }
    (void)err_set(e, ERR_AUTH, "the token in %s is wrong", r->signature.header);
    return REFUSED_WRONG;
}

static bool is_user(const struct rule *r, const struct buf *text)
{
    size_t len = strlen(r->user);
    bool is_named = text->len > len && sign_equal(buf_text(text), len, r->user, len) &&
                    buf_text(text)[len] == ':';
    return is_named && is_secret(r, buf_text(text) + len + 1, text->len - len - 1);
}

static enum refusal check_basic(const struct rule *r, const struct delivery *d, struct err *e)
{
    const char *text = header_text(d, r->signature.header);
    size_t prefix = strlen(r->signature.prefix);
    if (text == NULL) {
        (void)err_set(e, ERR_AUTH, "user and password are missing");
        return REFUSED_UNSIGNED;
    }
    struct buf plain;
    buf_init(&plain, SIGNATURE_MAX);
    bool is_read = strlen(text) <= SIGNATURE_MAX &&
                   strncasecmp(text, r->signature.prefix, prefix) == 0 &&
                   base64_decode(&plain, text + prefix, strlen(text + prefix), NULL) == 0;
    bool fits = is_read && is_user(r, &plain);
    if (plain.data != NULL) {
        secret_scrub(plain.data, plain.cap);
    }
    buf_fini(&plain);
    (void)err_set(e, ERR_AUTH,
                  is_read ? "user or password is wrong"
                          : "the header Authorization is not of the form Basic");
    return fits ? REFUSED_NOT : is_read ? REFUSED_WRONG : REFUSED_MALFORMED;
}

enum refusal rule_check(const struct rule *r, const struct delivery *d, struct err *e)
{
    switch (r->kind) {
    case RULE_OPEN:
        return REFUSED_NOT;
    case RULE_TOKEN:
        return check_token(r, d, e);
    case RULE_BASIC:
        return check_basic(r, d, e);
    case RULE_HMAC:
    case RULE_KEY:
        return check_signature(r, d, e);
    }
    return REFUSED_MALFORMED;
}
