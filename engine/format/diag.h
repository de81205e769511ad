#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "format/json.h"

/* The errors of one file, each with its place; so that a person sees all of them at once, with the
 * line itself and a caret. */
enum { DIAG_MAX = 100 }; /* more than that are counted, not kept */

struct diag {
    int line;   /* from 1; 0: the whole file */
    int column; /* from 1, in characters */
    char *message;
    char *hint; /* what to do, or NULL */
};

struct diags {
    char *file;
    char *text; /* the file's bytes, for showing lines; may be NULL */
    size_t text_len;
    struct diag items[DIAG_MAX]; /* errors */
    size_t count;
    size_t dropped;
    struct diag warnings[DIAG_MAX]; /* what may be right, and hardly is: the file is good */
    size_t warning_count;
    size_t warnings_dropped;
};

struct diags *diags_new(const char *file);
void diags_free(struct diags *d);
void diags_set_text(struct diags *d, const char *text, size_t len); /* copies */
/* Records one error; hint may be NULL. The same place and message is kept once. */
void diags_add(struct diags *d, int line, int column, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The same for a warning: no error of the file. */
void diags_warn(struct diags *d, int line, int column, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Sorts by place and prints "file:line:column: message", the line, a caret, the hint; the errors,
 * and then the warnings, which say that they are some. */
void diags_print(struct diags *d, struct buf *out);
json_t *diags_json(struct diags *d); /* the errors: [{file,line,column,message,hint}]; yours */
json_t *diags_warnings_json(struct diags *d); /* the warnings in the same form; yours */

/* The word of `words` (NULL-terminated) closest to `word`, or NULL where none is close
 * (Damerau-Levenshtein distance at most a third of the length, at least 1). Borrowed. */
const char *diag_closest(const char *word, const char *const *words);
