/* Zone files: real ones of the system, and hostile ones made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/days.h"
#include "format/date.h"

#define US INT64_C(1000000)

static char folder[] = "/tmp/zone_test_XXXXXX";

static int forget(void **state)
{
    zone_forget_all();
    unsetenv("LADLE_ZONEINFO");
    return 0;
}

static int64_t utc(int year, int month, int day, int hour)
{
    return (days_from_date(year, month, day) * 86400 + hour * 3600) * US;
}

static int offset_in(const char *name, int64_t wall_us)
{
    struct err e = ERR_INIT;
    const struct zone *z = zone_get(name, &e);
    if (z == NULL) {
        fail_msg("%s", e.message);
    }
    return zone_offset_s(z, wall_us);
}

static void known_zones_have_their_offsets(void **state)
{
    assert_int_equal(offset_in("Europe/Amsterdam", utc(2026, 1, 1, 0)), 3600);
    assert_int_equal(offset_in("Europe/Amsterdam", utc(2026, 7, 1, 0)), 7200);
    assert_int_equal(offset_in("America/New_York", utc(2026, 7, 1, 0)), -14400);
    assert_int_equal(offset_in("Asia/Kolkata", utc(2026, 7, 1, 0)), 19800);
    assert_int_equal(offset_in("Australia/Lord_Howe", utc(2026, 1, 1, 0)), 39600);
    assert_int_equal(offset_in("UTC", utc(2026, 7, 1, 0)), 0);
    assert_int_equal(offset_in("Etc/GMT+5", utc(2026, 7, 1, 0)), -18000);
    assert_int_equal(zone_offset_s(NULL, 0), 0);
}

static void a_change_happens_at_its_second(void **state)
{
    int64_t change = utc(2026, 3, 29, 1);
    assert_int_equal(offset_in("Europe/Amsterdam", change - 1), 3600);
    assert_int_equal(offset_in("Europe/Amsterdam", change), 7200);
    change = utc(2060, 10, 31, 1);
    assert_int_equal(offset_in("Europe/Amsterdam", change - 1), 7200);
    assert_int_equal(offset_in("Europe/Amsterdam", change), 3600);
}

static void the_far_future_follows_the_rule_in_the_footer(void **state)
{
    assert_int_equal(offset_in("Europe/Amsterdam", utc(2500, 1, 1, 0)), 3600);
    assert_int_equal(offset_in("Europe/Amsterdam", utc(2500, 7, 1, 0)), 7200);
    /* The south: summer time runs over the turn of the year. */
    assert_int_equal(offset_in("Australia/Sydney", utc(2500, 1, 1, 0)), 39600);
    assert_int_equal(offset_in("Australia/Sydney", utc(2500, 7, 1, 0)), 36000);
    /* No summer time at all. */
    assert_int_equal(offset_in("Asia/Tokyo", utc(2500, 7, 1, 0)), 32400);
    /* "<-02>2<-01>,M3.5.0/-1,M10.5.0/0": a negative time of day. */
    assert_int_equal(offset_in("America/Nuuk", utc(2500, 7, 1, 0)), -3600);
    /* Winter time as "daylight saving" below the standard: Europe/Dublin. */
    assert_int_equal(offset_in("Europe/Dublin", utc(2500, 1, 1, 0)), 0);
    assert_int_equal(offset_in("Europe/Dublin", utc(2500, 7, 1, 0)), 3600);
}

static void the_distant_past_has_the_first_offset(void **state)
{
    int early = offset_in("Europe/Berlin", utc(1800, 1, 1, 0));
    assert_int_equal(early, 3208);
    assert_int_equal(offset_in("Europe/Berlin", INT64_MIN), early);
}

static void a_zone_is_read_once(void **state)
{
    const struct zone *z = zone_get("Europe/Amsterdam", NULL);
    assert_non_null(z);
    assert_ptr_equal(zone_get("Europe/Amsterdam", NULL), z);
}

static void names_cannot_leave_the_folder(void **state)
{
    static const char *const wrong[] = {
        "",
        "/etc/passwd",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "Europe//Amsterdam",
        "./UTC",
        "UTC/",
        "Europe/Amsterdam\n",
        "Euröpe",
        "a b",
        "~",
        "Europe\\Amsterdam",
        "%2e%2e",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err e = ERR_INIT;
        assert_null(zone_get(wrong[i], &e));
        assert_int_equal(e.kind, ERR_CONFIG);
    }
}

