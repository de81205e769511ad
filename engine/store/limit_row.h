#pragma once

#include "store/store.h"

/* What must be known of a limiter (limit/limiter.h) after a restart: one row for each account of
 * a service. The store does not look into `state`. */
struct limit_row {
    char *key;
    char *state;     /* JSON text */
    int64_t kept_us; /* when it was written */
};

/* Writes one, and drops those that are older than every window of a limit can be. */
struct limit_put {
    struct store_op op;
    struct limit_row row; /* owned */
};
struct limit_put *limit_put_new(void);
void limit_put_free(struct limit_put *p);

struct limit_list {
    struct store_op op;
    struct limit_row *rows; /* out */
    size_t count;
};
struct limit_list *limit_list_new(void);
void limit_list_free(struct limit_list *l);
