/* Answers of services, and of token endpoints. The first line is the status, the second the content
 * type, the rest the body: every operation of the CRM reads it, and so does the reader of tokens.
 * What is no output is an error of a kind, with no secret in it. */
#include "fuzz.h"

#include "base/log.h"
#include "built_in.h"
#include "call/answer.h"
#include "connector/classify.h"
#include "token/token_grant.h"

#define SECRET "a-secret-of-the-fuzzer"

static struct connection highlevel, http;

static void open_all(void)
{
    if (highlevel.name == NULL) {
        highlevel = built_in("highlevel", "{\"auth\":\"token\"}");
        http = built_in("http", "{\"base_url\":\"https://a.example\"}");
        log_forbid(SECRET, strlen(SECRET));
    }
}

static void check_operation(const struct connection *c, const char *name,
                            const struct http_response *res)
{
    struct err e = ERR_INIT;
    json_t *output = NULL;
    const struct operation *op = connector_operation(c->connector, name);
    if (answer_read(c, op, "a.example", res, &output, &e) == 0) {
        FUZZ_CHECK(output != NULL);
    } else {
        FUZZ_CHECK(output == NULL && e.kind != ERR_NONE && e.kind != ERR_INTERNAL);
        FUZZ_CHECK(e.status == res->status && e.message[0] != '\0');
        FUZZ_CHECK(strstr(e.message, SECRET) == NULL && strstr(e.detail, SECRET) == NULL);
    }
    json_decref(output);
}

static void check_token(const struct connection *c, const struct http_response *res)
{
    struct err e = ERR_INIT;
    struct token_pair pair = { 0 };
    struct token_pair before = { .refresh = secret_new("old-refresh", 11) };
    if (token_grant_read(&pair, c, res, &before, &e) == 0) {
        FUZZ_CHECK(pair.access != NULL && secret_len(pair.access) > 0 && pair.refresh != NULL);
        FUZZ_CHECK(pair.lifetime_us >= 0 && (pair.lifetime_us > 0) == (pair.expires_us > 0));
        token_pair_fini(&pair);
    } else {
        FUZZ_CHECK(e.kind == ERR_PROTOCOL || e.kind == ERR_AUTH || e.kind == ERR_RATE_LIMITED ||
                   e.kind == ERR_UNAVAILABLE);
        FUZZ_CHECK(pair.access == NULL && strstr(e.message, SECRET) == NULL);
    }
    token_pair_fini(&before);
}

static void check_text(const struct http_response *res)
{
    char *answer = classify_answer(res);
    FUZZ_CHECK(answer == NULL || (strlen(answer) <= ANSWER_MAX && strstr(answer, SECRET) == NULL));
    free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *status = fuzz_line(&in);
    char *type = fuzz_line(&in);
    struct http_response res = { .status = (int)(strtoul(status, NULL, 10) % 500) + 100 };
    res.headers[res.header_count++] = (struct http_header){ "content-type", type };
    buf_init(&res.body, HTTP_BODY_MAX);
    (void)buf_append(&res.body, in.data, in.len); /* the fuzzer's inputs are small */
    open_all();
    for (const char *const *n = connector_operation_names(highlevel.connector); *n != NULL; n++) {
        check_operation(&highlevel, *n, &res);
    }
    check_operation(&http, "get", &res);
    check_token(&highlevel, &res);
    check_text(&res);
    buf_fini(&res.body);
    free(status);
    free(type);
    return 0;
}
