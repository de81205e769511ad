/* Every preset of lib/signatures.lua against what its service documents: fits as it is, and does
 * not with one byte changed, another secret, no signature, or an old time. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "crypto/sign.h"
#include "webhook/verifier.h"

enum { HEADERS_MAX = 5 };

struct vector {
    const char *source; /* where it is from */
    const char *config; /* of the connection, without its secret */
    const char *secret; /* or the key, of ed25519 */
    const char *headers[HEADERS_MAX][2];
    const char *url; /* what the sender called, or NULL */
    const char *body;
    int64_t signed_s; /* when, or 0: the scheme has no time */
    const char *id;   /* that tells it from others, or NULL: nothing but its body */
    const char *type; /* the sender's word, or NULL */
};

#define SLACK_BODY                                                                                 \
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="         \
    "G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-"     \
    "collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%"             \
    "2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."               \
    "803a0bc887a14d10d2c447fce8b6703c"

static const struct vector vectors[] = {
    {
        .source = "Standard Webhooks: the example of the specification's libraries",
        .config = "'verify':'standard_webhooks'",
        .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        .headers = { { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
                     { "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek" },
                     { "webhook-timestamp", "1614265330" } },
        .body = "{\"test\": 2432232314}",
        .signed_s = 1614265330,
        .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    },
    {
        .source = "Standard Webhooks: several signatures, as its specification shows them",
        .config = "'verify':'standard_webhooks'",
        .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        .headers = { { "Webhook-Signature",
                       "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= "
                       "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
                       "v2,MzJsNDk4MzI0K2VvdSMjMTEjQEBAQDEyMzMzMzEyMwo=" },
                     { "Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek" },
                     { "Webhook-Timestamp", "1614265330" } },
        .body = "{\"test\": 2432232314}",
        .signed_s = 1614265330,
        .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    },
    {
        .source = "Standard Webhooks, v1a: signed by OpenSSL with the first key of RFC 8032, 7.1",
        .config = "'verify':'standard_webhooks'",
        .secret = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        .headers = { { "webhook-signature",
                       "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0z"
                       "V9jSeGlHFG2NVAw==" },
                     { "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek" },
                     { "webhook-timestamp", "1614265330" } },
        .body = "{\"test\": 2432232314}",
        .signed_s = 1614265330,
        .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    },
    {
        .source = "Stripe: the header's form and time of its documentation, the payload and secret "
                  "of its library's tests, signed by Python",
        .config = "'verify':'stripe'",
        .secret = "whsec_test_secret",
        .headers = { { "Stripe-Signature",
                       "t=1492774577,"
                       "v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812,"
                       "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39" } },
        .body = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}",
        .signed_s = 1492774577,
        .id = "evt_test_webhook",
    },
    {
        .source = "Stripe: two v1 while the secret is rolled",
        .config = "'verify':'stripe'",
        .secret = "whsec_test_secret",
        .headers = { { "Stripe-Signature",
                       "t=1492774577,"
                       "v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd,"
                       "v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812" } },
        .body = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}",
        .signed_s = 1492774577,
        .id = "evt_test_webhook",
    },
    {
        .source = "GitHub: \"Testing the webhook payload validation\" of its documentation",
        .config = "'verify':'github'",
        .secret = "It's a Secret to Everybody",
        .headers = { { "X-Hub-Signature-256",
                       "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
                     { "X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958" },
                     { "X-GitHub-Event", "issues" } },
        .body = "Hello, World!",
        .id = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        .type = "issues",
    },
    {
        .source = "Slack: the example of \"Verifying requests from Slack\"",
        .config = "'verify':'slack'",
        .secret = "8f742231b10e8888abcd99yyyzzz85a5",
        .headers = { { "X-Slack-Signature",
                       "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" },
                     { "X-Slack-Request-Timestamp", "1531420618" } },
        .body = SLACK_BODY,
        .signed_s = 1531420618,
    },
    {
        .source = "Shopify: the form of its documentation, signed by Python",
        .config = "'verify':'shopify'",
        .secret = "hush",
        .headers = { { "X-Shopify-Hmac-SHA256", "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=" },
                     { "X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043" },
                     { "X-Shopify-Topic", "orders/create" } },
        .body = "{\"id\":820982911946154508}",
        .id = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        .type = "orders/create",
    },
    {
        .source = "Twilio: the example of its documentation of webhook security",
        .config = "'verify':'twilio'",
        .secret = "12345",
        .headers = { { "X-Twilio-Signature", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=" },
                     { "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
                     { "I-Twilio-Idempotency-Token", "ed8f3b2a" } },
        .url = "https://mycompany.com/myapp.php?foo=1&bar=2",
        .body = "To=%2B18005551212&From=%2B12349013030&Digits=1234&Caller=%2B12349013030"
                "&CallSid=CA1234567890ABCDE",
        .id = "ed8f3b2a",
    },
    {
        .source = "Twilio: the example of its libraries' documentation",
        .config = "'verify':'twilio'",
        .secret = "12345",
        .headers = { { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
                     { "Content-Type", "application/x-www-form-urlencoded" } },
        .url = "https://mycompany.com/myapp.php?foo=1&bar=2",
        .body = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309"
                "&To=%2B18005551212",
    },
    {
        .source = "Twilio: JSON, by its digest in the address, signed by Python",
        .config = "'verify':'twilio'",
        .secret = "12345",
        .headers = { { "X-Twilio-Signature", "f0iXl4842lPEIs+6+B+FD58Pj4o=" },
                     { "Content-Type", "application/json" } },
        .url = "https://hooks.example.com/hooks/sms?bodySHA256="
               "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
        .body = "{\"property\": \"value\", \"boolean\": true}",
    },
    {
        .source = "HMAC-SHA256: RFC 4231, test case 3",
        .config = "'verify':'hmac_sha256','header':'X-Sig'",
        .secret = "@aa*20",
        .headers = { { "X-Sig",
                       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" } },
        .body = "@dd*50",
    },
    {
        .source = "HMAC-SHA512: RFC 4231, test case 3",
        .config = "'verify':'hmac_sha512','header':'X-Sig','prefix':'hash '",
        .secret = "@aa*20",
        .headers = { { "X-Sig",
                       "hash fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e84"
                       "8279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" } },
        .body = "@dd*50",
    },
    {
        .source = "HMAC-SHA1: RFC 2202, test case 3",
        .config = "'verify':'hmac_sha1','header':'X-Sig'",
        .secret = "@aa*20",
        .headers = { { "X-Sig", "125d7342b9ac11cd91a39af48aa17b4f63f175d3" } },
        .body = "@dd*50",
    },
    {
        .source = "Basic: RFC 7617, 2",
        .config = "'verify':'basic','user':'Aladdin'",
        .secret = "open sesame",
        .headers = { { "Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" } },
        .body = "",
    },
    {
        .source = "a token in a header",
        .config = "'verify':'token','header':'X-Token'",
        .secret = "a-long-random-word",
        .headers = { { "X-Token", "a-long-random-word" } },
        .body = "",
    },
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

/* --- deliveries --- */

struct mail {
    const char *headers[HEADERS_MAX][2];
    const char *query_value;
};

static const char *find_header(void *ud, const char *name)
{
    const struct mail *m = ud;
    for (size_t i = 0; i < HEADERS_MAX && m->headers[i][0] != NULL; i++) {
        if (strcasecmp(m->headers[i][0], name) == 0) {
            return m->headers[i][1];
        }
    }
    return NULL;
}

static const char *find_query(void *ud, const char *name)
{
    const struct mail *m = ud;
    return strcmp(name, "bodySHA256") == 0 ? m->query_value : NULL;
}

/* "@aa*20" stands for twenty bytes of 0xaa. Yours. */
static char *bytes_of(const char *text, size_t *len)
{
    if (text[0] != '@') {
        *len = strlen(text);
        return xstrdup(text);
    }
    *len = (size_t)strtol(strchr(text, '*') + 1, NULL, 10);
    char *out = xcalloc(*len + 1, 1);
    memset(out, (int)strtol(text + 1, NULL, 16), *len);
    return out;
}

static struct mail mail_of(const struct vector *v)
{
    struct mail m = { .query_value = NULL };
    memcpy(m.headers, v->headers, sizeof m.headers);
    const char *query = v->url != NULL ? strstr(v->url, "bodySHA256=") : NULL;
    m.query_value = query != NULL ? query + strlen("bodySHA256=") : NULL;
    return m;
}

static enum refusal verdict(const struct connection *c, const struct vector *v, struct mail *m,
                            const char *body, size_t len)
{
    struct err e = ERR_INIT;
    struct delivery d = {
        .header = find_header, .query = find_query, .ud = m, .url = v->url, .body = body, .len = len
    };
    enum refusal why = verify_webhook(c, &d, &e);
    assert_true(why == REFUSED_NOT || e.message[0] != '\0');
    return why;
}

static void put_secret(json_t *config, const char *secret)
{
    bool is_key = strncmp(secret, "whpk_", 5) == 0;
    json_object_set_new(config, is_key ? "webhook" : "secret",
                        is_key ? json_pack("{s:[s]}", "public_keys", secret)
                               : json_string(secret[0] == '@' ? "0123456789" : secret));
}

/* JSON cannot hold the secrets of the RFCs, so those are put into the rule. */
static struct connection *connection_for(struct fixture *f, const struct vector *v,
                                         const char *secret)
{
    struct err e = ERR_INIT;
    if (f->connector_count == 0) {
        fix_connector(f, "webhook", connector_file("webhook"));
    }
    char *text = xasprintf("{%s}", v->config);
    char *name = xasprintf("c%zu-%zu", (size_t)(v - vectors), f->service->count);
    json_t *config = fix_json(text);
    put_secret(config, secret);
    struct connection *c = service_add(f->service, name, f->connectors[0], config, &e);
    if (c == NULL) {
        fail_msg("%s: %s", v->source, e.message);
    } else if (secret[0] == '@') {
        size_t len;
        char *bytes = bytes_of(secret, &len);
        secret_free(c->verifier->rules[0].secrets[0]);
        c->verifier->rules[0].secrets[0] = secret_take(bytes, len);
    }
    json_decref(config);
    free(text);
    free(name);
    return c;
}

static void set_time(const struct vector *v, int64_t after_s)
{
    if (v->signed_s != 0) {
        fix_wall_us = (v->signed_s + after_s) * SECOND;
    }
}

static void expect(const struct vector *v, enum refusal got, enum refusal wanted)
{
    if (got != wanted) {
        fail_msg("%s: %s, not %s", v->source, refusal_name(got), refusal_name(wanted));
    }
}

static const char *other_secret(const struct vector *v)
{
    return strncmp(v->secret, "whsec_Mf", 8) == 0 ? "whsec_NNNNNNNNKYqrTwjUPD8ILPZIo2LaLaSw"
           : strncmp(v->secret, "whpk_", 5) == 0
               ? "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=" /* RFC 8032, test 2 */
               : "quite another secret";
}

/* --- tests --- */

static void every_vector_fits(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        size_t len;
        char *body = bytes_of(v->body, &len);
        set_time(v, 10);
        expect(v, verdict(connection_for(*state, v, v->secret), v, &m, body, len), REFUSED_NOT);
        free(body);
    }
}

/* Each byte of the body in turn; tokens and passwords do not look at it. */
static void a_changed_byte_does_not_fit(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        size_t len;
        char *body = bytes_of(v->body, &len);
        struct connection *c = connection_for(*state, v, v->secret);
        set_time(v, 0);
        for (size_t i = 0; i < len; i++) {
            body[i] ^= 1;
            enum refusal got = verdict(c, v, &m, body, len);
            assert_true(got == REFUSED_WRONG || got == REFUSED_MALFORMED);
            body[i] ^= 1;
        }
        free(body);
    }
}

static void another_secret_does_not_fit(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        size_t len;
        char *body = bytes_of(v->body, &len);
        set_time(v, 0);
        expect(v, verdict(connection_for(*state, v, other_secret(v)), v, &m, body, len),
               REFUSED_WRONG);
        free(body);
    }
}

static void a_changed_signature_does_not_fit(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        size_t len;
        char *body = bytes_of(v->body, &len);
        struct connection *c = connection_for(*state, v, v->secret);
        set_time(v, 0);
        static const char *const wrong[] = {
            "", "N/A", "=", "v1=", "v1,", "sha256=", "\xff", NULL
        };
        for (size_t i = 0; wrong[i] != NULL; i++) {
            m.headers[0][1] = wrong[i];
            assert_int_not_equal(verdict(c, v, &m, body, len), REFUSED_NOT);
        }
        m.headers[0][0] = "X-Another";
        expect(v, verdict(c, v, &m, body, len), REFUSED_UNSIGNED);
        free(body);
    }
}

static void an_old_or_early_one_is_stale_where_repeats_are_signed_anew(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        struct connection *c = connection_for(*state, v, v->secret);
        size_t len = strlen(v->body);
        if (v->signed_s == 0) {
            continue;
        }
        static const int64_t fine[] = { -300, 0, 300 }, bad[] = { -301, 301, 86400 };
        for (size_t i = 0; i < 3; i++) {
            set_time(v, fine[i]);
            expect(v, verdict(c, v, &m, v->body, len), REFUSED_NOT);
            set_time(v, bad[i]);
            expect(v, verdict(c, v, &m, v->body, len), REFUSED_STALE);
        }
    }
}

static void the_signed_time_cannot_be_changed(void **state)
{
    const struct vector *v = &vectors[0];
    struct mail m = mail_of(v);
    struct connection *c = connection_for(*state, v, v->secret);
    set_time(v, 0);
    m.headers[2][1] = "1614265331";
    expect(v, verdict(c, v, &m, v->body, strlen(v->body)), REFUSED_WRONG);
    m.headers[2][1] = "";
    expect(v, verdict(c, v, &m, v->body, strlen(v->body)), REFUSED_MALFORMED);
    m = mail_of(v);
    m.headers[1][1] = "msg_another";
    expect(v, verdict(c, v, &m, v->body, strlen(v->body)), REFUSED_WRONG);
}

static void a_tolerance_can_be_wider_or_off(void **state)
{
    const struct vector *v = &vectors[3];
    struct mail m = mail_of(v);
    struct fixture *f = *state;
    fix_connector(f, "webhook", connector_file("webhook"));
    struct connection *a =
        fix_add(f, "wide", f->connectors[0],
                "{'verify':'stripe','tolerance':'2 days','secret':'whsec_test_secret'}");
    struct connection *b =
        fix_add(f, "off", f->connectors[0],
                "{'verify':'stripe','tolerance':'off','secret':'whsec_test_secret'}");
    set_time(v, 86400);
    expect(v, verdict(a, v, &m, v->body, strlen(v->body)), REFUSED_NOT);
    set_time(v, 3 * 86400);
    expect(v, verdict(a, v, &m, v->body, strlen(v->body)), REFUSED_STALE);
    expect(v, verdict(b, v, &m, v->body, strlen(v->body)), REFUSED_NOT);
}

static void several_secrets_count_while_one_takes_over_from_another(void **state)
{
    static const char *const configs[] = {
        "{'verify':'stripe','secrets':['another-one','whsec_test_secret']}",
        "{'verify':'stripe','secret':'another-one','secret_previous':'whsec_test_secret'}",
        "{'verify':'stripe','secret':'whsec_test_secret','secret_previous':'another-one'}",
    };
    const struct vector *v = &vectors[3];
    struct fixture *f = *state;
    struct mail m = mail_of(v);
    fix_connector(f, "webhook", connector_file("webhook"));
    set_time(v, 0);
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        char name[] = { 'c', (char)('0' + i), '\0' };
        struct connection *c = fix_add(f, name, f->connectors[0], configs[i]);
        expect(v, verdict(c, v, &m, v->body, strlen(v->body)), REFUSED_NOT);
        assert_null(json_object_get(connection_config(c), "secret"));
        assert_null(json_object_get(connection_config(c), "secrets"));
        assert_null(json_object_get(connection_config(c), "secret_previous"));
    }
}

