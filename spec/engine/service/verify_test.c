/* Who sent a delivery: only what fits is let in. */
#include "fixture.h"

#include "crypto/sign.h"
#include "lua_table.h"

static const char *signature_name, *signature_value;

static const char *lookup(void *ud, const char *name)
{
    return signature_name != NULL && strcasecmp(name, signature_name) == 0 ? signature_value : NULL;
}

static enum err_kind verdict_from(const struct connection *c, const char *name, const char *value,
                                  const char *token, const char *body, const char *peer)
{
    struct err e = ERR_INIT;
    signature_name = name;
    signature_value = value;
    struct delivery d = {
        .header = lookup, .path_token = token, .body = body, .len = strlen(body), .peer = peer
    };
    return verify_webhook(c, &d, &e) == 0 ? ERR_NONE : e.kind;
}

static enum err_kind verdict(const struct connection *c, const char *name, const char *value,
                             const char *body)
{
    return verdict_from(c, name, value, NULL, body, "127.0.0.1");
}

static struct connection *inbox(struct fixture *f, const char *config)
{
    return fix_add(f, "inbox", fix_connector(f, "webhook", connector_file("webhook")), config);
}

static void verify_none_lets_everybody_in(void **state)
{
    struct connection *c = inbox(*state, "{'verify':'none'}");
    assert_int_equal(verdict(c, NULL, NULL, "x"), ERR_NONE);
    assert_true(verify_is_open(c));
}

static void an_hmac_is_checked_over_the_bytes(void **state)
{
    struct connection *c =
        inbox(*state,
              "{'verify':'hmac_sha256','secret':'Jefe-but-long-enough','header':'X-Hub-Signature',"
              "'prefix':'sha256='}");
    const char *body = "what do ya want for nothing?";
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len = sign_hmac(SIGN_SHA256, "Jefe-but-long-enough", 20, body, strlen(body), digest);
    struct buf value;
    buf_init(&value, 200);
    buf_puts(&value, "sha256=");
    hex_encode(&value, digest, len);
    assert_int_equal(verdict(c, "x-hub-signature", buf_text(&value), body), ERR_NONE);
    assert_int_equal(
        verdict(c, "x-hub-signature", buf_text(&value), "what do ya want for nothing!"), ERR_AUTH);
    assert_int_equal(verdict(c, "x-hub-signature", buf_text(&value) + 7, body), ERR_AUTH);
    assert_int_equal(verdict(c, "x-other", buf_text(&value), body), ERR_AUTH);
    assert_int_equal(verdict(c, "x-hub-signature", "sha256=zz", body), ERR_AUTH);
    assert_int_equal(verdict(c, "x-hub-signature", "sha256=", body), ERR_AUTH);
    buf_fini(&value);
}

static void an_hmac_may_be_base64_and_of_another_hash(void **state)
{
    struct connection *c = inbox(
        *state,
        "{'verify':'hmac_sha512','secret':'0123456789','header':'X-Sig','encoding':'base64'}");
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len = sign_hmac(SIGN_SHA512, "0123456789", 10, "body", 4, digest);
    struct buf value;
    buf_init(&value, 200);
    base64_encode(&value, digest, len);
    assert_int_equal(verdict(c, "X-Sig", buf_text(&value), "body"), ERR_NONE);
    assert_int_equal(verdict(c, "X-Sig", buf_text(&value), "bodx"), ERR_AUTH);
    buf_fini(&value);
}

static void a_token_in_the_address_hides_the_hook(void **state)
{
    struct connection *c = inbox(*state, "{'verify':'token','secret':'s3cret-token'}");
    assert_int_equal(verdict_from(c, NULL, NULL, "s3cret-token", "x", NULL), ERR_NONE);
    assert_int_equal(verdict_from(c, NULL, NULL, "s3cret-tokem", "x", NULL), ERR_NOT_FOUND);
    assert_int_equal(verdict_from(c, NULL, NULL, "", "x", NULL), ERR_NOT_FOUND);
    assert_int_equal(verdict_from(c, NULL, NULL, NULL, "x", NULL), ERR_NOT_FOUND);
}

static void a_token_in_a_header_is_compared(void **state)
{
    struct connection *c = inbox(
        *state,
        "{'verify':'token','secret':'s3cret-token','header':'Authorization','prefix':'Bearer '}");
    assert_int_equal(verdict(c, "Authorization", "Bearer s3cret-token", "x"), ERR_NONE);
    assert_int_equal(verdict(c, "Authorization", "s3cret-token", "x"), ERR_AUTH);
    assert_int_equal(verdict(c, "Authorization", "Bearer s3cret-tokem", "x"), ERR_AUTH);
    assert_int_equal(verdict_from(c, NULL, NULL, "s3cret-token", "x", NULL), ERR_AUTH);
}

static void convertcalculator_takes_the_token_of_the_address_by_itself(void **state)
{
    struct fixture *f = *state;
    struct connection *c = fix_add(
        f, "calc", fix_connector(f, "convertcalculator", connector_file("convertcalculator")),
        "{'webhook':{'token':'s3cret-token'}}");
    assert_int_equal(verdict_from(c, NULL, NULL, "s3cret-token", "{}", NULL), ERR_NONE);
    assert_int_equal(verdict_from(c, NULL, NULL, "other", "{}", NULL), ERR_NOT_FOUND);
}

