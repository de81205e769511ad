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
    struct diag items[DIAG_MAX];
    size_t count;
    size_t dropped;
};

struct diags *diags_new(const char *file);
void diags_free(struct diags *d);
void diags_set_text(struct diags *d, const char *text, size_t len); /* copies */
/* Records one error; hint may be NULL. The same place and message is kept once. */
void diags_add(struct diags *d, int line, int column, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Sorts by place and prints "file:line:column: message", the line, a caret, the hint. */
void diags_print(struct diags *d, struct buf *out);
json_t *diags_json(struct diags *d); /* [{file,line,column,message,hint}]; yours */

/* The word of `words` (NULL-terminated) closest to `word`, or NULL where none is close
 * (Damerau-Levenshtein distance at most a third of the length, at least 1). Borrowed. */
const char *diag_closest(const char *word, const char *const *words);
