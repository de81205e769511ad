/* Who sent a delivery: only what fits is let in. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "crypto/sign.h"

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
    return verify_webhook(c, &d, &e) == REFUSED_NOT ? ERR_NONE : e.kind;
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

static struct connection *crm_with(struct fixture *f, const char *name, json_t *webhook)
{
    struct err e = ERR_INIT;
    json_t *config = json_pack("{s:s, s:o}", "auth", "token", "webhook", webhook);
    struct connection *made = service_add(
        f->service, name, fix_connector(f, "highlevel", connector_file("highlevel")), config, &e);
    json_decref(config);
    if (made == NULL) {
        assert_int_equal(e.kind, ERR_CONFIG);
    }
    return made;
}

static void a_key_counts_from_its_first_moment_to_its_end(void **state)
{
    uint8_t seed[32] = { 1 };
    struct sign_key *key = sign_key_new_ed25519(seed);
    char *pem = sign_key_public_pem(key);
    struct connection *c =
        crm_with(*state, "crm",
                 json_pack("{s:[{s:s, s:s, s:s}]}", "public_keys", "file", pem, "from",
                           "2026-11-23T10:00:10Z", "until", "2026-11-23T10:00:20Z"));
    const char *body = "{}";
    struct buf sig;
    sign_body(key, body, &sig);
    int64_t start_us = fix_wall_us;
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&sig), body), ERR_AUTH);
    fix_wall_us = start_us + 10 * SECOND;
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&sig), body), ERR_NONE);
    fix_wall_us = start_us + 20 * SECOND - 1;
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&sig), body), ERR_NONE);
    fix_wall_us = start_us + 20 * SECOND;
    assert_int_equal(verdict(c, "X-GHL-Signature", buf_text(&sig), body), ERR_AUTH);
    buf_fini(&sig);
    free(pem);
    sign_key_free(key);
}

/* Signed by OpenSSL with the key of rsa_public, over {}. */
static const char rsa_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7og6V5x5uMDdYGMoHIru\n"
    "DHKtozHTbpJbOt04NcxFVY362Ri+6lhTYpYcqA+mdkEdin1L2QWMJZpIRlt4CCjq\n"
    "6WsmTA0EZI0vAGufdGtIxRxT9DxhLeaHK0iWl1UEDS19YKGh12vNu1Lle+nalsoP\n"
    "8DOy2huf4d7PcnP26qYW1WZCUjXviPU6cTDgj88n912TW8tNbiQJJLGRXtASuIyM\n"
    "XJZgGN7nQlfAjiVC/SFOOuSKAokUNo2HzM0lHKHa4SefPSD5zHYgD+8TDf5UNnDx\n"
    "5I4sVs5lIcQcTu3pXxmfZf1sYeFkQe8SpAX5QQCdqIS2sw4vJnz8BzRl2+v18CJO\n"
    "PwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char rsa_signature[] =
    "sxG//uSvu2iHlOD55YAw9q8nsrRDrayWLhGohC0nf+thaHJHzSEQChV35OMMlqH27ySdU34Y6yKb"
    "MvH18BTJHqG/rI3nIYK1BsTFIVmPfAT3b9i3y8CunZpwS2mpzDYJwaGcpScpWKrTgNcPTxPTXPrs"
    "jSqA5gvZPGTXkkjPoblDjjLkkhuREpcttkU1qogFYgFTBHcq8SsvJyZwy+XsW/kW0Kzyv9E4Of/K"
    "7eAB/4i3WFfLjC8Cq159xLDv0WJqAdbDRkWGVcEZ61lQF5Xk9Zk1kGvnLdanSEqUuJBMJmUgrn6a"
    "cIojSSQiSfVzaswU1Bmfek2Iv8SyWmt5MxoNCA==";
static const char vendor_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n"
    "-----END PUBLIC KEY-----\n";

static void the_old_rsa_signature_counts_only_where_it_is_switched_on(void **state)
{
    struct connection *off =
        crm_with(*state, "off", json_pack("{s:[s, s]}", "public_keys", rsa_public, vendor_key));
    struct connection *on = crm_with(
        *state, "on", json_pack("{s:[s], s:b}", "public_keys", rsa_public, "accept_rsa", 1));
    struct connection *vendor = crm_with(*state, "vendor", json_pack("{s:b}", "accept_rsa", 1));
    assert_int_equal(verdict(off, "X-WH-Signature", rsa_signature, "{}"), ERR_AUTH);
    assert_int_equal(verdict(on, "X-WH-Signature", rsa_signature, "{}"), ERR_NONE);
    assert_int_equal(verdict(on, "x-wh-signature", rsa_signature, "{ }"), ERR_AUTH);
    assert_int_equal(verdict(on, "X-GHL-Signature", rsa_signature, "{}"), ERR_AUTH);
    assert_int_equal(verdict(vendor, "X-WH-Signature", rsa_signature, "{}"), ERR_AUTH);
    /* A key of RSA alone is no key at all while the switch is off. */
    assert_null(crm_with(*state, "bad", json_pack("{s:[s]}", "public_keys", rsa_public)));
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
    struct connection *c = fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                                   "{'base_url':'https://shop.test'}");
    assert_int_equal(verdict(c, NULL, NULL, "x"), ERR_NOT_FOUND);
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
        WITH(a_key_counts_from_its_first_moment_to_its_end),
        WITH(the_old_rsa_signature_counts_only_where_it_is_switched_on),
        WITH(only_networks_that_are_named_may_send),
        WITH(a_connection_without_webhooks_takes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
