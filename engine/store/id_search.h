#pragma once

#include "store/store.h"

/* The runs and events whose id begins or ends with what a person typed of it: hexadecimal digits in
 * any case; dashes do not count. A beginning is looked up, an end takes a walk over all ids. */
enum { ID_SEARCH_LEAST = 4, ID_SEARCH_MOST = 5 };

struct id_match {
    struct id id;
    bool is_event; /* else a run */
};

struct id_search {
    struct store_op op;
    /* in */
    const char *text; /* borrowed */
    bool in_runs, in_events;
    /* out, the newest first, runs before events */
    struct id_match matches[ID_SEARCH_MOST];
    size_t count;
    bool is_more; /* there are others */
};
/* ERR_INVALID where the text has less than ID_SEARCH_LEAST digits, or something else in it. */
void id_search_init(struct id_search *s, const char *text);
