/*
 * Every key of the tables of connectors and actions, from the tables of shapes themselves: a typo
 * is refused with the word that was meant, a value of another type with what the key takes, a word
 * or a number that is not allowed, a key that is missing. So a key that is added is tested as it
 * is.
 */
#include "fixture.h"

#include <inttypes.h>

enum { DEPTH_MAX = 24, SEEN_MAX = 200 };

/* The way to a value, from the outermost table: a member's name, or NULL for the first item. */
struct way {
    const char *steps[DEPTH_MAX];
    size_t depth;
    const struct shape *root;
};

struct tour {
    const struct shape_key *seen[SEEN_MAX];
    size_t seen_count;
    size_t keys; /* visited so far */
    void (*visit)(const struct way *way, const struct shape *table, const struct shape_key *key);
};

/* --- values at the end of a way --------------------------------------------------------------- */

/* Takes v. */
static json_t *wrap(const struct way *way, json_t *v)
{
    for (size_t i = way->depth; i-- > 0;) {
        v = way->steps[i] != NULL ? json_pack("{s:o}", way->steps[i], v) : json_pack("[o]", v);
    }
    return v;
}

/* "`operations.x.query[1]", without the ` behind it; yours. */
static char *place(const struct way *way, const char *key)
{
    struct buf out;
    buf_init(&out, 1024);
    (void)buf_puts(&out, "`");
    for (size_t i = 0; i <= way->depth; i++) {
        const char *step = i < way->depth ? way->steps[i] : key;
        bool is_item = (i < way->depth && step == NULL) || (step != NULL && strcmp(step, "1") == 0);
        if (is_item) {
            (void)buf_puts(&out, "[1]");
        } else if (step != NULL) {
            (void)buf_printf(&out, "%s%s", i > 0 ? "." : "", step);
        }
    }
    return buf_take(&out, NULL);
}

/* Looks at {key: v} at the end of the way; takes v. Yours. */
static struct diags *findings(const struct way *way, const char *key, json_t *v)
{
    json_t *table = wrap(way, json_pack("{s:o}", key, v));
    struct diags *d = diags_new("x.lua");
    (void)shape_check(way->root, table, d); /* what is found is looked at */
    json_decref(table);
    return d;
}

/* The finding that begins so, or NULL. */
static const struct diag *find(const struct diags *d, const char *beginning)
{
    for (size_t i = 0; i < d->count; i++) {
        if (strncmp(d->items[i].message, beginning, strlen(beginning)) == 0) {
            return &d->items[i];
        }
    }
    return NULL;
}

static void check_found(struct diags *d, const char *beginning, const char *hint)
{
    const struct diag *found = find(d, beginning);
    if (found == NULL || found->hint == NULL || strcmp(found->hint, hint) != 0) {
        print_error("not found: %s (%s)\n", beginning, hint);
        fail_with(d);
    }
}

static void refuses(const struct way *way, const struct shape_key *key, json_t *v, const char *what)
{
    struct diags *d = findings(way, key->name, v);
    char *at = place(way, key->name), *beginning = xasprintf("%s` %s", at, what);
    check_found(d, beginning, key->doc);
    free(beginning);
    free(at);
    diags_free(d);
}

static void takes(const struct way *way, const struct shape_key *key, json_t *v)
{
    struct diags *d = findings(way, key->name, v);
    char *at = place(way, key->name), *wrong = xasprintf("%s` takes ", at),
         *count = xasprintf("%s` has ", at);
    if (find(d, wrong) != NULL || find(d, count) != NULL) {
        fail_with(d);
    }
    free(count);
    free(wrong);
    free(at);
    diags_free(d);
}

/* --- the tour --------------------------------------------------------------------------------- */

static void tour(struct tour *t, struct way *way, const struct shape *s);

static void step_into(struct tour *t, struct way *way, const char *step, const struct shape *s)
{
    assert_true(way->depth < DEPTH_MAX);
    way->steps[way->depth++] = step;
    tour(t, way, s);
    way->depth--;
}

