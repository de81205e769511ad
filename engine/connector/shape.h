#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "format/diag.h"
#include "format/json.h"

/* The shape of a table that a Lua file returns: what its keys are, what each takes, and a sentence
 * about it, as static data. The check, its messages and the reference in the documentation come
 * from the same tables (connector_shape.c), so none of them can say what the others do not. */
enum {
    SHAPE_DEPTH_MAX =
        40, /* levels of nesting that are looked at; a table that is deeper is refused */
    SHAPE_KEYS_MAX = 64, /* keys of one table */
};

enum shape_kind {
    SHAPE_ANY,
    SHAPE_TEXT,     /* where there are `words`, one of them */
    SHAPE_PLAIN,    /* a text, a number, true or false */
    SHAPE_NUMBER,   /* a whole number from `min` to `max` */
    SHAPE_FLAG,     /* true or false */
    SHAPE_FUNCTION, /* a mark stands in its place in JSON (script/catalog.h) */
    SHAPE_TABLE,    /* has these `keys` and no others */
    SHAPE_LIST,     /* `min` to `max` items, each as `of` */
    SHAPE_MAP,      /* free names, at most `max`, each with a value as `of` */
};

struct shape_key;
struct shape_walk;

struct shape {
    enum shape_kind kind;
    const char *what;              /* for people, where the kind says too little; or NULL */
    const char *const *words;      /* of a text; ends with NULL */
    int64_t min, max;              /* max 0: without a bound */
    const struct shape_key *keys;  /* of a table; those that it needs first; ends with no name */
    const struct shape *of;        /* of a list or a map */
    const struct shape *otherwise; /* another shape that is as good; it has another type of JSON */
    const struct shape *map_name;  /* of a map: a text's shape, which its names have too; or NULL */
    /* The names that `shape_scope` gives within this value: "" the value's own members, "input"
     * those of its member; NULL: those of the value around it. */
    const char *scope;
    /* What shapes cannot say of a text, and of a table whose keys have their shapes. */
    void (*text_rule)(struct shape_walk *w, const char *text);
    void (*rule)(struct shape_walk *w, const json_t *table);
    const char *title; /* of a table: how the reference calls it, "operations.NAME.probe" */
};

/* A key of a table. One that is called "1" is the item that stands in front without a name. */
struct shape_key {
    const char *name;
    const struct shape *shape;
    bool is_required;
    const char *doc; /* one plain sentence */
};

/* Holds a value against a shape. Each finding becomes an error of `d` that names the place within
 * the table (`operations.create_task.idempotnet`), and the line where the text of `d` has the word
 * in one place only. 0 where there is none. */
int shape_check(const struct shape *s, const json_t *v, struct diags *d);

/* --- for the rules of shapes --- */

/* An error at the value at hand. The message goes on after the place, "`limits[1]` …". The hint may
 * be NULL. */
void shape_find(struct shape_walk *w, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, with the member of `names` (an object, or NULL) that comes closest to `word` as hint.
 */
void shape_find_unknown(struct shape_walk *w, const char *word, const json_t *names,
                        const char *fmt, ...) __attribute__((format(printf, 4, 5)));
const json_t *shape_root(const struct shape_walk *w);
const json_t *shape_scope(const struct shape_walk *w); /* an object, or NULL */

/* --- for the reference --- */

/* What a value of this shape is, "a whole number from 1 to 500"; yours. */
char *shape_what(const struct shape *s);
