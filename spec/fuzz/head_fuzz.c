/* The heads of HTTP messages: an answer's head becomes headers that could be sent on; a request's
 * target that is taken has no escaped slash or NUL; framing headers never confuse. The first line
 * is a request target, the second a header "name: value", the rest an answer's head. */
#include "fuzz.h"

#include "limit/limiter.h"
#include "net/http_head.h"

static void check_answer(const struct fuzz_input *in)
{
    struct http_response r = { .status = 200 };
    char *text = xmalloc(in->len + 1);
    memcpy(text, in->len > 0 ? in->data : "", in->len);
    text[in->len] = '\0';
    http_head_parse(text, in->len, &r);
    FUZZ_CHECK(r.header_count <= HTTP_HEADERS_MAX);
    for (size_t i = 0; i < r.header_count; i++) {
        const char *name = r.headers[i].name;
        FUZZ_CHECK(http_is_token(name, in->len) && r.headers[i].value >= name);
        FUZZ_CHECK(strchr(r.headers[i].value, '\n') == NULL);
        FUZZ_CHECK(http_response_header(&r, name) != NULL);
    }
    FUZZ_CHECK(limiter_retry_after(&r) >= 0);
    free(text);
}

static void check_target(char *target)
{
    bool is_good = http_target_is_good(target);
    size_t path = strcspn(target, "?");
    target[path] = '\0';
    size_t slashes = 0;
    for (const char *c = target; *c != '\0'; c++) {
        slashes += *c == '/';
    }
    size_t len = http_target_decode(target);
    FUZZ_CHECK(len == strlen(target) && len <= path);
    for (size_t i = 0; is_good && i < len; i++) {
        slashes -= target[i] == '/';
    }
    FUZZ_CHECK(!is_good || slashes == 0);
}

/* What may be sent as a header holds no line of its own. */
static void check_header(char *line)
{
    struct err e = ERR_INIT;
    struct http_framing f = { 0 };
    char *colon = strchr(line, ':');
    const char *value = colon != NULL ? colon + 1 : "";
    if (colon != NULL) {
        *colon = '\0';
    }
    struct http_header h = { line, value };
    struct http_request r = { .method = "POST", .headers = &h, .header_count = 1 };
    if (http_head_check(&r, &e) == 0) {
        FUZZ_CHECK(strpbrk(line, "\r\n: ") == NULL && strpbrk(value, "\r\n") == NULL);
    }
    http_framing_note(&f, line, value);
    http_framing_note(&f, "Content-Length", "1");
    http_framing_note(&f, "Host", "a");
    if (strcasecmp(line, "transfer-encoding") == 0 || strcasecmp(line, "content-length") == 0) {
        FUZZ_CHECK(http_framing_fault(&f, true) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *target = fuzz_line(&in);
    char *header = fuzz_line(&in);
    check_answer(&in);
    check_target(target);
    check_header(header);
    free(target);
    free(header);
    return 0;
}