static void a_plain_hmac_may_sign_a_time(void **state)
{
    struct fixture *f = *state;
    struct vector v = { .source = "plain" };
    fix_connector(f, "webhook", connector_file("webhook"));
    struct connection *c = fix_add(f, "c", f->connectors[0],
                                   "{'verify':'hmac_sha256','header':'X-Sig','timestamp':'X-Time',"
                                   "'tolerance':'5 minutes','secret':'0123456789'}");
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len = sign_hmac(SIGN_SHA256, "0123456789", 10, "2026-11-23T10:00:00Z.body", 25, digest);
    struct buf hex;
    buf_init(&hex, 200);
    hex_encode(&hex, digest, len);
    struct mail m = { .headers = { { "X-Sig", hex.data }, { "X-Time", "2026-11-23T10:00:00Z" } } };
    expect(&v, verdict(c, &v, &m, "body", 4), REFUSED_NOT);
    fix_wall_us += 301 * SECOND;
    expect(&v, verdict(c, &v, &m, "body", 4), REFUSED_STALE);
    buf_fini(&hex);
}

static void each_vector_tells_its_id_and_type(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct mail m = mail_of(v);
        struct connection *c = connection_for(*state, v, v->secret);
        struct delivery d = { .header = find_header, .ud = &m };
        json_t *event = json_parse(v->body, strlen(v->body), NULL);
        char *id = scheme_id(c, &d, event), *type = scheme_type(c, &d, event);
        if (v->id == NULL ? id != NULL : id == NULL || strcmp(id, v->id) != 0) {
            fail_msg("%s: the id is %s", v->source, id != NULL ? id : "missing");
        }
        if (v->type == NULL ? type != NULL : type == NULL || strcmp(type, v->type) != 0) {
            fail_msg("%s: the type is %s", v->source, type != NULL ? type : "missing");
        }
        free(id);
        free(type);
        json_decref(event);
    }
}