static void what_is_no_zone_is_named_in_the_error(void **state)
{
    struct err e = ERR_INIT;
    assert_null(zone_get("Europe/Amsterdm", &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "Europe/Amsterdm"));
    assert_null(zone_get("Europe", &e)); /* a folder */
    assert_null(zone_get("tzdata", NULL));
}

/* --- made files --- */

struct image {
    unsigned char bytes[4096];
    size_t len;
};

static void put(struct image *im, const void *data, size_t len)
{
    assert_true(im->len + len <= sizeof im->bytes);
    memcpy(im->bytes + im->len, data, len);
    im->len += len;
}

static void put_number(struct image *im, int64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--) {
        unsigned char byte = (unsigned char)((uint64_t)value >> (8 * i));
        put(im, &byte, 1);
    }
}

static void put_header(struct image *im, int times, int types)
{
    static const unsigned char zeros[15];
    put(im, "TZif2", 5);
    put(im, zeros, 15);
    const int counts[] = { 0, 0, 0, times, types, 4 };
    for (int i = 0; i < 6; i++) {
        put_number(im, counts[i], 4);
    }
}

/* One type without transitions, and a rule. */
static struct image image_of(const char *rule)
{
    struct image im = { .len = 0 };
    for (int size = 4; size <= 8; size += 4) {
        put_header(&im, 0, 1);
        put_number(&im, 3600, 4);
        put(&im,
            "\0\0"
            "AAA",
            6);
    }
    put(&im, "\n", 1);
    put(&im, rule, strlen(rule));
    put(&im, "\n", 1);
    return im;
}

/* Writes the file of the zone "Made" anew, as an update of the system does: a new file takes the
 * place of the old one. */
