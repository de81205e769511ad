/* Durations and dates: what is read lies within the limits, and is told so that it is read as the
 * same again. The first line is the text, the second the name of a zone. */
#include "fuzz.h"

#include "format/date.h"
#include "format/duration.h"

#define YEAR_10_US (INT64_C(3653) * 86400 * 1000000)

static void check_duration(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    int64_t us, again;
    char shown[64];
    if (duration_parse(text, len, &us, &e) == -1) {
        FUZZ_CHECK(e.kind == ERR_INVALID);
        return;
    }
    FUZZ_CHECK(us >= 0 && us <= YEAR_10_US);
    duration_format(us, shown, sizeof shown);
    if (us >= 1000) { /* "us" is told, but not read */
        FUZZ_CHECK(duration_parse(shown, strlen(shown), &again, &e) == 0 ||
                   strstr(shown, "us") != NULL);
        FUZZ_CHECK(strstr(shown, "us") != NULL || again <= us);
    }
}

/* The clock's reading at a moment is one of those that the zone gives back. */
static void check_civil(int64_t us, const struct zone *z)
{
    struct civil c = civil_from_us(us, z);
    FUZZ_CHECK(c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31);
    FUZZ_CHECK(c.hour >= 0 && c.hour <= 23 && c.minute >= 0 && c.minute <= 59);
    int64_t back = civil_to_us(&c, z);
    struct civil same = civil_from_us(back, z);
    FUZZ_CHECK(back <= us); /* in a fold: the first */
    FUZZ_CHECK(same.hour == c.hour && same.minute == c.minute && same.day == c.day);
}

static void check_date(const char *text, size_t len, const struct zone *z)
{
    struct err e = ERR_INIT;
    int64_t us, again;
    char shown[DATE_TEXT];
    if (date_parse(text, len, z, &us, &e) == -1) {
        FUZZ_CHECK(e.kind == ERR_INVALID);
        return;
    }
    struct civil c = civil_from_us(us, NULL);
    check_civil(us, z);
    if (c.year >= 1 && c.year <= 9999) {
        date_format(us, shown);
        FUZZ_CHECK(date_parse(shown, strlen(shown), NULL, &again, &e) == 0);
        FUZZ_CHECK(again <= us && us - again < 1000);
    }
    date_format_zone(us, z, shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = ERR_INIT;
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_line(&in);
    char *name = fuzz_line(&in);
    const struct zone *z = zone_get(name, &e);
    FUZZ_CHECK(z != NULL || e.kind == ERR_CONFIG);
    check_duration(text, strlen(text));
    check_date(text, strlen(text), z);
    check_date(text, strlen(text), NULL);
    free(text);
    free(name);
    return 0;
}
