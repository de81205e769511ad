/*
 * Tells whether a delivery was sent by the service of its connection. A verifier is a list of
 * rules, from the connector's table (the service dictates the scheme) or from the preset that the
 * connection's `verify` names (the person chooses it); one that fits is enough, so that two keys or
 * two schemes can be valid while a service changes over. What a rule is and how it is held against
 * a delivery stands in verify_rule.c and verify_check.c. Immutable after verifier_new; loop thread.
 */
#include "webhook/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connection/connection_state.h"
#include "format/url.h"
#include "webhook/verifier.h"

const char *refusal_name(enum refusal r)
{
    static const char *const names[] = {
        [REFUSED_NOT] = "none",          [REFUSED_SENDER] = "sender",
        [REFUSED_UNSIGNED] = "unsigned", [REFUSED_MALFORMED] = "malformed",
        [REFUSED_WRONG] = "wrong",       [REFUSED_STALE] = "stale",
    };
    return names[r];
}

/* --- settings --- */

/* Takes the rule in where the connection has what it needs. */
static int add_rule(struct verifier *v, const json_t *table, const json_t *scheme,
                    const json_t *config, struct err *e)
{
    if (v->rule_count == RULES_MAX) {
        return err_set(e, ERR_CONFIG, "webhook.verify: at most %d schemes", RULES_MAX);
    }
    struct rule *r = &v->rules[v->rule_count];
    int rc = rule_read(r, table, scheme, config, e);
    if (rc == 0 && rule_is_usable(r)) {
        v->rule_count++;
    } else {
        rule_fini(r);
    }
    return rc;
}

/* The preset that the connection chooses, or the connector for it. Borrowed; NULL on error. */
static const json_t *choose_scheme(const json_t *webhook, const json_t *config, struct err *e)
{
    const char *said = json_get_text(config, "verify");
    const char *name = said != NULL ? said : json_get_text(webhook, "verify_default");
    const json_t *scheme =
        json_object_get(json_object_get(webhook, "schemes"), name != NULL ? name : "");
    if (name == NULL) {
        (void)err_set(e, ERR_CONFIG,
                      "`verify` is missing: say none, token, hmac_sha256 or a service");
    } else if (scheme == NULL) {
        (void)err_set(e, ERR_CONFIG, "there is no way to verify `%.60s`", name);
        (void)err_about(e, "verify");
    }
    return scheme;
}

static int check_usable(const struct verifier *v, const json_t *rules, struct err *e)
{
    const char *kind = json_get_text(json_array_get(rules, 0), "kind");
    bool is_key = kind != NULL && (strcmp(kind, "ed25519") == 0 || strcmp(kind, "rsa_sha256") == 0);
    if (v->rule_count > 0 || json_array_size(rules) == 0) {
        return 0;
    }
    (void)err_set(e, ERR_CONFIG,
                  is_key ? "no key of `public_keys` is of the kind that is used"
                         : "`verify`: %s needs a `secret`",
                  kind != NULL ? kind : "");
    return err_about(e, is_key ? "webhook.public_keys" : "verify");
}

static int add_rules(struct verifier *v, const json_t *webhook, const json_t *config, struct err *e)
{
    const json_t *rules = json_object_get(webhook, "verify");
    if (json_is_string(rules)) { /* "config" */
        v->scheme = json_incref((json_t *)choose_scheme(webhook, config, e));
        if (v->scheme == NULL) {
            return -1;
        }
        rules = json_object_get(v->scheme, "rules");
    }
    size_t i;
    json_t *table;
    json_array_foreach ((json_t *)rules, i, table) {
        if (add_rule(v, table, v->scheme, config, e) == -1) {
            return -1;
        }
    }
    return check_usable(v, rules, e);
}

static int add_networks(struct verifier *v, const json_t *list, struct err *e)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (v->network_count == NETWORKS_MAX) {
            (void)err_set(e, ERR_CONFIG, "`allow_from` has more than %d networks", NETWORKS_MAX);
            return err_about(e, "webhook.allow_from");
        }
        if (!json_is_string(one) ||
            cidr_parse(json_string_value(one), &v->networks[v->network_count++], e) == -1) {
            (void)err_prefix(e, "`allow_from`");
            return err_about(e, "webhook.allow_from");
        }
    }
    return 0;
}

struct verifier *verifier_new(const json_t *connector_table, const json_t *config, struct err *e)
{
    struct verifier *v = xcalloc(1, sizeof *v);
    json_t *webhook = json_object_get(connector_table, "webhook");
    if (webhook == NULL) {
        return v; /* nothing comes in */
    }
    if (add_rules(v, webhook, config, e) == -1 ||
        add_networks(v, json_object_get(json_object_get(config, "webhook"), "allow_from"), e) ==
            -1) {
        if (e != NULL) {
            e->kind = ERR_CONFIG; /* whatever a key or a network is wrong with */
        }
        verifier_free(v);
        return NULL;
    }
    return v;
}

void verifier_free(struct verifier *v)
{
    if (v == NULL) {
        return;
    }
    for (size_t i = 0; i < v->rule_count; i++) {
        rule_fini(&v->rules[i]);
    }
    json_decref(v->scheme);
    free(v);
}

/* --- deliveries --- */

static enum refusal check_sender(const struct verifier *v, const struct delivery *d, struct err *e)
{
    for (size_t i = 0; i < v->network_count; i++) {
        if (d->peer != NULL && cidr_contains(&v->networks[i], d->peer)) {
            return REFUSED_NOT;
        }
    }
    if (v->network_count == 0) {
        return REFUSED_NOT;
    }
    (void)err_set(e, ERR_FORBIDDEN, "%s is not in webhook.allow_from",
                  d->peer != NULL ? d->peer : "the sender's address");
    return REFUSED_SENDER;
}

enum refusal verify_webhook(const struct connection *c, const struct delivery *d, struct err *e)
{
    const struct verifier *v = c->verifier;
    enum refusal worst = check_sender(v, d, e);
    if (worst != REFUSED_NOT) {
        return worst;
    }
    if (v->rule_count == 0) {
        (void)err_set(e, ERR_NOT_FOUND, "%s takes no webhooks", c->name);
        return REFUSED_UNSIGNED;
    }
    for (size_t i = 0; i < v->rule_count; i++) {
        struct err why = ERR_INIT;
        enum refusal one = rule_check(&v->rules[i], d, &why);
        if (one == REFUSED_NOT) {
            return one;
        }
        if (one > worst) {
            worst = one;
            *e = why;
        }
    }
    return worst;
}

/* --- what others ask of it --- */

static const struct rule *first_rule(const struct connection *c)
{
    return c->verifier->rule_count > 0 ? &c->verifier->rules[0] : NULL;
}

bool verify_is_basic(const struct connection *c)
{
    return first_rule(c) != NULL && first_rule(c)->kind == RULE_BASIC;
}

bool verify_signs_url(const struct connection *c)
{
    const struct rule *r = first_rule(c);
    return r != NULL && strstr(r->signed_text, "{url}") != NULL;
}

const char *verify_token_header(const struct connection *c)
{
    const struct rule *r = first_rule(c);
    return r != NULL && r->kind == RULE_TOKEN ? r->signature.header : NULL;
}

const struct secret *verify_path_token(const struct connection *c)
{
    const struct rule *r = first_rule(c);
    return r != NULL && r->kind == RULE_TOKEN && r->signature.header == NULL ? r->secrets[0] : NULL;
}

const char *verify_body_digest(const struct connection *c)
{
    return first_rule(c) != NULL ? first_rule(c)->body_digest : NULL;
}