static bool is_seen(struct tour *t, const struct shape_key *keys)
{
    for (size_t i = 0; i < t->seen_count; i++) {
        if (t->seen[i] == keys) {
            return true;
        }
    }
    assert_true(t->seen_count < SEEN_MAX);
    t->seen[t->seen_count++] = keys;
    return false;
}

static void tour(struct tour *t, struct way *way, const struct shape *s)
{
    for (; s != NULL; s = s->otherwise) {
        if (s->kind == SHAPE_LIST) {
            step_into(t, way, NULL, s->of);
        } else if (s->kind == SHAPE_MAP) {
            step_into(t, way, "x", s->of);
        } else if (s->kind == SHAPE_TABLE && !is_seen(t, s->keys)) {
            for (const struct shape_key *k = s->keys; k->name != NULL; k++) {
                t->visit(way, s, k);
                t->keys++;
                step_into(t, way, k->name, k->shape);
            }
        }
    }
}

/* How many keys there were. */
static size_t tour_all(void (*visit)(const struct way *, const struct shape *,
                                     const struct shape_key *))
{
    const struct shape *const roots[] = { connector_shape(), connector_part_shape("index"),
                                          connector_part_shape("events"),
                                          connector_part_shape("calendars"), action_shape() };
    struct tour t = { .visit = visit };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        struct way way = { .root = roots[i] };
        tour(&t, &way, roots[i]);
    }
    return t.keys;
}

/* --- the keys --------------------------------------------------------------------------------- */

static bool is_front(const struct shape_key *key)
{
    return strcmp(key->name, "1") == 0;
}

/* The last letter twice, as a finger does it. */
static void misspell(const struct way *way, const struct shape *table, const struct shape_key *key)
{
    if (is_front(key)) {
        return; /* it has no name that could be misspelt */
    }
    char *typo = xasprintf("%s%c", key->name, key->name[strlen(key->name) - 1]);
    char *at = place(way, typo), *message = xasprintf("unknown key %s`", at);
    char *hint = xasprintf("did you mean `%s`?", key->name);
    struct diags *d = findings(way, typo, json_true());
    check_found(d, message, hint);
    diags_free(d);
    free(hint);
    free(message);
    free(at);
    free(typo);
}

static void a_typo_of_any_key_is_refused_with_the_key_that_was_meant(void **state)
{
    assert_true(tour_all(misspell) > 200);
}

static bool has_kind(const struct shape *s, enum shape_kind kind)
{
    while (s != NULL && s->kind != kind) {
        s = s->otherwise;
    }
    return s != NULL;
}

static json_t *function(void)
{
    return json_pack("{s:b}", CATALOG_FUNCTION, 1);
}

/* A number with a fraction is nothing that a key takes; a function is no switch, nor the reverse.
 */
static void mistype(const struct way *way, const struct shape *table, const struct shape_key *key)
{
    if (has_kind(key->shape, SHAPE_FUNCTION)) {
        takes(way, key, function());
        refuses(way, key, json_true(), "takes ");
    } else if (!has_kind(key->shape, SHAPE_ANY)) {
        refuses(way, key, function(), "takes ");
    }
    if (!has_kind(key->shape, SHAPE_ANY)) {
        bool takes_numbers = has_kind(key->shape, SHAPE_PLAIN);
        refuses(way, key, takes_numbers ? json_pack("[i]", 1) : json_real(7.5), "takes ");
    }
}

static void a_value_of_another_type_is_refused_for_any_key(void **state)
{
    assert_true(tour_all(mistype) > 200);
}

static void choose_words(const struct way *way, const struct shape *table,
                         const struct shape_key *key)
{
    for (const struct shape *s = key->shape; s != NULL; s = s->otherwise) {
        for (const char *const *word = s->words; word != NULL && *word != NULL; word++) {
            takes(way, key, json_string(*word));
        }
        if (s->words != NULL) {
            refuses(way, key, json_string("what nobody says"), "takes ");
        }
    }
}

