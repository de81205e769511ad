/* Signatures of webhooks. The first line is a signature, the second a token in the address, the
 * third the sender's address, the rest the body. Every header is the signature, so that times and
 * ids are read from it too. Nobody knows the keys, so nothing fits but the deliveries that hold the
 * right token, which the corpus has. */
#include "fuzz.h"

#include "built_in.h"
#include "format/forwarded.h"

#define SECRET "a-secret-of-the-fuzzer"

enum { CONNECTIONS = 13, TOKENS = 10 }; /* from TOKENS on a token lets in */

static const char *const SETTINGS[CONNECTIONS][2] = {
    { "highlevel", "{\"auth\":\"token\"}" },
    { "webhook",
      "{\"verify\":\"hmac_sha256\",\"header\":\"X-Sig\",\"prefix\":\"sha256=\","
      "\"secret\":\"" SECRET "\"}" },
    { "webhook",
      "{\"verify\":\"hmac_sha1\",\"header\":\"X-Sig\",\"encoding\":\"base64\","
      "\"secret\":\"" SECRET "\",\"webhook\":{\"allow_from\":[\"10.0.0.0/8\"]}}" },
    { "highlevel", "{\"auth\":\"token\",\"webhook\":{\"accept_rsa\":true}}" },
    { "webhook",
      "{\"verify\":\"standard_webhooks\",\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZI\"}" },
    { "webhook", "{\"verify\":\"stripe\",\"secret\":\"" SECRET "\"}" },
    { "webhook", "{\"verify\":\"slack\",\"secret\":\"" SECRET "\"}" },
    { "webhook", "{\"verify\":\"twilio\",\"secret\":\"" SECRET "\"}" },
    { "webhook", "{\"verify\":\"basic\",\"user\":\"ann\",\"secret\":\"" SECRET "\"}" },
    { "webhook",
      "{\"verify\":\"hmac_sha256\",\"header\":\"X-Sig\",\"timestamp\":\"X-Time\","
      "\"tolerance\":\"1h\",\"secret\":\"" SECRET "\"}" },
    { "webhook", "{\"verify\":\"token\",\"header\":\"X-Sig\",\"secret\":\"" SECRET "\"}" },
    { "webhook", "{\"verify\":\"token\",\"secret\":\"" SECRET "\"}" },
    { "convertcalculator", "{\"webhook\":{\"token\":\"" SECRET "\"}}" },
};

static struct connection connections[CONNECTIONS];

static const char *header(void *ud, const char *name)
{
    return ud;
}

static void open_all(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (connections[i].name == NULL) {
            connections[i] = built_in(SETTINGS[i][0], SETTINGS[i][1]);
        }
    }
}

/* For Twilio's form. */
static const char *form_header(void *ud, const char *name)
{
    return strcasecmp(name, "content-type") == 0 ? "application/x-www-form-urlencoded" : ud;
}

static bool is_accepted(const struct connection *c, const struct delivery *d)
{
    struct err e = ERR_INIT;
    enum refusal why = verify_webhook(c, d, &e);
    bool is_good = why == REFUSED_NOT;
    FUZZ_CHECK(is_good || e.kind == ERR_AUTH || e.kind == ERR_NOT_FOUND || e.kind == ERR_FORBIDDEN);
    FUZZ_CHECK(is_good || refusal_name(why) != NULL);
    bool is_peer = strstr(d->peer, SECRET) != NULL; /* the system's own text, which is told */
    FUZZ_CHECK(is_good || is_peer || strstr(e.message, SECRET) == NULL);
    return is_good;
}

/* Space around a header's value does not belong to it (RFC 9110, 5.5). */
static bool is_secret(const char *value)
{
    value += strspn(value, " \t");
    size_t len = strlen(SECRET);
    return strncmp(value, SECRET, len) == 0 && value[len + strspn(value + len, " \t")] == '\0';
}

/* What else the scheme reads. */
static void check_scheme(const struct connection *c, const struct delivery *d)
{
    json_t *event = json_parse(d->body, d->len, NULL);
    char *id = scheme_id(c, d, event), *type = scheme_type(c, d, event);
    FUZZ_CHECK(id == NULL || (id[0] != '\0' && strlen(id) <= 200));
    FUZZ_CHECK(type == NULL || (type[0] != '\0' && strlen(type) <= 200));
    (void)scheme_challenge(c, event); /* either is fine */
    free(id);
    free(type);
    json_decref(event);
}

/* The sender behind proxies: an address in its one spelling that is no proxy's, or nothing. Twice
 * the same text is no stranger than once. */
static void check_sender(const char *x_forwarded_for, const char *forwarded)
{
    struct cidr proxies[2];
    FUZZ_CHECK(cidr_parse("10.0.0.0/8", &proxies[0], NULL) == 0);
    FUZZ_CHECK(cidr_parse("fd00::/8", &proxies[1], NULL) == 0);
    struct forwarded f = { "10.0.0.1", x_forwarded_for, forwarded };
    char out[FORWARDED_TEXT], again[FORWARDED_TEXT];
    if (!forwarded_client(proxies, 2, &f, out)) {
        return;
    }
    struct cidr whole;
    FUZZ_CHECK(cidr_parse(out, &whole, NULL) == 0 && strpbrk(out, "/, []\"") == NULL);
    struct forwarded direct = { out, x_forwarded_for, forwarded };
    bool is_proxy = cidr_contains(&proxies[0], out) || cidr_contains(&proxies[1], out);
    FUZZ_CHECK(is_proxy ||
               (forwarded_client(proxies, 2, &direct, again) && strcmp(out, again) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *signature = fuzz_line(&in);
    char *token = fuzz_line(&in);
    char *peer = fuzz_line(&in);
    char *body = fuzz_rest(&in);
    open_all();
    struct delivery d = {
        .header = header,
        .query = header,
        .ud = signature,
        .path_token = token,
        .peer = peer,
        .url = "https://hooks.example.com/hooks/x?a=b",
        .body = body,
        .len = in.len,
    };
    for (size_t i = 0; i < TOKENS; i++) {
        FUZZ_CHECK(!is_accepted(&connections[i], &d));
        d.header = form_header;
        FUZZ_CHECK(!is_accepted(&connections[i], &d));
        d.header = header;
        check_scheme(&connections[i], &d);
    }
    FUZZ_CHECK(is_accepted(&connections[TOKENS], &d) == is_secret(signature));
    FUZZ_CHECK(is_accepted(&connections[TOKENS + 1], &d) == (strcmp(token, SECRET) == 0));
    FUZZ_CHECK(is_accepted(&connections[TOKENS + 2], &d) == (strcmp(token, SECRET) == 0));
    check_sender(signature, NULL);
    check_sender(NULL, signature);
    check_sender(signature, token);
    free(signature);
    free(token);
    free(peer);
    free(body);
    return 0;
}
