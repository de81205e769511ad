/* How old private tokens are, and when somebody is reminded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/token_age.h"

static const int64_t day = 86400LL * 1000 * 1000;
static const int64_t now = 200 * (86400LL * 1000 * 1000);

static int64_t wall(void *ud)
{
    return now;
}

/* The rows of names that end with NULL; each is `days` older than the one before. */
static struct secret_list *rows_of(const char *const *names, int64_t days)
{
    struct secret_list *l = secret_list_new("");
    l->names = xcalloc(8, sizeof *l->names);
    l->updated_us = xcalloc(8, sizeof *l->updated_us);
    for (; names[l->count] != NULL; l->count++) {
        l->names[l->count] = xstrdup(names[l->count]);
        l->updated_us[l->count] = now - (int64_t)(l->count + 1) * days * day;
    }
    return l;
}

static void ages_of(const char *config, const struct secret_list *rows, struct token_age out[2])
{
    json_t *v = json_parse(config, strlen(config), NULL);
    assert_non_null(v);
    token_ages("crm", v, NULL, rows, out);
    json_decref(v);
}

static void stored_tokens_are_as_old_as_their_rows(void **state)
{
    struct secret_list *rows =
        rows_of((const char *const[]){ "token-next:crm", "token:crm", "token:crm2", NULL }, 50);
    struct token_age a[2];
    ages_of("{\"auth\":\"token\"}", rows, a);
    assert_true(a[0].is_used && a[1].is_there && !a[1].is_used);
    assert_int_equal(token_age_days(&a[0]), 100);
    assert_int_equal(token_age_days(&a[1]), 50);
    secret_list_free(rows);
}

static void oauth_tokens_have_no_age(void **state)
{
    struct secret_list *rows = rows_of((const char *const[]){ "token:crm", NULL }, 100);
    struct token_age a[2];
    ages_of("{\"auth\":\"oauth\"}", rows, a);
    assert_false(a[0].is_there || a[1].is_there);
    assert_null(token_age_advice("crm", a));
    secret_list_free(rows);
}

static void tokens_from_secrets_are_as_old_as_these(void **state)
{
    static const char config[] = "{\"token\":{\"secret\":\"x\"},\"token_next\":{\"secret\":\"y\"}}";
    struct secret_list *rows = rows_of((const char *const[]){ "user:y", "user:x", NULL }, 10);
    struct token_age a[2];
    ages_of(config, rows, a);
    assert_true(a[0].is_used && !a[1].is_used);
    assert_int_equal(token_age_days(&a[0]), 20);
    secret_list_free(rows);
    rows = rows_of((const char *const[]){ "token-refused:crm", "user:y", "user:x", NULL }, 10);
    ages_of(config, rows, a);
    assert_true(!a[0].is_used && a[1].is_used);
    assert_int_equal(token_age_days(&a[1]), 20);
    secret_list_free(rows);
}

static void a_token_from_the_environment_has_no_known_age(void **state)
{
    struct secret_list *rows = rows_of((const char *const[]){ NULL }, 1);
    struct token_age a[2];
    ages_of("{\"token\":\"given-by-the-environment\"}", rows, a);
    assert_true(a[0].is_used);
    assert_int_equal(token_age_days(&a[0]), -1);
    assert_null(token_age_advice("crm", a));
    secret_list_free(rows);
}

static void advice_comes_with_ninety_days(void **state)
{
    struct token_age a[2] = { { .is_there = true, .is_used = true, .stored_us = now - 89 * day } };
    assert_null(token_age_advice("crm", a));
    a[0].stored_us = now - 90 * day;
    char *advice = token_age_advice("crm", a);
    assert_non_null(advice);
    assert_non_null(strstr(advice, "90 days"));
    assert_non_null(strstr(advice, "ladle connect crm --token - --next"));
    free(advice);
    a[1] = (struct token_age){ .is_there = true, .stored_us = now };
    advice = token_age_advice("crm", a);
    assert_non_null(strstr(advice, "remove the old one"));
    free(advice);
}

int main(void)
{
    static const struct clock still = { .wall_us = wall };
    clock_replace(&still);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_tokens_are_as_old_as_their_rows),
        cmocka_unit_test(oauth_tokens_have_no_age),
        cmocka_unit_test(tokens_from_secrets_are_as_old_as_these),
        cmocka_unit_test(a_token_from_the_environment_has_no_known_age),
        cmocka_unit_test(advice_comes_with_ninety_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