static void only_the_words_that_are_allowed_are_taken(void **state)
{
    assert_true(tour_all(choose_words) > 200);
}

static json_t *list_of(int64_t count)
{
    json_t *list = json_array();
    for (int64_t i = 0; i < count; i++) {
        json_array_append_new(list, json_null());
    }
    return list;
}

static json_t *map_of(int64_t count)
{
    json_t *map = json_object();
    for (int64_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%" PRId64, i);
        json_object_set_new(map, name, json_null());
    }
    return map;
}

static json_t *sized(const struct shape *s, int64_t size)
{
    return s->kind == SHAPE_LIST   ? list_of(size)
           : s->kind == SHAPE_MAP  ? map_of(size)
           : s->kind == SHAPE_TEXT ? json_sprintf("%.*s", (int)size, "xxxxxxxxxxxxxxxxxxxxxxxx")
                                   : json_integer(size);
}

/* Both bounds are inside. */
static void pass_bounds(const struct way *way, const struct shape *table,
                        const struct shape_key *key)
{
    for (const struct shape *s = key->shape; s != NULL; s = s->otherwise) {
        bool is_count = s->kind == SHAPE_LIST || s->kind == SHAPE_MAP;
        bool has_least = s->kind == SHAPE_NUMBER || s->min > 0;
        const char *what = is_count ? "has " : "takes ";
        if (has_least) {
            takes(way, key, sized(s, s->min));
            refuses(way, key, sized(s, s->min - 1), what);
        }
        if (s->max > 0) {
            takes(way, key, sized(s, s->max));
            refuses(way, key, sized(s, s->max + 1), what);
        }
    }
}

static void numbers_and_lists_have_bounds(void **state)
{
    assert_true(tour_all(pass_bounds) > 200);
}

static void leave_out(const struct way *way, const struct shape *table, const struct shape_key *key)
{
    struct diags *d = findings(way, "nothing that is asked for", json_true());
    char *at = place(way, NULL);
    char *owner = way->depth > 0 ? xasprintf("%s`", at) : xstrdup("the table");
    char *message = is_front(key) ? xasprintf("%s needs its type in front", owner)
                                  : xasprintf("%s needs `%s`", owner, key->name);
    if (key->is_required) {
        check_found(d, message, key->doc);
    } else if (find(d, message) != NULL) {
        fail_with(d);
    }
    free(message);
    free(owner);
    free(at);
    diags_free(d);
}

static void a_key_that_is_needed_is_missed_and_others_are_not(void **state)
{
    assert_true(tour_all(leave_out) > 200);
}

/* --- the tables of shapes --------------------------------------------------------------------- */

static void check_sense(const struct way *way, const struct shape *table,
                        const struct shape_key *key)
{
    size_t len = strlen(key->doc);
    assert_true(len > 5 && key->doc[len - 1] == '.' && strchr(key->doc, '|') == NULL);
    assert_true(key->doc[0] >= 'A' && key->doc[0] <= 'Z');
    assert_non_null(table->title);
    for (const struct shape_key *k = table->keys; k != key; k++) {
        assert_string_not_equal(k->name, key->name);
        assert_true(k->is_required || !key->is_required); /* what is needed stands first */
    }
}

static void every_key_has_a_sentence_and_stands_once(void **state)
{
    assert_true(tour_all(check_sense) > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typo_of_any_key_is_refused_with_the_key_that_was_meant),
        cmocka_unit_test(a_value_of_another_type_is_refused_for_any_key),
        cmocka_unit_test(only_the_words_that_are_allowed_are_taken),
        cmocka_unit_test(numbers_and_lists_have_bounds),
        cmocka_unit_test(a_key_that_is_needed_is_missed_and_others_are_not),
        cmocka_unit_test(every_key_has_a_sentence_and_stands_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
