/*
 * A rule, read from the table of its scheme: a preset of scripts/lib/signatures.lua, or what a
 * connector says itself. Where the scheme lets the connection choose (`takes`), the connection's
 * keys are put into a copy of the table first, so that everything after sees one table. Texts of a
 * rule are borrowed from that copy.
 */
#include "webhook/verify_rule.h"

#include <assert.h>
#include <string.h>

#include "format/duration.h"
#include "format/json.h"

/* --- the connection's part --- */

/* A timestamp is a place in the table and the name of a header in the settings. */
static void take_setting(json_t *table, const json_t *config, const char *key)
{
    json_t *v = json_object_get(config, key);
    if (v == NULL) {
        return;
    }
    if (strcmp(key, "timestamp") == 0) {
        json_object_set_new(table, key, json_pack("{s:O}", "header", v));
    } else {
        json_object_set(table, key, v);
    }
}

/* The table with the connection's own keys in it. Yours. */
static json_t *fill_table(const json_t *table, const json_t *scheme, const json_t *config)
{
    static const char *const settings[] = { "header",    "prefix",    "encoding", "signed",
                                            "timestamp", "tolerance", "user",     NULL };
    json_t *own = json_copy((json_t *)table);
    for (const char *const *s = settings; *s != NULL; s++) {
        if (json_list_has_text(json_object_get(scheme, "takes"), *s)) {
            take_setting(own, config, *s);
        }
    }
    return own;
}

/* --- reading --- */

/* The words are those of the table's shape (connector/connector_shape.h). */
static void read_rule_kind(struct rule *r, const char *kind)
{
    if (strcmp(kind, "none") == 0) {
        r->kind = RULE_OPEN;
    } else if (strcmp(kind, "token") == 0) {
        r->kind = RULE_TOKEN;
    } else if (strcmp(kind, "basic") == 0) {
        r->kind = RULE_BASIC;
    } else if (strcmp(kind, "ed25519") == 0 || strcmp(kind, "rsa_sha256") == 0) {
        r->kind = RULE_KEY;
        r->is_ed25519 = strcmp(kind, "ed25519") == 0;
    } else {
        int rc = sign_hash_parse(kind + sizeof "hmac_" - 1, &r->hash);
        assert(rc == 0);
        r->kind = RULE_HMAC;
    }
}

static struct place read_rule_place(const json_t *table)
{
    const char *split = json_get_text(table, "split");
    const char *prefix = json_get_text(table, "prefix");
    return (struct place){ .header = json_get_text(table, "header"),
                           .split = split != NULL ? split[0] : '\0',
                           .prefix = prefix != NULL ? prefix : "" };
}

static int read_encoding(struct rule *r, struct err *e)
{
    const char *encoding = json_get_text(r->table, "encoding");
    r->is_hex = encoding != NULL ? strcmp(encoding, "hex") == 0 : r->kind == RULE_HMAC;
    if (encoding == NULL || r->is_hex || strcmp(encoding, "base64") == 0) {
        return 0;
    }
    (void)err_set(e, ERR_CONFIG, "`encoding` is hex or base64, not `%.60s`", encoding);
    return err_about(e, "encoding");
}

static int read_tolerance(struct rule *r, struct err *e)
{
    const char *text = json_get_text(r->table, "tolerance");
    if (text == NULL || strcmp(text, "off") == 0) {
        return 0;
    }
    if (duration_parse(text, strlen(text), &r->tolerance_us, e) == -1) {
        (void)err_prefix(e, "`tolerance`");
        return err_about(e, "tolerance");
    }
    if (r->timestamp.header != NULL) {
        return 0;
    }
    (void)err_set(e, ERR_CONFIG, "`tolerance` needs a `timestamp` that is signed");
    return err_about(e, "tolerance");
}

