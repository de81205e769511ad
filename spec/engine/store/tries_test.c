/* What a journal row tells of the tries of its step. */
#include "store/tries.h"

#include <string.h>

#include "fixture.h"

static struct journal_row row_with(const char *error)
{
    return (struct journal_row){ .error = (char *)error, /* only read */
                                 .started_us = INT64_C(1764000000000000),
                                 .ended_us = INT64_C(1764000001000000) };
}

static void a_row_without_an_error_tells_of_none(void **state)
{
    (void)state;
    struct journal_row row = row_with(NULL);
    assert_null(tries_of(&row));
    assert_null(tries_of_done(&row, NULL));
}

static void the_error_of_the_row_is_the_last_try_without_the_answer(void **state)
{
    (void)state;
    struct journal_row row = row_with(
        "{\"kind\":\"timeout\",\"message\":\"m\",\"answer\":\"long\","
        "\"tries\":[{\"kind\":\"tls\"}]}");
    json_t *tries = tries_of(&row);
    assert_int_equal(json_array_size(tries), 2);
    json_t *last = json_array_get(tries, 1);
    assert_string_equal(json_get_text(json_array_get(tries, 0), "kind"), "tls");
    assert_string_equal(json_get_text(last, "kind"), "timeout");
    assert_string_equal(json_get_text(last, "at"), "2025-11-24T16:00:01.000Z");
    assert_null(json_object_get(last, "answer"));
    assert_null(json_object_get(last, "tries"));
    json_decref(tries);
}

static void a_try_that_never_ended_is_told_with_its_beginning(void **state)
{
    (void)state;
    struct journal_row row = row_with("{\"kind\":\"unknown\"}");
    row.ended_us = 0;
    json_t *tries = tries_of(&row);
    assert_string_equal(json_get_text(json_array_get(tries, 0), "at"), "2025-11-24T16:00:00.000Z");
    json_decref(tries);
}

/* Does what a step that fails again and again does with its row. */
static void many_tries_are_cut_to_the_last_ones_and_their_messages(void **state)
{
    (void)state;
    struct journal_row row = row_with(NULL);
    json_t *tries = NULL;
    for (int i = 0; i < TRIES_MAX + 3; i++) {
        char message[TRIES_MESSAGE * 2];
        memset(message, 'a' + i, sizeof message);
        message[sizeof message - 1] = '\0';
        json_t *v = json_pack("{s:s, s:s}", "kind", "timeout", "message", message);
        if (tries != NULL) {
            json_object_set_new(v, "tries", tries);
        }
        size_t len;
        free(row.error);
        row.error = json_text(v, &len);
        json_decref(v);
        tries = tries_of(&row);
    }
    assert_int_equal(json_array_size(tries), TRIES_MAX);
    const char *first = json_get_text(json_array_get(tries, 0), "message");
    assert_int_equal(strlen(first), TRIES_MESSAGE);
    assert_int_equal(first[0], 'a' + 3);
    json_decref(tries);
    free(row.error);
}

static void what_is_no_json_object_tells_of_none(void **state)
{
    (void)state;
    const char *const wrong[] = { "{", "[]", "7", "\"text\"", "" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct journal_row row = row_with(wrong[i]);
        assert_null(tries_of(&row));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_without_an_error_tells_of_none),
        cmocka_unit_test(the_error_of_the_row_is_the_last_try_without_the_answer),
        cmocka_unit_test(a_try_that_never_ended_is_told_with_its_beginning),
        cmocka_unit_test(many_tries_are_cut_to_the_last_ones_and_their_messages),
        cmocka_unit_test(what_is_no_json_object_tells_of_none),
    };
    return cmocka_run_group_tests_name("store/tries", tests, NULL, NULL);
}
