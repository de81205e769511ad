/* The way to an authorisation and back. The first line is what a person pastes as the code, the
 * second an install link, the third a state, the rest an authorisation as it lies sealed in the
 * store. What leads out is where the service is, and carries our state once. */
#include "fuzz.h"

#include "built_in.h"
#include "cli/connect_code.h"
#include "format/url.h"
#include "token/token_state.h"

#define STATE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct connection highlevel;
static struct token token;
static struct vault *vault;

static void open_all(void)
{
    if (vault == NULL) {
        highlevel = built_in("highlevel", "{\"auth\":\"oauth\",\"client_id\":\"app-1\"}");
        highlevel.auth = json_object_get(connector_table(highlevel.connector), "auth");
        highlevel.token = &token;
        token.kind = KIND_OAUTH;
        vault = vault_of(key_parse(
            "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", KEY_TEXT));
    }
}

static void check_pasted(const char *text)
{
    struct err e = ERR_INIT;
    struct pasted p;
    struct secret *secret = secret_new(text, strlen(text));
    if (pasted_read(secret, &p, &e) == 0) {
        FUZZ_CHECK(p.code != NULL);
    } else {
        FUZZ_CHECK(p.code == NULL && p.state == NULL && e.message[0] != '\0');
        FUZZ_CHECK(e.kind == ERR_INVALID || e.kind == ERR_AUTH || e.kind == ERR_TOO_LARGE);
    }
    pasted_fini(&p);
    secret_free(secret);
}

/* The link of our own, or one that was pasted. */
static void check_link(const char *pasted)
{
    struct err e = ERR_INIT;
    struct token_link l = { .redirect_uri = "https://me.example/oauth/callback",
                            .state = STATE,
                            .install_link = pasted };
    char *link = token_authorize_url(&highlevel, &l, &e);
    if (link == NULL) {
        FUZZ_CHECK(pasted != NULL && e.message[0] != '\0');
        return;
    }
    struct url u;
    FUZZ_CHECK(url_parse(link, strlen(link), &u, &e) == 0);
    FUZZ_CHECK(u.is_tls && u.port == 443 && u.query != NULL);
    FUZZ_CHECK(strcmp(u.host, "marketplace.gohighlevel.com") == 0 ||
               strcmp(u.host, "marketplace.leadconnectorhq.com") == 0);
    json_t *query = url_decode_form(u.query, strlen(u.query), &e);
    FUZZ_CHECK(query != NULL && strcmp(json_get_text(query, "state"), STATE) == 0);
    FUZZ_CHECK(strcmp(json_get_text(query, "client_id"), "app-1") == 0);
    FUZZ_CHECK(strcmp(json_get_text(query, "redirect_uri"), l.redirect_uri) == 0);
    json_decref(query);
    url_fini(&u);
    free(link);
}

/* The name of a row tells nothing of the state that leads to it. */
static void check_state(const char *state)
{
    char *name = token_flow_name(state);
    FUZZ_CHECK((name != NULL) == (strlen(state) == strlen(STATE)));
    FUZZ_CHECK(name == NULL || strstr(name, state) == NULL);
    free(name);
}

static void check_stored(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct token_flow flow;
    struct secret *plain = secret_new(text, len);
    uint8_t *sealed;
    size_t sealed_len;
    vault_seal(vault, "flow:x", plain, &sealed, &sealed_len);
    if (token_flow_open(&flow, vault, "flow:x", sealed, sealed_len, &e) == 0) {
        FUZZ_CHECK(flow.connection != NULL && flow.state <= FLOW_FAILED);
        FUZZ_CHECK(token_flow_open(&(struct token_flow){ 0 }, vault, "flow:y", sealed, sealed_len,
                                   &e) == -1);
        token_flow_fini(&flow);
    } else {
        FUZZ_CHECK(e.kind == ERR_CONFIG && flow.name == NULL);
    }
    free(sealed);
    secret_free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *pasted = fuzz_line(&in);
    char *link = fuzz_line(&in);
    char *state = fuzz_line(&in);
    char *stored = fuzz_rest(&in);
    open_all();
    check_pasted(pasted);
    check_link(link);
    check_link(NULL);
    check_state(state);
    check_stored(stored, in.len);
    free(pasted);
    free(link);
    free(state);
    free(stored);
    return 0;
}