static void write_made(const void *data, size_t len)
{
    char path[64], fresh[64];
    snprintf(path, sizeof path, "%s/Made", folder);
    snprintf(fresh, sizeof fresh, "%s/Made.new", folder);
    FILE *f = fopen(fresh, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
    assert_int_equal(rename(fresh, path), 0);
}

/* Writes it as the zone "Made" and forgets what was read before. */
static const struct zone *made(const void *data, size_t len, struct err *e)
{
    write_made(data, len);
    zone_forget_all();
    setenv("LADLE_ZONEINFO", folder, 1);
    return zone_get("Made", e);
}

static const struct zone *made_rule(const char *rule)
{
    struct image im = image_of(rule);
    return made(im.bytes, im.len, NULL);
}

static void rules_of_every_form_are_read(void **state)
{
    const struct zone *z = made_rule("AAA-1BBB,J60/0,J300/0");
    assert_int_equal(zone_offset_s(z, utc(2028, 2, 29, 22)), 3600); /* J60 is always 1 March */
    assert_int_equal(zone_offset_s(z, utc(2028, 2, 29, 23)), 7200);
    z = made_rule("AAA-1BBB-3,59/0,300/0");
    assert_int_equal(zone_offset_s(z, utc(2028, 2, 28, 22)), 3600); /* day 59 is 29 February */
    assert_int_equal(zone_offset_s(z, utc(2028, 2, 28, 23)), 10800);
    assert_int_equal(zone_offset_s(z, utc(2027, 2, 28, 22)), 3600); /* and 1 March otherwise */
    assert_int_equal(zone_offset_s(z, utc(2027, 2, 28, 23)), 10800);
    z = made_rule("<+0530>-5:30");
    assert_int_equal(zone_offset_s(z, 0), 19800);
    z = made_rule("AAA0:00:30");
    assert_int_equal(zone_offset_s(z, 0), -30);
    z = made_rule("");
    assert_int_equal(zone_offset_s(z, 0), 3600); /* only the type of the file */
}

/* RFC 8536, 3.3.1: summer time that ends as it begins. */
static void summer_time_may_last_all_year(void **state)
{
    const struct zone *z = made_rule("XXX3EDT4,0/0,J365/23");
    assert_non_null(z);
    for (int hour = -48; hour < 48; hour++) {
        assert_int_equal(zone_offset_s(z, utc(2030, 1, 1, hour)), -14400);
    }
}

static void broken_rules_are_refused(void **state)
{
    static const char *const wrong[] = {
        "A1",
        "AAA",
        "AAA-1BBB",
        "AAA-1BBB,M3",
        "AAA-1BBB,M13.1.0,M10.5.0",
        "AAA-1BBB,M3.6.0,M10.5.0",
        "AAA-1BBB,M3.5.7,M10.5.0",
        "AAA-1BBB,M3.5.0",
        "AAA-1BBB,M3.5.0,M10.5.0x",
        "<AAA-1",
        "AAA25",
        "AAA-1BBB,J0,J5",
        "AAA-1BBB,J366,J5",
        "AAA-1BBB,M3.5.0/168,M10.5.0",
        "AAA-1:60",
        "AAA-99999999",
        "AAA-1BBB,M0.5.0,M10.5.0",
        "AAA-1BBB,M3.0.0,M10.5.0",
        "AAA-1BBB,366,3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (made_rule(wrong[i]) != NULL) {
            fail_msg("\"%s\" was accepted", wrong[i]);
        }
    }
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    struct image im = image_of("AAA-1BBB,M3.5.0,M10.5.0");
    assert_non_null(made(im.bytes, im.len, NULL));
    for (size_t len = 0; len < im.len; len++) {
        struct err e = ERR_INIT;
        assert_null(made(im.bytes, len, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
    }
}

/* Real bytes with each one changed: refused or read, never a crash. */
static void a_file_with_any_byte_changed_is_survived(void **state)
{
    static unsigned char bytes[8192];
    FILE *f = fopen("/usr/share/zoneinfo/Asia/Tokyo", "r");
    assert_non_null(f);
    size_t len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t i = 0; i < len; i++) {
        static const unsigned char changes[] = { 0xff, 0x80, 0x01 };
        for (size_t j = 0; j < 3; j++) {
            bytes[i] ^= changes[j];
            const struct zone *z = made(bytes, len, NULL);
            for (int year = 1800; z != NULL && year < 2200; year += 40) {
                int offset = zone_offset_s(z, utc(year, 6, 1, 0));
                assert_true(offset > -27 * 3600 && offset < 27 * 3600);
            }
            bytes[i] ^= changes[j];
        }
    }
}

static void transitions_that_do_not_rise_are_refused(void **state)
{
    struct image im = { .len = 0 };
    put_header(&im, 0, 1);
    put_number(&im, 0, 4);
    put(&im,
        "\0\0"
        "AAA",
        6);
    put_header(&im, 2, 1);
    put_number(&im, 1000, 8);
    put_number(&im, 1000, 8);
    put(&im, "\0\0", 2);
    put_number(&im, 0, 4);
    put(&im,
        "\0\0"
        "AAA",
        6);
    put(&im, "\n\n", 2);
    assert_null(made(im.bytes, im.len, NULL));
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    char *big = calloc(1, 300 * 1024);
    struct image im = image_of("AAA-1");
    memcpy(big, im.bytes, im.len);
    assert_null(made(big, 300 * 1024, NULL));
    free(big);
}

/* --- changes of the clocks --- */

static void changes_of_the_clocks_are_found_one_after_another(void **state)
{
    const struct zone *z = zone_get("Europe/Amsterdam", NULL);
    int64_t spring = utc(2026, 3, 29, 1);
    int64_t autumn = utc(2026, 10, 25, 1);
    assert_int_equal(zone_next_change_us(z, utc(2026, 1, 1, 0)), spring);
    assert_int_equal(zone_next_change_us(z, spring - 1), spring);
    assert_int_equal(zone_next_change_us(z, spring), autumn);
    /* By the rule in the footer, long after the last transition of the file. */
    assert_int_equal(zone_next_change_us(z, utc(2500, 1, 1, 0)), utc(2500, 3, 28, 1));
    /* Over the turn of the year in the south. */
    z = zone_get("Australia/Sydney", NULL);
    assert_int_equal(zone_next_change_us(z, utc(2499, 12, 31, 23)), utc(2500, 4, 3, 16));
}

static void a_transition_that_moves_no_clock_is_no_change(void **state)
{
    /* In 1945 the war time of New York became peace time: another name for the same offset. */
    const struct zone *z = zone_get("America/New_York", NULL);
    assert_int_equal(zone_next_change_us(z, utc(1945, 1, 1, 0)), utc(1945, 9, 30, 6));
}

static void a_zone_without_rule_has_a_last_change(void **state)
{
    const struct zone *z = zone_get("Asia/Tokyo", NULL);
    assert_int_equal(zone_next_change_us(z, utc(2026, 1, 1, 0)), INT64_MAX);
    assert_int_equal(zone_next_change_us(NULL, 0), INT64_MAX);
    assert_int_equal(zone_next_change_us(z, INT64_MAX), INT64_MAX);
    assert_true(zone_next_change_us(z, INT64_MIN) < utc(1900, 1, 1, 0));
    /* Summer time that lasts all year never changes. */
    z = made_rule("XXX3EDT4,0/0,J365/23");
    assert_int_equal(zone_next_change_us(z, utc(2030, 1, 1, 0)), INT64_MAX);
}

/* --- files that change --- */

static size_t reload(int expected_rc, struct err *e)
{
    size_t changed = 99;
    assert_int_equal(zone_reload_if_changed(&changed, e), expected_rc);
    return changed;
}

static void write_rule(const char *rule)
{
    struct image im = image_of(rule);
    write_made(im.bytes, im.len);
}

static void a_zone_whose_file_changed_tells_what_the_file_says_now(void **state)
{
    struct err e = ERR_INIT;
    const struct zone *z = made_rule("AAA-1");
    assert_int_equal(reload(0, &e), 0);
    write_rule("AAA-2");
    assert_int_equal(zone_offset_s(z, 0), 3600);
    assert_int_equal(reload(0, &e), 1);
    assert_int_equal(zone_offset_s(z, 0), 7200);
    assert_ptr_equal(zone_get("Made", NULL), z);
    assert_int_equal(reload(0, &e), 0);
    write_rule("AAA-2");
    assert_int_equal(reload(0, &e), 0); /* another file that says the same */
}

static void a_zone_file_that_breaks_leaves_the_zone_as_it_was(void **state)
{
    struct err e = ERR_INIT;
    const struct zone *z = made_rule("AAA-1");
    write_made("TZif", 4);
    assert_int_equal(reload(-1, &e), 0);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "\"Made\" is gone or damaged"));
    assert_int_equal(zone_offset_s(z, 0), 3600);
    assert_int_equal(reload(0, &e), 0); /* it was told */
    char path[64];
    snprintf(path, sizeof path, "%s/Made", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(reload(-1, &e), 0);
    assert_int_equal(reload(0, &e), 0);
    assert_int_equal(zone_offset_s(z, 0), 3600);
    write_rule("AAA-2");
    assert_int_equal(reload(0, &e), 1);
    assert_int_equal(zone_offset_s(z, 0), 7200);
}

