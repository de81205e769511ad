/* Events that are effects of the engine's own, and how many runs they may start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/echoes.h"

#define SECOND INT64_C(1000000)

static int up(void **state)
{
    *state = echoes_new();
    return 0;
}

static int down(void **state)
{
    echoes_free(*state);
    return 0;
}

static void assert_found(struct echoes *all, const char *event, const char *payload, int64_t now_us,
                         const char *id)
{
    json_t *v = json_parse(payload, strlen(payload), NULL);
    assert_non_null(v);
    const char *found = echoes_find(all, "crm", event, v, now_us);
    if (id == NULL) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_string_equal(found, id);
    }
    json_decref(v);
}

static void an_event_about_what_a_call_changed_is_an_echo(void **state)
{
    struct echoes *all = *state;
    assert_found(all, "contact_updated", "{\"id\":\"c1\"}", SECOND, NULL);
    echoes_note(all, "crm", "contact_updated", "c1", SECOND);
    assert_found(all, "contact_updated", "{\"type\":\"x\",\"id\":\"c1\"}", SECOND, "c1");
    assert_found(all, "contact_updated", "{\"contactId\":\"c1\"}", SECOND, "c1");
    assert_found(all, "contact_updated", "{\"visit\":{\"contact_id\":\"c1\"}}", SECOND, "c1");
    assert_found(all, "contact_updated", "{\"id\":\"c2\",\"name\":\"c1\"}", SECOND, NULL);
    assert_found(all, "contact_updated", "{\"a\":{\"b\":{\"id\":\"c1\"}}}", SECOND, NULL);
    assert_found(all, "contact_created", "{\"id\":\"c1\"}", SECOND, NULL);
    json_t *payload = json_pack("{s:s}", "id", "c1");
    assert_null(echoes_find(all, "other", "contact_updated", payload, SECOND));
    json_decref(payload);
}

static void an_account_of_an_agency_counts_under_its_name(void **state)
{
    echoes_note(*state, "crm/loc-1", "contact_updated", "c1", SECOND);
    assert_found(*state, "contact_updated", "{\"id\":\"c1\"}", SECOND, "c1");
}

static void a_call_is_forgotten_after_a_minute(void **state)
{
    echoes_note(*state, "crm", "contact_updated", "c1", SECOND);
    assert_found(*state, "contact_updated", "{\"id\":\"c1\"}", 60 * SECOND, "c1");
    assert_found(*state, "contact_updated", "{\"id\":\"c1\"}", 61 * SECOND, NULL);
    echoes_note(*state, "crm", "contact_updated", "c1", 62 * SECOND);
    echoes_note(*state, "crm", "contact_updated", "c1", 100 * SECOND);
    assert_found(*state, "contact_updated", "{\"id\":\"c1\"}", 140 * SECOND, "c1");
}

static void the_oldest_calls_go_where_there_are_too_many(void **state)
{
    char id[32];
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(id, sizeof id, "c%d", i);
        echoes_note(*state, "crm", "contact_updated", id, SECOND + i);
    }
    assert_found(*state, "contact_updated", "{\"id\":\"c0\"}", 2 * SECOND, NULL);
    assert_found(*state, "contact_updated", "{\"id\":\"c4999\"}", 2 * SECOND, "c4999");
}

static void only_so_many_runs_of_one_key_are_let_in(void **state)
{
    for (int i = 0; i < ECHOES_MAX; i++) {
        assert_true(echoes_admit(*state, "r", "c1", SECOND * (i + 1)));
    }
    assert_false(echoes_admit(*state, "r", "c1", 21 * SECOND));
    assert_false(echoes_admit(*state, "r", "c1", 60 * SECOND));
    assert_true(echoes_admit(*state, "r", "c2", 60 * SECOND));
    assert_true(echoes_admit(*state, "other", "c1", 60 * SECOND));
}

/* The window slides: the first of the twenty is a minute old, the second is not. */
static void runs_are_let_in_again_as_the_minute_goes_on(void **state)
{
    for (int i = 0; i < ECHOES_MAX; i++) {
        assert_true(echoes_admit(*state, "r", "c1", SECOND * (i + 1)));
    }
    assert_true(echoes_admit(*state, "r", "c1", 61 * SECOND));
    assert_false(echoes_admit(*state, "r", "c1", 61 * SECOND));
    assert_true(echoes_admit(*state, "r", "c1", 62 * SECOND));
}

static void slow_runs_are_never_held_back(void **state)
{
    for (int i = 0; i < 10 * ECHOES_MAX; i++) {
        assert_true(echoes_admit(*state, "r", "c1", SECOND + i * 3 * SECOND));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_about_what_a_call_changed_is_an_echo),
        TEST(an_account_of_an_agency_counts_under_its_name),
        TEST(a_call_is_forgotten_after_a_minute),
        TEST(the_oldest_calls_go_where_there_are_too_many),
        TEST(only_so_many_runs_of_one_key_are_let_in),
        TEST(runs_are_let_in_again_as_the_minute_goes_on),
        TEST(slow_runs_are_never_held_back),
    };
    return cmocka_run_group_tests_name("echoes", tests, NULL, NULL);
}
