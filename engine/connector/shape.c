/*
 * Checks the table of a connector or an action against its shape, in one walk. It keeps the way to
 * the value at hand as a chain of steps on the stack, and makes a text of it only where there is
 * something to tell, so that a table without mistakes costs a comparison of names for each key and
 * no memory. Every mistake is told, not the first only. Lua tables carry no lines: a mistake gets
 * one where its word stands in one place of the source. Pure; any thread.
 */
#include "connector/shape.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "script/catalog.h"

enum {
    TEXT_MAX =
        2048, /* of a place and its message; diag.c cuts what is longer than a person reads */
    MESSAGE_MAX = 400, /* of a message without its place */
    SHOWN_MAX = 40,    /* of a key or a text that is shown */
    NAMES_MAX = 256,   /* that a suggestion is looked for among */
};

/* A member, or an item (from 0), of the value that the outer step leads to. */
struct step {
    const struct step *outer;
    const char *key; /* NULL: an item */
    size_t index;
};

struct shape_walk {
    struct diags *d;
    const json_t *root;
    const json_t *scope;
    const struct step *at;
    const char *doc;  /* of the key at hand */
    const char *word; /* that the source is searched for; NULL: the key at hand */
    int depth;
};

/* --- telling ---------------------------------------------------------------------------------- */

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_plain_name(const char *name)
{
    size_t len = 0;
    while (is_word_char(name[len])) {
        len++;
    }
    return len > 0 && name[len] == '\0';
}

static void put_path_step(struct buf *out, const struct step *s)
{
    if (s == NULL) {
        return;
    }
    put_path_step(out, s->outer); /* as deep as the walk: SHAPE_DEPTH_MAX */
    if (s->key == NULL) {
        (void)buf_printf(out, "[%zu]", s->index + 1); /* as Lua counts; a full buffer cuts */
    } else if (strspn(s->key, "0123456789") == strlen(s->key)) {
        (void)buf_printf(out, "[%.*s]", SHOWN_MAX, s->key); /* an item of a table with names too */
    } else if (is_plain_name(s->key)) {
        (void)buf_printf(out, "%s%.*s", s->outer != NULL ? "." : "", SHOWN_MAX, s->key);
    } else {
        size_t len = utf8_cut(s->key, strlen(s->key), SHOWN_MAX);
        (void)buf_printf(out, "['%.*s']", (int)len, s->key);
    }
}

/* "`limits[1].per_ms`", or "the table" for the whole. */
static void put_table_place(struct buf *out, const struct step *at)
{
    (void)buf_puts(out, at != NULL ? "`" : "the table");
    put_path_step(out, at);
    (void)buf_puts(out, at != NULL ? "`" : "");
}

/* The key that the step belongs to: its own, or that of the list that it is an item of. */
static const char *step_key(const struct step *s)
{
    while (s != NULL && s->key == NULL) {
        s = s->outer;
    }
    return s != NULL ? s->key : NULL;
}

/* The place of a word that stands once in the text, on its own; *line stays 0 for any other. */
static void find_word(const char *text, const char *word, int *line, int *column)
{
    size_t len = word != NULL ? strlen(word) : 0;
    const char *found = NULL;
    const char *at = text != NULL && len > 0 ? strstr(text, word) : NULL;
    for (; at != NULL; at = strstr(at + 1, word)) {
        if ((at > text && is_word_char(at[-1])) || is_word_char(at[len])) {
            continue;
        }
        if (found != NULL) {
            return;
        }
        found = at;
    }
    if (found == NULL) {
        return;
    }
    const char *begin = text;
    *line = 1;
    for (const char *p = text; p < found; p++) {
        if (*p == '\n') {
            (*line)++;
            begin = p + 1;
        }
    }
    *column = (int)utf8_count(begin, (size_t)(found - begin)) + 1;
}

static void tell_problem(struct shape_walk *w, const char *hint, const char *message)
{
    int line = 0, column = 0;
    if (w->word != NULL) {
        find_word(w->d->text, w->word, &line, &column);
    }
    if (line == 0) {
        find_word(w->d->text, step_key(w->at), &line, &column);
    }
    diags_add(w->d, line, column, hint, "%s", message);
}

