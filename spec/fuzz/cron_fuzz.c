/* Timetables, cron expressions above all: what is taken comes in order and never early, and reads as
 * a sentence; what is refused says where. The lines are cron, at, on, every, timezone, except, from,
 * until and jitter, with "|" between the items of a list, and the moment that is asked about; an
 * empty one is left out. */
#include "fuzz.h"

#include "format/cron.h"
#include "format/timetable.h"

#define US          INT64_C(1000000)
#define SECONDS_MAX INT64_C(9223372036854) /* whose microseconds fit into 64 bits */

enum { ITEMS = 20, OCCURRENCES = 50 };

static void check_place(const struct timetable_words *w, const struct timetable_place *place)
{
    FUZZ_CHECK(place->word <= TIMETABLE_WORDS);
    if (place->word < TIMETABLE_WORDS) {
        FUZZ_CHECK(place->item < w->word[place->word].count);
        FUZZ_CHECK(place->offset <= strlen(w->word[place->word].items[place->item]));
    }
}

/* The zone of the words, which is known, or UTC. */
static const struct zone *zone_of(const struct timetable_words *w)
{
    bool is_said = w->word[TIMETABLE_TIMEZONE].count > 0;
    return zone_get(is_said ? w->word[TIMETABLE_TIMEZONE].items[0] : "UTC", NULL);
}

static void check_occurrences(const struct timetable *t, const struct zone *z, int64_t after_us)
{
    struct occurrence o;
    struct occurrence same;
    for (int i = 0; i < OCCURRENCES && timetable_next(t, after_us, &o); i++) {
        int64_t local_us = o.planned_us + zone_offset_s(z, o.planned_us) * US;
        int64_t wall_us = civil_to_us(&o.wall, NULL);
        FUZZ_CHECK(o.planned_us > after_us && o.due_us >= o.planned_us);
        FUZZ_CHECK(o.due_us - o.planned_us <= INT64_C(86400) * US);
        FUZZ_CHECK(local_us >= wall_us);
        FUZZ_CHECK((local_us == wall_us) == (o.kind == OCCURRENCE_NORMAL));
        FUZZ_CHECK(timetable_next(t, o.planned_us - 1, &same) && same.planned_us == o.planned_us);
        after_us = o.planned_us;
    }
}

static void check_texts(const struct timetable *t, int64_t after_us)
{
    struct timetable_warning warning;
    char *sentence = timetable_sentence(t);
    char *identity = timetable_identity(t);
    FUZZ_CHECK(strlen(sentence) > 0 && strlen(identity) > 0);
    if (timetable_warning(t, after_us, &warning)) {
        char *text = timetable_warning_text(t, &warning);
        FUZZ_CHECK(strlen(text) > 0);
        free(text);
    }
    free(sentence);
    free(identity);
}

static void check_timetable(const struct timetable_words *w, int64_t after_us)
{
    struct err e = ERR_INIT;
    struct timetable_place place;
    struct timetable *t;
    if (timetable_parse(w, &t, &place, &e) == -1) {
        FUZZ_CHECK(t == NULL && e.message[0] != '\0');
        FUZZ_CHECK(e.kind == ERR_INVALID || e.kind == ERR_CONFIG);
        check_place(w, &place);
        return;
    }
    check_occurrences(t, zone_of(w), after_us);
    check_texts(t, after_us);
    timetable_free(t);
}

/* Sets are within their bounds, and what is taken can come. */
static void check_cron(const char *text)
{
    struct err e = ERR_INIT;
    struct cron c;
    size_t offset;
    if (cron_parse(text, &c, &offset, &e) == -1) {
        FUZZ_CHECK(e.kind == ERR_INVALID && offset <= strlen(text));
        return;
    }
    FUZZ_CHECK(c.minutes != 0 && c.minutes >> 60 == 0);
    FUZZ_CHECK(c.hours != 0 && c.hours >> 24 == 0);
    FUZZ_CHECK(c.months != 0 && (c.months & ~0x1ffe) == 0 && (c.weekdays & 1) == 0);
}

/* The items of a line, in place. */
static size_t items_of(char *line, const char **items)
{
    size_t count = 0;
    for (char *at = line; at != NULL && *line != '\0' && count < ITEMS;) {
        items[count++] = at;
        at = strchr(at, '|');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum timetable_word order[TIMETABLE_WORDS] = {
        TIMETABLE_CRON,   TIMETABLE_AT,   TIMETABLE_ON,    TIMETABLE_EVERY,  TIMETABLE_TIMEZONE,
        TIMETABLE_EXCEPT, TIMETABLE_FROM, TIMETABLE_UNTIL, TIMETABLE_JITTER,
    };
    struct fuzz_input in = fuzz_input(data, size);
    struct timetable_words w = { .seed = "fuzz" };
    const char *items[TIMETABLE_WORDS][ITEMS];
    char *lines[TIMETABLE_WORDS];
    for (int i = 0; i < TIMETABLE_WORDS; i++) {
        lines[i] = fuzz_line(&in);
        if (order[i] == TIMETABLE_CRON) {
            check_cron(lines[i]);
        }
        w.word[order[i]].count = items_of(lines[i], items[i]);
        w.word[order[i]].items = items[i];
    }
    char *after = fuzz_line(&in);
    check_timetable(&w, strtoll(after, NULL, 10) % SECONDS_MAX * US);
    free(after);
    for (int i = 0; i < TIMETABLE_WORDS; i++) {
        free(lines[i]);
    }
    return 0;
}
