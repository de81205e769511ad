#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "format/date.h"

/* When something is to happen: times of a calendar in a time zone. Occurrences follow from the
 * timetable and a moment alone, never from what happened before. Loop thread, as zones are. */
struct timetable;

/* The words of a timetable, as a person writes them beside each other. One of at, every and cron is
 * needed; at may stand beside an every of whole days.
 *
 *   at        times of day, "09:00"; on: which days, each of "every day" "weekdays" "weekends"
 *             "monday" "mon" "1" … "31" "last day"; any of them fits
 *   every     "15 min": what divides a day evenly comes whenever the zone's clocks show a multiple
 *             of it since midnight, so on the quarter hours; at least 1 s. "2 days", "2 weeks": at
 *             midnight or `at`, counted from the day of `from`, else from Monday, 2001-01-01; at
 *             most 366 days
 *   cron      an expression of five fields (cron.h)
 *   timezone  "Europe/Amsterdam"; UTC where it is left out
 *   except    days without, "2026-12-25"
 *   from      "2026-01-01", the whole day, or a moment; local where it says no offset
 *   until     the same; the day, or the moment, still belongs to it
 *   jitter    "10 min": each occurrence is due so much later at most, always by the same delay,
 *             which follows from the seed; at most 1 day */
enum timetable_word {
    TIMETABLE_AT,
    TIMETABLE_ON,
    TIMETABLE_EVERY,
    TIMETABLE_CRON,
    TIMETABLE_TIMEZONE,
    TIMETABLE_EXCEPT,
    TIMETABLE_FROM,
    TIMETABLE_UNTIL,
    TIMETABLE_JITTER,
    TIMETABLE_WORDS,
};

enum { TIMETABLE_ITEMS_MAX = 400 }; /* of one word */

/* NUL-terminated texts, borrowed while parsing; a word that is left out has no items, one that has
 * a single value has one. */
struct timetable_words {
    struct {
        const char *const *items;
        size_t count;
    } word[TIMETABLE_WORDS];
    const char *seed; /* of the jitter; NULL where there is none */
};

/* Where an error is: the item of a word, and the byte of its text. TIMETABLE_WORDS: no word, one is
 * missing. */
struct timetable_place {
    enum timetable_word word;
    size_t item, offset;
};

const char *timetable_word_name(enum timetable_word word); /* "at"; borrowed */

/* A timetable that is yours in *out, or -1 and ERR_INVALID or, of the zone, ERR_CONFIG; then *place
 * says where. What never comes (30 February) is refused. */
int timetable_parse(const struct timetable_words *w, struct timetable **out,
                    struct timetable_place *place, struct err *e);
void timetable_free(struct timetable *t);

/* What becomes of an occurrence when the clocks change. Where minute and hour are fixed (at, every
 * of whole days, a cron without wildcard and step there): a time that the clocks leave out comes at
 * the first moment after it (moved), or not at all where they leave out more than three hours
 * (skipped); a time that comes twice counts the first time. All else goes on in real time: whenever
 * the clocks show a time that fits, as often as they do. */
enum occurrence_kind { OCCURRENCE_NORMAL, OCCURRENCE_MOVED, OCCURRENCE_SKIPPED };

#define OCCURRENCE_SKIPPED_WHY "zone gap"

struct occurrence {
    int64_t planned_us; /* rising; what falls on one moment is one occurrence */
    int64_t due_us;     /* planned_us and the jitter's delay */
    struct civil wall;  /* the local time that it stands for; of a skipped one no clock shows it */
    enum occurrence_kind kind;
};

/* The first occurrence that is planned after that moment, a skipped one too; false where there is
 * none within the next 40 years, within `until` and before the year 10000. A skipped one is planned
 * at the change of the clocks. Microseconds. */
bool timetable_next(const struct timetable *t, int64_t after_us, struct occurrence *out);

/* --- for people --- */

/* "every weekday at 09:00 in Europe/Amsterdam"; yours. */
char *timetable_sentence(const struct timetable *t);

/* The first change of the clocks within 400 days after that moment that matters to the timetable: a
 * time of it lies in the gap or the repeat. One in real time that goes around the clock does not
 * mind any. */
struct timetable_warning {
    int64_t change_us;
    bool is_gap;               /* else a repeat */
    struct civil wall;         /* the first local time that is left out or comes twice */
    enum occurrence_kind kind; /* of a fixed time in a gap: what becomes of it */
};

bool timetable_warning(const struct timetable *t, int64_t after_us, struct timetable_warning *out);
/* "on 2026-03-29 the clocks in Europe/Amsterdam go from 02:00 to 03:00: 02:30 comes at 03:00";
 * yours. */
char *timetable_warning_text(const struct timetable *t, const struct timetable_warning *w);

/* --- for the store --- */

/* A normal form of which moments there are: the same however they were written, another where any
 * differs. `from`, `until`, `except` and `jitter` choose among the moments or delay them, and are
 * not part of it (but for the day from which days are counted). Rows of the store keep it: it stays
 * the same from version to version. Yours. */
char *timetable_identity(const struct timetable *t);
