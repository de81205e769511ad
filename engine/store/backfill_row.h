#pragma once

#include "store/store.h"

/* A range of a schedule's past that a person wants run after all. It is a row until its last
 * occurrence has been handled: how far it came moves in the transaction of each occurrence
 * (occurrence_note.backfill), so one that is interrupted goes on where it was. */
enum { BACKFILL_RATE_MAX = 6000 };

struct backfill_row {
    struct id id;
    int64_t schedule;
    int64_t reached_us; /* at first: just before the range */
    int64_t to_us;      /* belongs to it */
    int rate;           /* occurrences a minute, 1 … BACKFILL_RATE_MAX */
    char *who;
};
void backfill_row_fini(struct backfill_row *row);

/* Adds one. ERR_NOT_FOUND where no engine has seen the schedule yet, ERR_CONFLICT where a backfill of
 * it is under way. */
struct backfill_add {
    struct store_op op;
    const char *recipe, *identity; /* borrowed */
    struct backfill_row row;       /* all but the schedule; owned */
};
struct backfill_add *backfill_add_new(void);
void backfill_add_free(struct backfill_add *a);

/* Ends one, done or not; none is no error. */
struct backfill_end {
    struct store_op op;
    struct id id;
};
void backfill_end_init(struct backfill_end *end, struct id id);

/* Ends those of a recipe; `count` out. */
struct backfill_stop {
    struct store_op op;
    const char *recipe; /* borrowed */
    int64_t count;
};
void backfill_stop_init(struct backfill_stop *stop, const char *recipe);

/* Those that are under way, in the order in which they were asked for. */
struct backfill_list {
    struct store_op op;
    struct backfill_row *rows; /* out */
    size_t count;
};
struct backfill_list *backfill_list_new(void);
void backfill_list_free(struct backfill_list *l);