/* A connection of highlevel that trusts the key given (PEM, or NULL: the vendor's). */
static struct connection *crm(struct fixture *f, const char *name, const char *const *pems)
{
    struct err e = ERR_INIT;
    json_t *config = fix_json("{'auth':'token','webhook':{'public_keys':[]}}");
    for (; pems != NULL && *pems != NULL; pems++) {
        json_array_append_new(json_object_get(json_object_get(config, "webhook"), "public_keys"),
                              json_string(*pems));
    }
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *made = service_add(f->service, name, c, config, &e);
    assert_non_null(made);
    json_decref(config);
    return made;
}

static void sign_body(const struct sign_key *key, const char *body, struct buf *out)
{
    uint8_t sig[SIGN_ED25519];
    assert_int_equal(sign_make(key, body, strlen(body), sig, NULL), 0);
    buf_init(out, 200);
    base64_encode(out, sig, sizeof sig);
}

static void an_ed25519_signature_is_checked_with_every_key(void **state)
{
    uint8_t seed_a[32] = { 1 }, seed_b[32] = { 2 }, seed_c[32] = { 3 };
    struct sign_key *a = sign_key_new_ed25519(seed_a), *b = sign_key_new_ed25519(seed_b),
                    *other = sign_key_new_ed25519(seed_c);
    char *pem_a = sign_key_public_pem(a), *pem_b = sign_key_public_pem(b);
    struct connection *c = crm(*state, "crm", (const char *const[]){ pem_a, pem_b, NULL });
    const char *body = "{\"type\":\"ContactCreate\"}";
    struct buf sig, foreign;
    sign_body(b, body, &sig);
    sign_body(other, body, &foreign);
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&sig), body), ERR_NONE);
    assert_int_equal(verdict(c, "x-ghl-signature", buf_text(&sig), "{\"type\":\"ContactDelete\"}"),
                     ERR_AUTH);
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&foreign), body), ERR_AUTH);
    assert_int_equal(verdict(c, "X-WH-Signature", buf_text(&sig), body), ERR_AUTH);
    assert_int_equal(verdict(c, "X-GHL-Signature", "N/A", body), ERR_AUTH);
    assert_int_equal(verdict(c, "X-GHL-Signature", "", body), ERR_AUTH);
    assert_int_equal(verdict(c, "X-GHL-Signature", "AAAA", body), ERR_AUTH);
    assert_int_equal(verdict(c, NULL, NULL, body), ERR_AUTH);
    /* Without keys of its own a connection trusts the vendor's alone. */
    assert_int_equal(verdict(crm(*state, "vendor", NULL), "X-GHL-Signature", buf_text(&sig), body),
                     ERR_AUTH);
    buf_fini(&sig);
    buf_fini(&foreign);
    free(pem_a);
    free(pem_b);
    sign_key_free(a);
    sign_key_free(b);
    sign_key_free(other);
}

static void only_networks_that_are_named_may_send(void **state)
{
    struct connection *c =
        inbox(*state, "{'verify':'none','webhook':{'allow_from':['203.0.113.0/24','::1']}}");
    assert_int_equal(verdict_from(c, NULL, NULL, NULL, "x", "203.0.113.9"), ERR_NONE);
    assert_int_equal(verdict_from(c, NULL, NULL, NULL, "x", "::1"), ERR_NONE);
    assert_int_equal(verdict_from(c, NULL, NULL, NULL, "x", "203.0.114.9"), ERR_FORBIDDEN);
    assert_int_equal(verdict_from(c, NULL, NULL, NULL, "x", NULL), ERR_FORBIDDEN);
}

static void a_connection_without_webhooks_takes_none(void **state)
{
    struct fixture *f = *state;
    struct connection *c =
        fix_add(f, "shop", fix_connector(f, "http", connector_file("http")), "{}");
    assert_int_equal(verdict(c, NULL, NULL, "x"), ERR_NOT_FOUND);
    assert_null(verify_rule(c));
}

static void the_scheme_can_be_read_for_signing_samples(void **state)
{
    struct connection *c =
        inbox(*state, "{'verify':'hmac_sha256','secret':'0123456789','header':'X-Sig'}");
    assert_string_equal(json_get_text(verify_rule(c), "kind"), "hmac_sha256");
    assert_string_equal(json_get_text(verify_rule(c), "header"), "X-Sig");
    assert_string_equal(secret_bytes(verify_secret(c)), "0123456789");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(verify_none_lets_everybody_in),
        WITH(an_hmac_is_checked_over_the_bytes),
        WITH(an_hmac_may_be_base64_and_of_another_hash),
        WITH(a_token_in_the_address_hides_the_hook),
        WITH(a_token_in_a_header_is_compared),
        WITH(convertcalculator_takes_the_token_of_the_address_by_itself),
        WITH(an_ed25519_signature_is_checked_with_every_key),
        WITH(only_networks_that_are_named_may_send),
        WITH(a_connection_without_webhooks_takes_none),
        WITH(the_scheme_can_be_read_for_signing_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
