/* The map: against a plain array as a model, with removal while walking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/map.h"

static int64_t no_time(void *ud)
{
    return 0;
}

/* The same bytes for every map: 0, 1, 2 … */
static void counting(void *ud, void *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        ((unsigned char *)out)[i] = (unsigned char)i;
    }
}

static void what_is_put_is_found_until_it_is_removed(void **state)
{
    struct map *m = map_new();
    int a;
    int b;
    assert_null(map_get(m, "a"));
    assert_null(map_put(m, "a", &a));
    assert_ptr_equal(map_get(m, "a"), &a);
    assert_ptr_equal(map_put(m, "a", &b), &a);
    assert_ptr_equal(map_get(m, "a"), &b);
    assert_int_equal(map_len(m), 1);
    assert_ptr_equal(map_remove(m, "a"), &b);
    assert_null(map_remove(m, "a"));
    assert_null(map_get(m, "a"));
    assert_int_equal(map_len(m), 0);
    map_free(m, NULL);
    map_free(NULL, NULL);
}

static void keys_are_copied_and_the_empty_key_is_a_key(void **state)
{
    struct map *m = map_new();
    char key[] = "key";
    int a;
    int b;
    map_put(m, key, &a);
    map_put(m, "", &b);
    key[0] = 'x';
    assert_ptr_equal(map_get(m, "key"), &a);
    assert_ptr_equal(map_get(m, ""), &b);
    assert_ptr_equal(map_get_n(m, "key and more", 3), &a);
    assert_null(map_get_n(m, "key", 2));
    map_free(m, NULL);
}

/* A linear congruential generator: the same steps in every run. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void a_long_random_history_agrees_with_a_model(void **state)
{
    enum { KEYS = 700, STEPS = 100000 };
    static char marks[KEYS];
    void *model[KEYS] = { 0 };
    size_t count = 0;
    uint32_t seed = 1;
    struct map *m = map_new();
    for (int i = 0; i < STEPS; i++) {
        uint32_t k = next(&seed) % KEYS;
        char key[32];
        snprintf(key, sizeof key, "key-%u", k);
        assert_ptr_equal(map_get(m, key), model[k]);
        if (next(&seed) % 2 == 0) {
            assert_ptr_equal(map_remove(m, key), model[k]);
            count -= model[k] != NULL;
            model[k] = NULL;
        } else {
            count += model[k] == NULL;
            assert_ptr_equal(map_put(m, key, &marks[k]), model[k]);
            model[k] = &marks[k];
        }
        assert_int_equal(map_len(m), count);
    }
    map_free(m, NULL);
}

static void a_walk_meets_each_key_once(void **state)
{
    struct map *m = map_new();
    int seen[300] = { 0 };
    for (int i = 0; i < 300; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        map_put(m, key, &seen[i]);
    }
    size_t pos = 0;
    const char *key;
    void *value;
    while (map_next(m, &pos, &key, &value)) {
        (*(int *)value)++;
        assert_ptr_equal(&seen[strtol(key, NULL, 10)], value);
    }
    for (int i = 0; i < 300; i++) {
        assert_int_equal(seen[i], 1);
    }
    map_free(m, NULL);
}

static void a_walk_may_remove_the_key_it_stands_on(void **state)
{
    struct map *m = map_new();
    int value;
    for (int i = 0; i < 100; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        map_put(m, key, &value);
    }
    size_t pos = 0;
    size_t met = 0;
    const char *key;
    while (map_next(m, &pos, &key, NULL)) {
        met++;
        char copy[16];
        snprintf(copy, sizeof copy, "%s", key);
        assert_ptr_equal(map_remove(m, copy), &value);
    }
    assert_int_equal(met, 100);
    assert_int_equal(map_len(m), 0);
    map_free(m, NULL);
}

static void freeing_hands_over_each_value(void **state)
{
    struct map *m = map_new();
    map_put(m, "a", malloc(10));
    map_put(m, "b", malloc(10));
    free(map_put(m, "b", malloc(20)));
    free(map_remove(m, "a"));
    map_free(m, free);
}

static void the_order_of_a_walk_comes_from_the_seed(void **state)
{
    const struct clock seeded = { no_time, no_time, counting, NULL };
    char order[2][64] = { "", "" };
    clock_replace(&seeded);
    for (int round = 0; round < 2; round++) {
        struct map *m = map_new();
        int value;
        for (const char *c = "abcdefghij"; *c != '\0'; c++) {
            map_put(m, (char[]){ *c, '\0' }, &value);
        }
        size_t pos = 0;
        const char *key;
        while (map_next(m, &pos, &key, NULL)) {
            strncat(order[round], key, 1);
        }
        map_free(m, NULL);
    }
    clock_replace(NULL);
    assert_int_equal(strlen(order[0]), 10);
    assert_string_equal(order[0], order[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found_until_it_is_removed),
        cmocka_unit_test(keys_are_copied_and_the_empty_key_is_a_key),
        cmocka_unit_test(a_long_random_history_agrees_with_a_model),
        cmocka_unit_test(a_walk_meets_each_key_once),
        cmocka_unit_test(a_walk_may_remove_the_key_it_stands_on),
        cmocka_unit_test(freeing_hands_over_each_value),
        cmocka_unit_test(the_order_of_a_walk_comes_from_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
