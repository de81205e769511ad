#pragma once

#include "store/store.h"

/* What the store remembers that tells whether something went wrong; for `ladle doctor`. */
struct health_read {
    struct store_op op;
    int64_t highest_us; /* the highest wall time of a commit; 0: none */
    int64_t lost;       /* commits that were gone when an engine last looked; 0: none ever */
    int64_t lost_at_us;
    int64_t jump_us; /* by how much the clock was last set; 0: never, or the machine was off */
    int64_t jump_at_us;
};
void health_read_init(struct health_read *h);