/* Every {name} of the signed text is one that there is. */
static int check_text_rule(const struct rule *r, struct err *e)
{
    static const char *const names[] = { "{body}", "{id}", "{timestamp}", "{url}", "{form}", NULL };
    for (const char *at = strchr(r->signed_text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const char *const *n = names;
        while (*n != NULL && strncmp(at, *n, strlen(*n)) != 0) {
            n++;
        }
        if (*n == NULL) {
            (void)err_set(e, ERR_CONFIG,
                          "`signed`: `%.40s` is none of {body}, {id}, {timestamp}, {url}, {form}",
                          at);
            return err_about(e, "signed");
        }
    }
    bool covers_body = strstr(r->signed_text, "{body}") != NULL ||
                       (strstr(r->signed_text, "{form}") != NULL && r->body_digest != NULL);
    bool has_facts = (strstr(r->signed_text, "{id}") == NULL || r->id.header != NULL) &&
                     (strstr(r->signed_text, "{timestamp}") == NULL || r->timestamp.header != NULL);
    if (covers_body && has_facts) {
        return 0;
    }
    (void)err_set(e, ERR_CONFIG,
                  covers_body ? "`signed`: {timestamp} needs `timestamp`, the header that it is in"
                              : "`signed`: a signature that leaves out {body} proves nothing");
    return err_about(e, "signed");
}

static int read_signed_text(struct rule *r, struct err *e)
{
    const char *text = json_get_text(r->table, "signed");
    const char *usual = r->timestamp.header != NULL ? "{timestamp}.{body}" : "{body}";
    r->signed_text = text != NULL ? text : usual;
    r->body_digest = json_get_text(r->table, "body_digest");
    return check_text_rule(r, e);
}

static void read_places(struct rule *r)
{
    r->signature = read_rule_place(r->table);
    r->id = read_rule_place(json_object_get(r->table, "id"));
    r->timestamp = read_rule_place(json_object_get(r->table, "timestamp"));
}

static int check_header(const struct rule *r, const char *kind, struct err *e)
{
    bool needs_header = r->kind == RULE_HMAC || r->kind == RULE_KEY || r->kind == RULE_BASIC;
    if (!needs_header || r->signature.header != NULL) {
        return 0;
    }
    (void)err_set(e, ERR_CONFIG, "`verify`: %s needs the `header` that the signature is in", kind);
    return err_about(e, "verify");
}

/* A rule may wait for a switch of the connection: `webhook: { accept_rsa: true }`. */
static bool is_switched_on(const json_t *table, const json_t *config)
{
    const char *key = json_get_text(table, "switch");
    return key == NULL || json_get_bool(json_object_get(config, "webhook"), key, false);
}

int rule_read(struct rule *r, const json_t *table, const json_t *scheme, const json_t *config,
              struct err *e)
{
    *r = (struct rule){ .table = fill_table(table, scheme, config) };
    const char *kind = json_get_text(r->table, "kind");
    r->user = json_get_text(r->table, "user");
    read_rule_kind(r, kind);
    read_places(r);
    if (check_header(r, kind, e) == -1 || read_encoding(r, e) == -1 ||
        read_signed_text(r, e) == -1 || read_tolerance(r, e) == -1) {
        return -1;
    }
    if (!is_switched_on(r->table, config)) {
        return 0;
    }
    return r->kind == RULE_KEY ? rule_read_keys(r, config, e) : rule_read_secrets(r, config, e);
}

void rule_fini(struct rule *r)
{
    for (size_t i = 0; i < r->secret_count; i++) {
        secret_free(r->secrets[i]);
    }
    for (size_t i = 0; i < r->key_count; i++) {
        sign_key_free(r->keys[i].key);
    }
    json_decref(r->table);
    *r = (struct rule){ 0 };
}

bool rule_is_usable(const struct rule *r)
{
    switch (r->kind) {
    case RULE_OPEN:
        return true;
    case RULE_TOKEN:
    case RULE_BASIC:
    case RULE_HMAC:
        return r->secret_count > 0;
    case RULE_KEY:
        return r->key_count > 0;
    }
    return false;
}
