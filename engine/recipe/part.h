#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/diag.h"
#include "format/json.h"

struct library;

/* One recipe as its file says it, without those that it calls. */
struct part {
    json_t *plan;     /* recipe.h */
    json_t *inputs;   /* values */
    json_t *scripts;  /* name -> text */
    json_t *maps;     /* name -> list */
    json_t *calls;    /* name of a called recipe -> [line, column] of the first call */
    int line, column; /* of its name in the file */
};

/* Reads and checks any bytes; `lib` says for which project, and knows the inputs of other recipes.
 * False where there is any error (all are in d): then the part is empty. Else it is to be finished
 * (part_fini). */
bool part_read(struct part *out, struct library *lib, const char *text, size_t len,
               struct diags *d);
void part_fini(struct part *p);
