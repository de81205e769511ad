#pragma once

#include <stdint.h>

/* The word that goes with a number: plural(runs, "run", "runs"). */
static inline const char *plural(int64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}
