/*
 * What the engine makes of timetables, for judges that were not made by us (spec/README.md): one
 * question a line on standard input, fields separated by tabs, and an answer that ends with an empty
 * line.
 *
 *   list FROM TO WORD=ITEM|ITEM …    its occurrences from FROM to before TO, in seconds since 1970:
 *                                    "PLANNED KIND LOCAL", where KIND is normal, moved or skipped
 *   say AFTER WORD=ITEM|ITEM …       sentence, identity, and the warning after that moment
 *   zone NAME FROM TO                its changes of the clocks: "MOMENT OFFSET", first the offset at
 *                                    FROM
 *
 * What is refused is answered by "refused: " and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/mem.h"
#include "format/timetable.h"

enum { FIELDS_MAX = 16, US = 1000000 };

static const char *const kinds[] = { "normal", "moved", "skipped" };

struct items {
    const char *text[TIMETABLE_ITEMS_MAX + 1];
};

/* Parts text in place. */
static size_t split(char *text, char mark, const char **out, size_t max)
{
    size_t count = 0;
    for (char *at = text; at != NULL && count < max; count++) {
        out[count] = at;
        at = strchr(at, mark);
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

static void add_word(struct timetable_words *w, struct items *items, char *field)
{
    char *value = strchr(field, '=');
    if (value == NULL) {
        return;
    }
    *value++ = '\0';
    for (enum timetable_word i = 0; i < TIMETABLE_WORDS; i++) {
        if (strcmp(timetable_word_name(i), field) == 0) {
            w->word[i].count = split(value, '|', items[i].text, TIMETABLE_ITEMS_MAX + 1);
            w->word[i].items = items[i].text;
        }
    }
}

/* The timetable of these fields, or NULL after saying why not. */
static struct timetable *make(const char *const *fields, size_t count)
{
    static struct items items[TIMETABLE_WORDS];
    struct timetable_words w = { .seed = "judge" };
    struct timetable *t;
    struct timetable_place place;
    struct err e = ERR_INIT;
    for (size_t i = 0; i < count; i++) {
        add_word(&w, items, (char *)fields[i]);
    }
    if (timetable_parse(&w, &t, &place, &e) == -1) {
        printf("refused: %s, item %zu, byte %zu: %s\n", timetable_word_name(place.word), place.item,
               place.offset, e.message);
        return NULL;
    }
    return t;
}

static int64_t local_of(const struct civil *c)
{
    return days_from_date(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 +
           c->second;
}

static void list(const struct timetable *t, int64_t from, int64_t to)
{
    struct occurrence o = { .planned_us = from * US - 1 };
    while (timetable_next(t, o.planned_us, &o) && o.planned_us < to * US) {
        printf("%" PRId64 " %s %" PRId64 "\n", o.planned_us / US, kinds[o.kind], local_of(&o.wall));
    }
}

static void say(const struct timetable *t, int64_t after)
{
    struct timetable_warning warning;
    char *sentence = timetable_sentence(t);
    char *identity = timetable_identity(t);
    printf("%s\n%s\n", sentence, identity);
    if (timetable_warning(t, after * US, &warning)) {
        char *text = timetable_warning_text(t, &warning);
        printf("%s\n", text);
        free(text);
    }
    free(sentence);
    free(identity);
}

static void zone(const char *name, int64_t from, int64_t to)
{
    struct err e = ERR_INIT;
    const struct zone *z = zone_get(name, &e);
    if (z == NULL) {
        printf("refused: %s\n", e.message);
        return;
    }
    for (int64_t us = from * US; us < to * US; us = zone_next_change_us(z, us)) {
        printf("%" PRId64 " %d\n", us / US, zone_offset_s(z, us));
    }
}

static int64_t number(const char *text)
{
    return strtoll(text, NULL, 10);
}

static void answer(const char *const *fields, size_t count)
{
    if (count >= 4 && strcmp(fields[0], "zone") == 0) {
        zone(fields[1], number(fields[2]), number(fields[3]));
        return;
    }
    bool is_list = count >= 4 && strcmp(fields[0], "list") == 0;
    size_t first = is_list ? 3 : 2;
    struct timetable *t = count > first ? make(fields + first, count - first) : NULL;
    if (t != NULL && is_list) {
        list(t, number(fields[1]), number(fields[2]));
    } else if (t != NULL) {
        say(t, number(fields[1]));
    }
    timetable_free(t);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    while ((len = getline(&line, &size, stdin)) > 0) {
        const char *fields[FIELDS_MAX];
        line[strcspn(line, "\n")] = '\0';
        answer(fields, split(line, '\t', fields, FIELDS_MAX));
        printf("\n");
        fflush(stdout);
    }
    free(line);
    zone_forget_all();
    return 0;
}
