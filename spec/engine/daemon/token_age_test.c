/* How old private tokens are, and when somebody is reminded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "daemon/token_age.h"
#include "project/catalogue.h"

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

/* --- the reminder --- */

static int64_t now_us, mono_us;

static int64_t moving_wall(void *ud)
{
    return now_us;
}

static int64_t moving_mono(void *ud)
{
    return mono_us;
}

static void same_bytes(void *ud, void *out, size_t len)
{
    memset(out, 7, len);
}

static void store_token(struct store *s)
{
    struct err e = ERR_INIT;
    struct secret_put *put = secret_put_new("token:crm", (uint8_t *)xstrdup("sealed"), 6);
    assert_int_equal(store_exec(s, &put->op, &e), 0);
    secret_put_free(put);
}

/* Turns the loop until the gauge says so many days. */
static void await_days(struct loop *l, int64_t days)
{
    struct metric *m = metrics_gauge("ladle_token_age_days", "", "connection", "crm");
    while (metric_value(m) != days) {
        loop_turn(l, true);
    }
}

static void the_engine_looks_every_day_and_tells_of_an_old_token(void **state)
{
    static const struct clock moving = { moving_wall, moving_mono, same_bytes, NULL };
    char folder[] = "/tmp/ladle-age-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *url = xasprintf("sqlite:%s/ladle.db", folder);
    struct err e = ERR_INIT;
    now_us = now;
    clock_replace(&moving);
    struct catalogue *c = catalogue_new(folder);
    struct project p = { .folder = folder,
                         .hooks = catalogue_hooks(c),
                         .connections = json_pack("{s:{s:s, s:s}}", "crm", "connector", "highlevel",
                                                  "auth", "token") };
    struct loop *l = loop_new();
    struct store *s = store_open(&(struct store_opts){ .url = url, .folder = folder }, &e);
    assert_non_null(s);
    store_token(s);
    assert_int_equal(store_start(s, l, NULL, NULL, &e), 0);
    struct token_reminder *r = token_reminder_new(l, s, &p);
    assert_int_equal(fault_arm("store.read=fail", &e),
                     0); /* the first look is made again at once */
    token_reminder_start(r);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    log_to(fds[1]);
    for (int64_t days = 89; days <= 91; days++) {
        now_us = now + days * day;
        mono_us += day;
        await_days(l, days);
    }
    log_to(STDERR_FILENO);
    char said[2000];
    ssize_t len = read(fds[0], said, sizeof said - 1);
    assert_true(len > 0);
    said[len] = '\0';
    assert_null(strstr(said, "89 days"));
    assert_non_null(strstr(said, "the token is 90 days old"));
    assert_non_null(strstr(said, "the token is 91 days old"));
    fault_disarm();
    token_reminder_quiesce(r);
    assert_true(token_reminder_is_idle(r));
    token_reminder_free(r);
    store_close(s);
    loop_free(l);
    json_decref(p.connections);
    catalogue_free(c);
    metrics_reset();
    (void)close(fds[0]);
    (void)close(fds[1]);
    char *command = xasprintf("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(url);
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
        cmocka_unit_test(the_engine_looks_every_day_and_tells_of_an_old_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
