/* What an answer means. */
#include "../service/fixture.h"

#include "base/log.h"
#include "connector/classify.h"
#include "../service/lua_table.h"

static struct err classified(const struct connector *c, const char *op, int status,
                             const char *body)
{
    struct err e = ERR_INIT;
    struct http_response res = { .status = status };
    buf_init(&res.body, 1 << 16);
    char *text = xstrdup(body);
    for (char *p = text; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    buf_puts(&res.body, text);
    json_t *v = json_parse(text, strlen(text), NULL);
    classify(c, op != NULL ? connector_operation(c, op) : NULL, &res, v, &e);
    json_decref(v);
    free(text);
    buf_fini(&res.body);
    return e;
}

static struct connector *highlevel(struct fixture *f)
{
    return fix_connector(f, "highlevel", connector_file("highlevel"));
}

static void the_answers_of_highlevel_are_told_apart(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum err_kind kind;
        const char *message;
    } cases[] = {
        { 400, "{'statusCode':400,'message':'Bad Request'}", ERR_INVALID, "400: Bad Request" },
        { 400,
          "{'statusCode':400,'message':'This location does not allow duplicated contacts.',"
          "'meta':{'contactId':'c9','matchingField':'email'}}",
          ERR_DUPLICATE, "duplicated" },
        { 401, "{'statusCode':401,'message':'Invalid JWT'}", ERR_EXPIRED, "Invalid JWT" },
        { 401,
          "{'statusCode':401,'message':'Invalid token: access token is "
          "invalid','error':'Unauthorized'}",
          ERR_EXPIRED, "access token is invalid" },
        { 401, "{'message':'The token is not authorized for this scope.'}", ERR_FORBIDDEN,
          "create_task needs the scope contacts.write" },
        { 403, "{'statusCode':403,'message':'The token does not have access to this location.'}",
          ERR_FORBIDDEN, "the token is for another location" },
        { 403, "{'message':'no','error':'Forbidden'}", ERR_FORBIDDEN, "contacts.write" },
        { 400, "{'message':'Location is not active'}", ERR_AUTH, "not active" },
        { 400, "{'message':'Contact not found'}", ERR_NOT_FOUND, "Contact not found" },
        { 404, "{}", ERR_NOT_FOUND, "404" },
        { 422,
          "{'statusCode':422,'message':['property gender should not exist','title must be a "
          "string'],"
          "'error':'Unprocessable Entity'}",
          ERR_INVALID, "property gender should not exist; title must be a string" },
        { 429, "Too many requests", ERR_RATE_LIMITED, "429: Too many requests" },
        { 500, "", ERR_UNAVAILABLE, "500" },
        { 503, "<html>", ERR_UNAVAILABLE, "503" },
        { 302, "", ERR_PROTOCOL, "302" },
        { 409, "{'error':{'code':'TAKEN','message':'there already'}}", ERR_CONFLICT,
          "there already" },
        { 413, "{'detail':'large'}", ERR_TOO_LARGE, "large" },
    };
    struct connector *c = highlevel(*state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = classified(c, "create_task", cases[i].status, cases[i].body);
        if (e.kind != cases[i].kind) {
            print_error("%d %s: %s\n", cases[i].status, cases[i].body, err_kind_name(e.kind));
        }
        assert_int_equal(e.kind, cases[i].kind);
        assert_int_equal(e.status, cases[i].status);
        assert_contains(e.message, cases[i].message);
    }
}

static void a_duplicate_carries_the_id_that_is_there(void **state)
{
    struct err e = classified(highlevel(*state), "create_contact", 400,
                              "{'message':'This location does not allow duplicated "
                              "contacts.','meta':{'contactId':'c9'}}");
    assert_string_equal(e.detail, "c9");
}

static void a_secret_in_an_answer_is_not_repeated(void **state)
{
    struct secret *s = secret_new("tok-1234567890", 14);
    struct err e =
        classified(highlevel(*state), NULL, 400, "{'message':'bad token tok-1234567890'}");
    assert_null(strstr(e.message, "tok-1234567890"));
    struct http_response res = { .status = 400 };
    buf_init(&res.body, 100);
    buf_puts(&res.body, "you sent tok-1234567890");
    char *answer = classify_answer(&res);
    assert_null(strstr(answer, "tok-1234567890"));
    free(answer);
    buf_fini(&res.body);
    secret_free(s);
}

static void a_long_answer_is_cut_at_a_character(void **state)
{
    struct http_response res = { .status = 400 };
    buf_init(&res.body, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        buf_puts(&res.body, "ä");
    }
    char *answer = classify_answer(&res);
    assert_true(strlen(answer) <= ANSWER_MAX && strlen(answer) > ANSWER_MAX - 4 &&
                strlen(answer) % 2 == 0);
    free(answer);
    struct err e = ERR_INIT;
    classify(highlevel(*state), NULL, &res, NULL, &e);
    assert_true(strlen(e.message) < ERR_MESSAGE_MAX);
    buf_fini(&res.body);
}

static void bytes_that_are_no_text_are_left_out(void **state)
{
    struct http_response res = { .status = 502 };
    buf_init(&res.body, 100);
    buf_append(&res.body, "\xff\xfe\x00x", 4);
    assert_null(classify_answer(&res));
    struct err e = ERR_INIT;
    classify(highlevel(*state), NULL, &res, NULL, &e);
    assert_string_equal(e.message, "the service was answered 502");
    buf_fini(&res.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(the_answers_of_highlevel_are_told_apart),
        WITH(a_duplicate_carries_the_id_that_is_there),
        WITH(a_secret_in_an_answer_is_not_repeated),
        WITH(a_long_answer_is_cut_at_a_character),
        WITH(bytes_that_are_no_text_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
