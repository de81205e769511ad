/*
 * Reads the schedules of a recipe. The words go into the plan as they were written, each a list of
 * texts; the timetable is made from these again wherever one is needed, so there is one reader of
 * the words, and what was checked is what runs. Used while a recipe is read, and when the engine
 * starts.
 */
#include "recipe/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "project/policy.h"

#define WITHIN_MIN_US INT64_C(1000000)
#define WITHIN_MAX_US (INT64_C(366) * 24 * 3600 * 1000000)

enum { LABEL_MAX = 400 };

static const char *const schedule_words[] = {
    "at",    "on",     "every",  "cron",   "timezone", "except", "from",
    "until", "jitter", "missed", "within", "overlap",  NULL,
};
static const char *const missed_words[] = { "last", "all", "none", NULL };
static const char *const overlap_words[] = { "skip", "queue", "parallel", "replace", NULL };

/* --- the timetable --- */

/* What the words of a plan point to while they are parsed. */
struct items {
    const char **texts[TIMETABLE_WORDS];
};

static struct timetable_words words_of(const json_t *words, const char *seed, struct items *out)
{
    struct timetable_words w = { .seed = seed };
    for (enum timetable_word word = 0; word < TIMETABLE_WORDS; word++) {
        const json_t *list = json_object_get(words, timetable_word_name(word));
        size_t count = json_array_size(list);
        out->texts[word] = xcalloc(count + 1, sizeof *out->texts[word]);
        for (size_t i = 0; i < count; i++) {
            out->texts[word][i] = json_string_value(json_array_get(list, i));
        }
        w.word[word].items = out->texts[word];
        w.word[word].count = count;
    }
    return w;
}

/* The delay of `jitter` follows from the recipe and the schedule, and from nothing that changes. */
static struct timetable *parse_words(const json_t *trigger, const char *recipe,
                                     struct timetable_place *place, struct err *e)
{
    struct items items;
    struct timetable *t = NULL;
    char *seed = xasprintf("%s\n%s", recipe, json_get_text(trigger, "schedule"));
    struct timetable_words w = words_of(json_object_get(trigger, "words"), seed, &items);
    (void)timetable_parse(&w, &t, place, e); /* NULL where it fails */
    for (int word = 0; word < TIMETABLE_WORDS; word++) {
        free(items.texts[word]);
    }
    free(seed);
    return t;
}

struct timetable *schedule_timetable(const json_t *trigger, const char *recipe, struct err *e)
{
    struct timetable_place place;
    return parse_words(trigger, recipe, &place, e);
}

/* --- its name --- */

static void put_list(struct buf *b, const char *before, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach ((json_t *)list, i, item) {
        (void)buf_printf(b, "%s%s", i == 0 ? before : ", ", json_string_value(item)); /* cut */
    }
}

/* The words of the schedule in one line, "09:00 on weekdays": what people and recipes call it. Not
 * the ends and exceptions, which come and go; the zone where the recipe names one. Yours. */
static char *label_of(const json_t *words)
{
    struct buf b;
    buf_init(&b, LABEL_MAX);
    put_list(&b, "", json_object_get(words, "cron"));
    put_list(&b, "every ", json_object_get(words, "every"));
    put_list(&b, json_object_get(words, "every") != NULL ? " at " : "",
             json_object_get(words, "at"));
    put_list(&b, " on ", json_object_get(words, "on"));
    put_list(&b, " in ", json_object_get(words, "timezone"));
    char *label = xstrdup(buf_text(&b));
    buf_fini(&b);
    return label;
}

/* --- reading --- */

/* One value, or a list of them. */
static json_t *read_texts(struct check *c, const struct yaml *y, const char *word)
{
    char *what = xasprintf("`%s`", word);
    const struct yaml *const *items =
        y->kind == YAML_LIST ? (const struct yaml *const *)y->items : &y;
    size_t count = y->kind == YAML_LIST ? y->count : 1;
    json_t *texts = json_array();
    if (y->kind == YAML_LIST && count == 0) {
        check_error(c->diags, y, NULL, "%s is an empty list", what);
    }
    for (size_t i = 0; i < count; i++) {
        if (check_text(c->diags, items[i], what)) {
            (void)json_array_append_new(texts, json_stringn(items[i]->text, items[i]->len));
        }
    }
    free(what);
    return texts;
}

static json_t *read_words(struct check *c, const struct yaml *y)
{
    json_t *words = json_object();
    for (enum timetable_word word = 0; word < TIMETABLE_WORDS; word++) {
        const char *name = timetable_word_name(word);
        const struct yaml *value = yaml_get(y, name);
        if (value != NULL) {
            (void)json_object_set_new(words, name, read_texts(c, value, name));
        }
    }
    return words;
}

