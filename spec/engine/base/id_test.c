/* Ids: the shape of UUIDv7, their order, their text. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/id.h"

static int64_t now_us;

static int64_t fixed_time(void *ud)
{
    return now_us;
}

static void ones(void *ud, void *out, size_t len)
{
    memset(out, 0xff, len);
}

static const struct clock fixed = { fixed_time, fixed_time, ones, NULL };

static int put_back(void **state)
{
    clock_replace(NULL);
    return 0;
}

static void an_id_has_version_7_and_the_rfc_variant(void **state)
{
    for (int i = 0; i < 1000; i++) {
        struct id id = id_new();
        assert_int_equal(id.bytes[6] >> 4, 7);
        assert_int_equal(id.bytes[8] >> 6, 2);
        assert_false(id_is_zero(&id));
    }
}

static void an_id_holds_its_time(void **state)
{
    int64_t before = clock_wall_us() / 1000;
    struct id id = id_new();
    assert_true(id_time_ms(&id) >= before);
    assert_true(id_time_ms(&id) <= clock_wall_us() / 1000 + 10);
}

/* RFC 9562, A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F is 2022-02-22 14:22:22 in UTC-5. */
static void the_example_of_the_rfc_reads_as_its_time(void **state)
{
    struct id id;
    assert_int_equal(id_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 36, &id), 0);
    assert_int_equal(id_time_ms(&id), INT64_C(1645557742000));
    char text[ID_TEXT + 1];
    id_format(&id, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void ids_sort_in_the_order_they_were_made_while_the_clock_stands(void **state)
{
    now_us = clock_wall_us() + INT64_C(3600000000);
    clock_replace(&fixed);
    struct id last = id_new();
    for (int i = 0; i < 10000; i++) {
        struct id id = id_new();
        assert_true(id_cmp(&last, &id) < 0);
        last = id;
    }
}

static void ids_sort_in_the_order_they_were_made_when_the_clock_steps_back(void **state)
{
    now_us = clock_wall_us() + INT64_C(7200000000);
    clock_replace(&fixed);
    struct id first = id_new();
    now_us -= INT64_C(3600000000);
    struct id second = id_new();
    assert_true(id_cmp(&first, &second) < 0);
}

static void text_reads_back(void **state)
{
    for (int i = 0; i < 100; i++) {
        struct id id = id_new();
        struct id back;
        char text[ID_TEXT + 1];
        id_format(&id, text);
        assert_int_equal(strlen(text), ID_TEXT);
        assert_int_equal(id_parse(text, ID_TEXT, &back), 0);
        assert_int_equal(id_cmp(&id, &back), 0);
    }
}

static void what_is_no_id_is_refused(void **state)
{
    struct id id;
    assert_int_equal(id_parse("", 0, &id), -1);
    assert_int_equal(id_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398", 35, &id), -1);
    assert_int_equal(id_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", 37, &id), -1);
    assert_int_equal(id_parse("017f22e2079b0-7cc3-98c4-dc0c0c07398f", 36, &id), -1);
    assert_int_equal(id_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398g", 36, &id), -1);
    assert_int_equal(id_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0", 36, &id), -1);
}

static void zero_is_told_from_all_others(void **state)
{
    struct id zero = { { 0 } };
    assert_true(id_is_zero(&zero));
    zero.bytes[15] = 1;
    assert_false(id_is_zero(&zero));
}

enum { PER_THREAD = 20000, THREADS = 4 };

static void *make_many(void *ud)
{
    struct id *out = ud;
    for (int i = 0; i < PER_THREAD; i++) {
        out[i] = id_new();
    }
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    return id_cmp(a, b);
}

static void ids_of_several_threads_are_all_different(void **state)
{
    struct id *all = calloc((size_t)PER_THREAD * THREADS, sizeof(*all));
    assert_non_null(all);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, all + i * PER_THREAD), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    qsort(all, (size_t)PER_THREAD * THREADS, sizeof(*all), by_id);
    for (int i = 1; i < PER_THREAD * THREADS; i++) {
        assert_true(id_cmp(&all[i - 1], &all[i]) < 0);
        /* Also in the first eight bytes: the counter alone keeps them apart. */
        assert_memory_not_equal(all[i - 1].bytes, all[i].bytes, 8);
    }
    free(all);
}

static void the_short_form_is_the_end_of_the_text(void **state)
{
    struct id id = id_new();
    char text[ID_TEXT + 1], end[ID_SHORT + 1];
    id_format(&id, text);
    id_format_short(&id, end);
    assert_string_equal(end, text + ID_TEXT - ID_SHORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_form_is_the_end_of_the_text),
        cmocka_unit_test(an_id_has_version_7_and_the_rfc_variant),
        cmocka_unit_test(an_id_holds_its_time),
        cmocka_unit_test(the_example_of_the_rfc_reads_as_its_time),
        cmocka_unit_test(text_reads_back),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(zero_is_told_from_all_others),
        cmocka_unit_test(ids_of_several_threads_are_all_different),
        cmocka_unit_test_teardown(ids_sort_in_the_order_they_were_made_while_the_clock_stands,
                                  put_back),
        cmocka_unit_test_teardown(ids_sort_in_the_order_they_were_made_when_the_clock_steps_back,
                                  put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