__attribute__((format(printf, 3, 0))) static void tell_va(struct shape_walk *w, const char *hint,
                                                          const char *fmt, va_list ap)
{
    char message[MESSAGE_MAX];
    (void)vsnprintf(message, sizeof message, fmt, ap); /* a long one is cut */
    struct buf out;
    buf_init(&out, TEXT_MAX);
    put_table_place(&out, w->at);
    (void)buf_printf(&out, " %s", message);
    tell_problem(w, hint, buf_text(&out));
    buf_fini(&out);
}

void shape_find(struct shape_walk *w, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    tell_va(w, hint, fmt, ap);
    va_end(ap);
}

struct hint {
    char text[128];
};

/* "did you mean `x`?", in *out; NULL where no word is close. */
static const char *close_hint(struct hint *out, const char *word, const char *const *words)
{
    const char *close = diag_closest(word, words);
    if (close == NULL) {
        return NULL;
    }
    (void)snprintf(out->text, sizeof out->text, "did you mean `%s`?", close); /* or cut */
    return out->text;
}

void shape_find_unknown(struct shape_walk *w, const char *word, const json_t *names,
                        const char *fmt, ...)
{
    const char *words[NAMES_MAX + 1];
    size_t count = 0;
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)names, name, v) {
        if (count < NAMES_MAX) {
            words[count++] = name;
        }
    }
    words[count] = NULL;
    struct hint hint;
    va_list ap;
    va_start(ap, fmt);
    w->word = word;
    tell_va(w, close_hint(&hint, word, words), fmt, ap);
    w->word = NULL;
    va_end(ap);
}

const json_t *shape_root(const struct shape_walk *w)
{
    return w->root;
}

const json_t *shape_scope(const struct shape_walk *w)
{
    return json_is_object(w->scope) ? w->scope : NULL;
}

/* --- what a shape takes ----------------------------------------------------------------------- */

static void put_expected_words(struct buf *out, const char *const *words)
{
    for (const char *const *one = words; *one != NULL; one++) {
        (void)buf_printf(out, "%s`%s`", one == words ? "" : one[1] != NULL ? ", " : " or ", *one);
    }
}

static void put_number(struct buf *out, const struct shape *s)
{
    (void)buf_puts(out, "a whole number");
    if (s->max > 0) {
        (void)buf_printf(out, " from %" PRId64 " to %" PRId64, s->min, s->max);
    } else if (s->min > 0) {
        (void)buf_printf(out, " of at least %" PRId64, s->min);
    }
}

static void put_kind(struct buf *out, const struct shape *s)
{
    static const char *const names[] = {
        [SHAPE_ANY] = "anything",
        [SHAPE_TEXT] = "a text",
        [SHAPE_PLAIN] = "a text, a number, true or false",
        [SHAPE_FLAG] = "true or false",
        [SHAPE_FUNCTION] = "a function",
        [SHAPE_TABLE] = "a table",
        [SHAPE_LIST] = "a list",
        [SHAPE_MAP] = "a table",
    };
    if (s->what != NULL) {
        (void)buf_puts(out, s->what);
    } else if (s->words != NULL) {
        put_expected_words(out, s->words);
    } else if (s->kind == SHAPE_NUMBER) {
        put_number(out, s);
    } else {
        (void)buf_puts(out, names[s->kind]);
    }
}

char *shape_what(const struct shape *s)
{
    struct buf out;
    buf_init(&out, MESSAGE_MAX);
    for (const struct shape *one = s; one != NULL; one = one->otherwise) {
        put_kind(&out, one); /* what passes MESSAGE_MAX is cut */
        (void)buf_puts(&out, one->otherwise != NULL ? " or " : "");
    }
    return buf_take(&out, NULL);
}

/* What there is instead. */
static void put_value(struct buf *out, const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        (void)buf_puts(out, catalog_is_function(v) ? "a function" : "a table");
        return;
    case JSON_ARRAY:
        (void)buf_puts(out, "a list");
        return;
    case JSON_STRING:
        (void)buf_printf(out, "`%.*s%s`",
                         (int)utf8_cut(json_string_value(v), json_string_length(v), SHOWN_MAX),
                         json_string_value(v), json_string_length(v) > SHOWN_MAX ? "…" : "");
        return;
    case JSON_INTEGER:
        (void)buf_printf(out, "%lld", (long long)json_integer_value(v));
        return;
    case JSON_REAL:
        (void)buf_printf(out, "%.14g", json_real_value(v));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        (void)buf_puts(out, json_is_true(v) ? "true" : "false");
        return;
    case JSON_NULL:
        (void)buf_puts(out, "null");
        return;
    }
}