/* Where a schedule does not say so it is the project's zone. */
static void add_zone(const struct check *c, json_t *words)
{
    if (json_object_get(words, "timezone") == NULL) {
        const char *zone = c->project != NULL ? c->project->timezone : "UTC";
        (void)json_object_set_new(words, "timezone", json_pack("[s]", zone));
    }
}

/* One of a few words, into the plan; the first is the usual one. */
static void read_choice(struct check *c, const struct yaml *map, const char *word,
                        const char *const *choices, json_t *trigger)
{
    const struct yaml *y = yaml_get(map, word);
    char *what = xasprintf("`%s`", word);
    const char *chosen = choices[0];
    if (y != NULL && check_text(c->diags, y, what)) {
        if (word_is_in(choices, y->text)) {
            chosen = y->text;
        } else {
            check_unknown(c->diags, y, y->text, choices, "%s is %s, %s%s%s%s%s, not `%s`", what,
                          choices[0], choices[1], choices[3] != NULL ? ", " : " or ", choices[2],
                          choices[3] != NULL ? " or " : "", choices[3] != NULL ? choices[3] : "",
                          SHOW(y));
        }
    }
    (void)json_object_set_new(trigger, word, json_string(chosen));
    free(what);
}

static void read_within(struct check *c, const struct yaml *map, json_t *trigger)
{
    const struct yaml *y = yaml_get(map, "within");
    if (y == NULL) {
        return;
    }
    if (strcmp(json_get_text(trigger, "missed"), "none") == 0) {
        check_error(c->diags, y, "leave it out, or write missed: last",
                    "`within` has no meaning with `missed: none`");
    }
    int64_t us = policy_duration(c->diags, y, "`within`", WITHIN_MIN_US, WITHIN_MAX_US);
    (void)json_object_set_new(trigger, "within_us", json_integer(us));
}

/* The item that the timetable could not read; of a text the byte. */
static void tell_place(struct check *c, const struct yaml *y, const struct timetable_place *place,
                       const struct err *e)
{
    const struct yaml *at =
        place->word < TIMETABLE_WORDS ? yaml_get(y, timetable_word_name(place->word)) : NULL;
    if (at != NULL && at->kind == YAML_LIST && place->item < at->count) {
        at = at->items[place->item];
    }
    at = at != NULL ? at : y;
    int column = at->column;
    if (at->kind == YAML_SCALAR && place->offset > 0) {
        column += (int)place->offset + !at->is_plain;
    }
    if (place->word < TIMETABLE_WORDS) {
        diags_add(c->diags, at->line, column, NULL, "`%s`: %s", timetable_word_name(place->word),
                  e->message);
    } else {
        diags_add(c->diags, at->line, column, NULL, "%s", e->message);
    }
}

static void warn_of_clocks(struct check *c, const struct yaml *y, const struct timetable *t)
{
    struct timetable_warning w;
    if (timetable_warning(t, clock_wall_us(), &w)) {
        char *text = timetable_warning_text(t, &w);
        check_warn(c->diags, y, NULL, "%s", text);
        free(text);
    }
}

static void check_repeated(struct check *c, const struct yaml *y, const struct timetable *t,
                           json_t *seen)
{
    char *identity = timetable_identity(t);
    const json_t *line = json_object_get(seen, identity);
    if (line != NULL) {
        check_error(c->diags, y, "one of the two is enough",
                    "this schedule has the same times as the one in line %d",
                    (int)json_integer_value(line));
    }
    (void)json_object_set_new(seen, identity, json_integer(y->line));
    free(identity);
}

/* What can only be said once all words are right. */
static bool check_times(struct check *c, const struct yaml *y, const char *recipe, json_t *trigger,
                        json_t *seen)
{
    struct timetable_place place = { .word = TIMETABLE_WORDS };
    struct err e = ERR_INIT;
    struct timetable *t = parse_words(trigger, recipe, &place, &e);
    if (t == NULL) {
        tell_place(c, y, &place, &e);
        return false;
    }
    check_repeated(c, y, t, seen);
    warn_of_clocks(c, y, t);
    timetable_free(t);
    return true;
}

json_t *schedule_read(struct check *c, const struct yaml *y, const char *recipe, json_t *seen)
{
    size_t before = check_count(c->diags);
    check_words(c->diags, y, schedule_words, "a schedule");
    json_t *words = read_words(c, y);
    char *label = label_of(words);
    add_zone(c, words);
    json_t *trigger =
        json_pack("{s:s, s:i, s:o}", "schedule", label, "line", y->line, "words", words);
    free(label);
    read_choice(c, y, "missed", missed_words, trigger);
    read_choice(c, y, "overlap", overlap_words, trigger);
    read_within(c, y, trigger);
    if (check_count(c->diags) == before) {
        (void)check_times(c, y, recipe, trigger, seen);
    }
    if (check_count(c->diags) != before) {
        json_decref(trigger);
        return NULL;
    }
    return trigger;
}