static void slack_gets_its_challenge_back(void **state)
{
    struct fixture *f = *state;
    fix_connector(f, "webhook", connector_file("webhook"));
    struct connection *slack =
        fix_add(f, "slack", f->connectors[0], "{'verify':'slack','secret':'0123456789'}");
    struct connection *open = fix_add(f, "open", f->connectors[0], "{'verify':'none'}");
    json_t *event = fix_json("{'type':'url_verification','challenge':'3eZbrw1aB'}");
    json_t *other = fix_json("{'type':'event_callback','challenge':'x'}");
    assert_string_equal(scheme_challenge(slack, event), "3eZbrw1aB");
    assert_null(scheme_challenge(slack, other));
    assert_null(scheme_challenge(open, event));
    assert_null(scheme_answer(open));
    assert_string_equal(json_get_text(scheme_answer(slack), "body"), "");
    json_decref(event);
    json_decref(other);
}

/* What `ladle send` makes is what the engine takes. */
static void a_sample_is_signed_as_its_service_would(void **state)
{
    for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
        struct connection *c = connection_for(*state, v, v->secret);
        struct err e = ERR_INIT;
        struct mail m = { .query_value = NULL };
        if (verify_needs_key(c)) {
            continue; /* nobody has the private half */
        }
        json_t *headers =
            verify_sign(c,
                        &(struct signing){ .url = v->url,
                                           .body = "{}",
                                           .len = 2,
                                           .id = "id-1",
                                           .content_type = "application/x-www-form-urlencoded" },
                        &e);
        assert_non_null(headers);
        size_t count = 0;
        const char *name;
        json_t *value;
        json_object_foreach (headers, name, value) {
            assert_true(count < HEADERS_MAX - 1);
            m.headers[count][0] = name;
            m.headers[count++][1] = json_string_value(value);
        }
        m.headers[count][0] = "content-type";
        m.headers[count][1] = "application/x-www-form-urlencoded";
        expect(v, verdict(c, v, &m, "{}", 2), REFUSED_NOT);
        json_decref(headers);
    }
}