static void find_wrong(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    char *takes = shape_what(s);
    struct buf has;
    buf_init(&has, MESSAGE_MAX);
    put_value(&has, v);
    shape_find(w, w->doc, "takes %s, not %s", takes, buf_text(&has));
    buf_fini(&has);
    free(takes);
}

static void find_wrong_word(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    const char *word = json_string_value(v);
    char *takes = shape_what(s);
    struct hint buffer;
    const char *hint = close_hint(&buffer, word, s->words);
    w->word = word;
    shape_find(w, hint != NULL ? hint : w->doc, "takes %s, not `%.40s`", takes, word);
    w->word = NULL;
    free(takes);
}

/* --- the walk --------------------------------------------------------------------------------- */

static bool has_front(const struct shape *s)
{
    return s->keys != NULL && strcmp(s->keys[0].name, "1") == 0;
}

/* Whether the value has the shape's type of JSON. An empty Lua table is neither list nor map. */
static bool fits_shape(const struct shape *s, const json_t *v)
{
    bool is_empty_list = json_is_array(v) && json_array_size(v) == 0;
    bool is_object = json_is_object(v) && !catalog_is_function(v);
    switch (s->kind) {
    case SHAPE_ANY:
        return true;
    case SHAPE_TEXT:
        return json_is_string(v);
    case SHAPE_PLAIN:
        return json_is_string(v) || json_is_number(v) || json_is_boolean(v);
    case SHAPE_NUMBER:
        return json_is_integer(v);
    case SHAPE_FLAG:
        return json_is_boolean(v);
    case SHAPE_FUNCTION:
        return catalog_is_function(v);
    case SHAPE_TABLE:
        return is_object || is_empty_list || (json_is_array(v) && has_front(s));
    case SHAPE_LIST:
        return json_is_array(v) || (json_is_object(v) && json_object_size(v) == 0);
    case SHAPE_MAP:
        return is_object || is_empty_list;
    }
    return false;
}