static void without_zones_there_is_nothing_to_reload(void **state)
{
    zone_forget_all();
    assert_int_equal(reload(0, NULL), 0);
    setenv("LADLE_ZONEINFO", "/nowhere", 1);
    assert_non_null(zone_get("UTC", NULL));
    assert_int_equal(reload(0, NULL), 0);
}

static void utc_needs_no_file(void **state)
{
    setenv("LADLE_ZONEINFO", "/nowhere", 1);
    zone_forget_all();
    assert_int_equal(offset_in("UTC", utc(2026, 7, 1, 0)), 0);
    assert_null(zone_get("Europe/Amsterdam", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(known_zones_have_their_offsets, forget),
        cmocka_unit_test_teardown(a_change_happens_at_its_second, forget),
        cmocka_unit_test_teardown(the_far_future_follows_the_rule_in_the_footer, forget),
        cmocka_unit_test_teardown(the_distant_past_has_the_first_offset, forget),
        cmocka_unit_test_teardown(a_zone_is_read_once, forget),
        cmocka_unit_test_teardown(names_cannot_leave_the_folder, forget),
        cmocka_unit_test_teardown(what_is_no_zone_is_named_in_the_error, forget),
        cmocka_unit_test_teardown(rules_of_every_form_are_read, forget),
        cmocka_unit_test_teardown(summer_time_may_last_all_year, forget),
        cmocka_unit_test_teardown(broken_rules_are_refused, forget),
        cmocka_unit_test_teardown(a_file_cut_anywhere_is_refused, forget),
        cmocka_unit_test_teardown(a_file_with_any_byte_changed_is_survived, forget),
        cmocka_unit_test_teardown(transitions_that_do_not_rise_are_refused, forget),
        cmocka_unit_test_teardown(a_file_that_is_too_large_is_refused, forget),
        cmocka_unit_test_teardown(changes_of_the_clocks_are_found_one_after_another, forget),
        cmocka_unit_test_teardown(a_transition_that_moves_no_clock_is_no_change, forget),
        cmocka_unit_test_teardown(a_zone_without_rule_has_a_last_change, forget),
        cmocka_unit_test_teardown(a_zone_whose_file_changed_tells_what_the_file_says_now, forget),
        cmocka_unit_test_teardown(a_zone_file_that_breaks_leaves_the_zone_as_it_was, forget),
        cmocka_unit_test_teardown(without_zones_there_is_nothing_to_reload, forget),
        cmocka_unit_test_teardown(utc_needs_no_file, forget),
    };
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[64];
    snprintf(path, sizeof path, "%s/Made", folder);
    unlink(path);
    rmdir(folder);
    return failed;
}
