/* Signatures of webhooks. The first line is a signature, the second a token in the address, the
 * third the sender's address, the rest the body. Nobody knows the keys, so nothing fits but the two
 * deliveries that hold the right token, which the corpus has. */
#include "fuzz.h"

#include "built_in.h"

#define SECRET "a-secret-of-the-fuzzer"

enum { CONNECTIONS = 6 };

static const char *const SETTINGS[CONNECTIONS][2] = {
    { "highlevel", "{\"auth\":\"token\"}" },
    { "webhook",
      "{\"verify\":\"hmac_sha256\",\"header\":\"X-Sig\",\"prefix\":\"sha256=\","
      "\"secret\":\"" SECRET "\"}" },
    { "webhook",
      "{\"verify\":\"hmac_sha1\",\"header\":\"X-Sig\",\"encoding\":\"base64\","
      "\"secret\":\"" SECRET "\",\"webhook\":{\"allow_from\":[\"10.0.0.0/8\"]}}" },
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

static bool is_accepted(const struct connection *c, const struct delivery *d)
{
    struct err e = ERR_INIT;
    bool is_good = verify_webhook(c, d, &e) == 0;
    FUZZ_CHECK(is_good || e.kind == ERR_AUTH || e.kind == ERR_NOT_FOUND || e.kind == ERR_FORBIDDEN);
    bool is_peer = strstr(d->peer, SECRET) != NULL; /* the system's own text, which is told */
    FUZZ_CHECK(is_good || is_peer || strstr(e.message, SECRET) == NULL);
    return is_good;
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
        .ud = signature,
        .path_token = token,
        .peer = peer,
        .body = body,
        .len = in.len,
    };
    for (size_t i = 0; i < 3; i++) {
        FUZZ_CHECK(!is_accepted(&connections[i], &d));
    }
    FUZZ_CHECK(is_accepted(&connections[3], &d) == (strcmp(signature, SECRET) == 0));
    FUZZ_CHECK(is_accepted(&connections[4], &d) == (strcmp(token, SECRET) == 0));
    FUZZ_CHECK(is_accepted(&connections[5], &d) == (strcmp(token, SECRET) == 0));
    free(signature);
    free(token);
    free(peer);
    free(body);
    return 0;
}