static bool is_allowed_word(const char *const *words, const char *word)
{
    while (*words != NULL && strcmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

static void hold_to_shape(struct shape_walk *w, const struct shape *s, const json_t *v);

static void hold_member(struct shape_walk *w, const struct shape *s, const char *key,
                        const json_t *v)
{
    struct step here = { .outer = w->at, .key = key };
    w->at = &here;
    hold_to_shape(w, s, v);
    w->at = here.outer;
}

static const struct shape_key *find_key(const struct shape_key *keys, const char *name)
{
    for (; keys->name != NULL; keys++) {
        if (keys->name[0] == name[0] && strcmp(keys->name, name) == 0) {
            return keys;
        }
    }
    return NULL;
}

static void find_unknown_key(struct shape_walk *w, const struct shape *s, const char *name)
{
    const char *words[SHAPE_KEYS_MAX + 1];
    size_t count = 0;
    for (const struct shape_key *k = s->keys; k->name != NULL; k++) {
        assert(count < SHAPE_KEYS_MAX);
        words[count++] = k->name;
    }
    words[count] = NULL;
    struct hint hint;
    struct step here = { .outer = w->at, .key = name };
    struct buf out;
    buf_init(&out, TEXT_MAX);
    (void)buf_puts(&out, "unknown key ");
    put_table_place(&out, &here);
    w->at = &here;
    tell_problem(w, close_hint(&hint, name, words), buf_text(&out));
    w->at = here.outer;
    buf_fini(&out);
}

static void hold_key(struct shape_walk *w, const struct shape *s, const char *name, const json_t *v)
{
    const struct shape_key *key = find_key(s->keys, name);
    if (key == NULL) {
        find_unknown_key(w, s, name);
        return;
    }
    const char *doc = w->doc;
    w->doc = key->doc;
    hold_member(w, key->shape, name, v);
    w->doc = doc;
}

static bool has_key(const json_t *v, const char *name)
{
    bool is_in_front = json_is_array(v) && strcmp(name, "1") == 0;
    return is_in_front ? json_array_size(v) > 0 : json_object_get(v, name) != NULL;
}

static void hold_table(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    size_t before = w->d->count + w->d->dropped;
    json_t *o = (json_t *)v; /* only read */
    for (void *it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
        hold_key(w, s, json_object_iter_key(it), json_object_iter_value(it));
    }
    if (json_array_size(v) > 0) {
        hold_key(w, s, "1", json_array_get(v, 0));
    }
    if (json_array_size(v) > 1) {
        shape_find(w, NULL, "takes one item without a name, not %zu", json_array_size(v));
    }
    for (const struct shape_key *k = s->keys; k->is_required; k++) {
        if (!has_key(v, k->name)) {
            bool is_front = strcmp(k->name, "1") == 0;
            shape_find(w, k->doc, is_front ? "needs %s in front" : "needs `%s`",
                       is_front ? "its type" : k->name);
        }
    }
    if (s->rule != NULL && w->d->count + w->d->dropped == before) {
        s->rule(w, v);
    }
}

static void hold_count(struct shape_walk *w, const struct shape *s, size_t count)
{
    if (s->max > 0 && count > (size_t)s->max) {
        shape_find(w, w->doc, "has %zu items, and %" PRId64 " is the most", count, s->max);
    } else if (count < (size_t)s->min) {
        shape_find(w, w->doc, "has %zu items, and %" PRId64 " is the least", count, s->min);
    }
}

static void hold_list(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    hold_count(w, s, json_array_size(v));
    size_t i;
    json_t *one;
    json_array_foreach (v, i, one) {
        struct step here = { .outer = w->at, .index = i };
        w->at = &here;
        hold_to_shape(w, s->of, one);
        w->at = here.outer;
    }
}

static void hold_map(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    hold_count(w, s, json_object_size(v));
    json_t *o = (json_t *)v; /* only read */
    for (void *it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
        const char *name = json_object_iter_key(it);
        if (s->map_name != NULL) {
            s->map_name->text_rule(w, name);
        }
        hold_member(w, s->of, name, json_object_iter_value(it));
    }
}

static void hold_text(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    if (s->words != NULL && !is_allowed_word(s->words, json_string_value(v))) {
        find_wrong_word(w, s, v);
    } else if (s->max > 0 && json_string_length(v) > (size_t)s->max) {
        find_wrong(w, s, v);
    } else if (s->text_rule != NULL) {
        s->text_rule(w, json_string_value(v));
    }
}

static void hold_number(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    json_int_t number = json_integer_value(v);
    if (number < s->min || (s->max > 0 && number > s->max)) {
        find_wrong(w, s, v);
    }
}

static void hold_inside(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    switch (s->kind) {
    case SHAPE_TABLE:
        hold_table(w, s, v);
        return;
    case SHAPE_LIST:
        hold_list(w, s, v);
        return;
    case SHAPE_MAP:
        hold_map(w, s, v);
        return;
    case SHAPE_TEXT:
        hold_text(w, s, v);
        return;
    case SHAPE_NUMBER:
        hold_number(w, s, v);
        return;
    case SHAPE_ANY:
    case SHAPE_PLAIN:
    case SHAPE_FLAG:
    case SHAPE_FUNCTION:
        return;
    }
}

static void hold_to_shape(struct shape_walk *w, const struct shape *s, const json_t *v)
{
    const struct shape *one = s;
    while (one != NULL && !fits_shape(one, v)) {
        one = one->otherwise;
    }
    if (one == NULL) {
        find_wrong(w, s, v);
        return;
    }
    if (w->depth == SHAPE_DEPTH_MAX && (json_is_object(v) || json_is_array(v))) {
        shape_find(w, NULL, "is nested more than %d levels deep", SHAPE_DEPTH_MAX);
        return;
    }
    const json_t *scope = w->scope;
    if (one->scope != NULL) {
        w->scope = *one->scope != '\0' ? json_object_get(v, one->scope) : v;
    }
    w->depth++;
    hold_inside(w, one, v);
    w->depth--;
    w->scope = scope;
}

int shape_check(const struct shape *s, const json_t *v, struct diags *d)
{
    size_t before = d->count + d->dropped;
    struct shape_walk w = { .d = d, .root = v };
    hold_to_shape(&w, s, v);
    return d->count + d->dropped == before ? 0 : -1;
}
