#pragma once

#include "cli/cli.h"
#include "store/run.h"

/* Which runs a command looks at, from its options --recipe, --state, --since and --limit. */
struct run_filter {
    const char *recipe; /* NULL: all; borrowed */
    unsigned states;    /* bits 1 << enum run_state; 0: all */
    unsigned left_out;  /* bits: runs in these states are counted, not handed on */
    int64_t since_us;
    int64_t limit; /* of those that are handed on */
};

enum { RUN_FILTER_USUAL = 50, RUN_FILTER_MOST = 100000 };

/* Fills the filter; states is what counts without --state. 0, or -1 after saying what is wrong. */
int run_filter_read(const struct cli *c, unsigned states, struct run_filter *f);
/* Calls each(ud, row) for every run that passes, newest first; read page by page, so that any
 * number takes little memory. */
int run_filter_walk(const struct run_filter *f, struct store *s,
                    void (*each)(void *ud, const struct run_row *row), void *ud, struct err *e);
/* The same; *left_out tells how many were between them and left out. */
int run_filter_count(const struct run_filter *f, struct store *s,
                     void (*each)(void *ud, const struct run_row *row), void *ud, int64_t *left_out,
                     struct err *e);
