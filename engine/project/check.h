#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/diag.h"
#include "format/json.h"
#include "format/yaml.h"
#include "project/project.h"

/* The items that a place sees: one for each `each` around it, the innermost first. */
struct item_scope {
    const char *name; /* what `as` says, or "item" */
    const struct item_scope *outer;
};

struct library;
struct outline;

/* What the parts of the recipe checker share: the recipe at hand and where its errors go. Every
 * check records what is wrong and goes on, so that a person sees all errors of a file at once;
 * nobody but the function that began looks at whether there were any. */
struct check {
    struct diags *diags;
    const struct project *project;     /* NULL: connections, zone and values are not checked */
    const struct project_hooks *hooks; /* members may be NULL: that check is left out */
    json_t *needs;                     /* need -> connector, as far as they could be read */
    json_t *steps;                     /* the steps before the place at hand: name -> what is
                                        * known of the result (recipe/known.h) */
    json_t *names;                     /* every step's name so far: uniqueness */
    json_t *inputs;                    /* what is known of `inputs`, and of `event`; NULL: */
    json_t *event;                     /* nothing */
    json_t *result;                    /* the same of the step that was just read */
    json_t *starts;                    /* what starts the recipe (recipe/echo.h) */
    bool is_conditional;               /* this place is perhaps not reached: an `if`, `each` … */
    bool has_stop;                     /* a step before this place may end the run */
    const struct outline *outline;     /* all steps of the file */
    const struct yaml *step;           /* the one at hand, or NULL */
    json_t *maps;                      /* field maps that expressions use: name -> list */
    json_t *scripts;                   /* texts of the scripts that steps use: name -> text */
    json_t *calls;                     /* recipes that steps call: name -> [line, column] */
    struct library *library;           /* the project's other recipes */
    const struct item_scope *items;    /* inside `each`, else NULL */
    bool is_part;                      /* without `when`: others call it and give its inputs */
    bool has_error;                    /* inside on_error: `error` is there */
    bool may_page;                     /* inside `each`: `pages` and the connections are there */
    bool in_steps;                     /* inside a step: `steps` is there */
};

/* One error at the place of a node. `hint` may be NULL; it is copied. */
#define check_error(d, at, hint, ...) diags_add(d, (at)->line, (at)->column, hint, __VA_ARGS__)

/* The same for a warning. */
#define check_warn(d, at, hint, ...) diags_warn(d, (at)->line, (at)->column, hint, __VA_ARGS__)

/* An error with "did you mean `x`?" where one of `words` (NULL-terminated) is close to `word`. */
void check_unknown(struct diags *d, const struct yaml *at, const char *word,
                   const char *const *words, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The same with the members of an object (which may be NULL) as words. */
void check_unknown_member(struct diags *d, const struct yaml *at, const char *word,
                          const json_t *object, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* An error at `at`: there is no connector of that name, or its file does not load (what is wrong
 * with it is told by who read it). */
void check_no_connector(struct diags *d, const struct project_hooks *h, const struct yaml *at,
                        const char *name);

/* A node's text for a message: cut at 60 bytes between characters, control characters as blanks. */
struct shown {
    char text[68];
};
const char *check_show(struct shown *out, const struct yaml *y);
#define SHOW(y) check_show(&(struct shown){ { 0 } }, y)

/* True for a scalar, a list or a map as asked; else an error: "`do` takes a list". */
bool check_kind(struct diags *d, const struct yaml *y, enum yaml_kind kind, const char *what);
/* True for a scalar that says something: a plain scalar without text is a missing value. */
bool check_text(struct diags *d, const struct yaml *y, const char *what);
/* Every key of a map is one of `words`. */
void check_words(struct diags *d, const struct yaml *map, const char *const *words,
                 const char *what);

/* [a-z][a-z0-9_-]*, at most NAME_MAX_LEN bytes. */
enum { NAME_MAX_LEN = 64 };
bool name_is_valid(const char *text, size_t len);
/* True for a valid name; else an error that says what a name looks like. */
bool check_name(struct diags *d, const struct yaml *y, const char *what);

/* Whether a word is in a NULL-terminated list. */
bool word_is_in(const char *const *words, const char *word);

bool yaml_is_empty(const struct yaml *y);             /* NULL, or a plain scalar without text */
bool yaml_is(const struct yaml *y, const char *text); /* a scalar of exactly that text */
bool yaml_is_expr(const struct yaml *y);              /* a scalar that begins with "= " */

/* Errors so far, those included that were only counted. */
size_t check_count(const struct diags *d);
