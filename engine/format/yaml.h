#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/diag.h"

/* YAML as a tree of raw scalars with their marks: no types are guessed. Refused, each as an error
 * with its place: anchors, aliases, tags, several documents, duplicate keys, keys that are not
 * scalars, nesting over 32, more than 1 MiB. The only file that includes yaml.h of libyaml is
 * yaml.c. */
enum { YAML_BYTES_MAX = 1 << 20, YAML_DEPTH_MAX = 32 };

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    int line;               /* from 1 */
    int column;             /* from 1, in characters */
    bool is_plain;          /* a scalar without quotes or block style */
    bool is_cut_by_comment; /* a plain scalar with " #" behind it on the same line */
    char *text;             /* a scalar's text, NUL-terminated (and may hold no NUL), else NULL */
    size_t len;
    size_t count;        /* items or pairs */
    struct yaml **keys;  /* a map's keys, scalars */
    struct yaml **items; /* a list's items, a map's values */
};

/* Parses text; records every error in d, and gives d the text where it has none. NULL where there
 * is no usable tree; an empty document is an error. A tree may come with errors: what was refused
 * is missing in it, so ask d->count too. The tree is yours (yaml_tree_free). */
struct yaml *yaml_parse(const char *text, size_t len, struct diags *d);
/* Not yaml_free: libyaml exports that name, and would call ours. */
void yaml_tree_free(struct yaml *y);
struct yaml *yaml_get(const struct yaml *map, const char *key); /* a map's value, or NULL */
