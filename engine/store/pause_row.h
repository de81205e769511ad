#pragma once

#include "store/store.h"

/* Recipes that a person has told to pause. While its row is there, a recipe starts no run: an event
 * makes one that is skipped, and an occurrence of a schedule waits to be missed. That is looked up in
 * the transaction that would make the run, so a pause holds from its commit on. Runs that have begun
 * go on. */
struct pause_row {
    char *recipe;
    int64_t since_us;
    char *who;
    char *why; /* or NULL */
};

/* ERR_CONFLICT where it is paused already. */
struct pause_add {
    struct store_op op;
    struct pause_row row; /* all but the time; owned */
};
struct pause_add *pause_add_new(const char *recipe);
void pause_add_free(struct pause_add *p);

/* ERR_NOT_FOUND where it is not paused. */
struct pause_end {
    struct store_op op;
    const char *recipe; /* borrowed */
    int64_t since_us;   /* out */
    int64_t skipped;    /* out: runs that did not begin meanwhile */
};
void pause_end_init(struct pause_end *p, const char *recipe);

struct pause_list {
    struct store_op op;
    struct pause_row *rows; /* out, by recipe */
    size_t count;
};
struct pause_list *pause_list_new(void);
void pause_list_free(struct pause_list *l);