static void what_a_preset_cannot_use_is_an_error(void **state)
{
    static const struct {
        const char *config, *says;
    } bad[] = {
        { "{}", "`verify` is missing" },
        { "{'verify':'strype'}", "no way to verify `strype`" },
        { "{'verify':'stripe'}", "needs a `secret`" },
        { "{'verify':'stripe','secret':''}", "needs a `secret`" },
        { "{'verify':'token','secret':'short'}",
          "`secret` is too short: a secret has 8 characters at least" },
        { "{'verify':'standard_webhooks','secret':'whsec_***'}", "base64" },
        { "{'verify':'standard_webhooks','webhook':{'public_keys':['whpk_AAAA']}}", "32 bytes" },
        { "{'verify':'hmac_sha256','secret':'0123456789'}", "needs the `header`" },
        { "{'verify':'hmac_sha256','secret':'0123456789','header':'X','signed':'{timestamp}'}",
          "{body}" },
        { "{'verify':'hmac_sha256','secret':'0123456789','header':'X','signed':'{timestamp}{body}'"
          "}",
          "timestamp" },
        { "{'verify':'hmac_sha256','secret':'0123456789','header':'X','signed':'{bodi}'}",
          "`{bodi}`" },
        { "{'verify':'hmac_sha256','secret':'0123456789','header':'X','tolerance':'1 day'}",
          "timestamp" },
    };
    struct fixture *f = *state;
    fix_connector(f, "webhook", connector_file("webhook"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = ERR_INIT;
        json_t *config = fix_json(bad[i].config);
        assert_null(service_add(f->service, "bad", f->connectors[0], config, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_contains(e.message, bad[i].says);
        json_decref(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(every_vector_fits),
        WITH(a_changed_byte_does_not_fit),
        WITH(another_secret_does_not_fit),
        WITH(a_changed_signature_does_not_fit),
        WITH(an_old_or_early_one_is_stale_where_repeats_are_signed_anew),
        WITH(the_signed_time_cannot_be_changed),
        WITH(a_tolerance_can_be_wider_or_off),
        WITH(several_secrets_count_while_one_takes_over_from_another),
        WITH(a_plain_hmac_may_sign_a_time),
        WITH(each_vector_tells_its_id_and_type),
        WITH(slack_gets_its_challenge_back),
        WITH(a_sample_is_signed_as_its_service_would),
        WITH(what_a_preset_cannot_use_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
