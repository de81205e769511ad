#pragma once

#include <stddef.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "store/query.h"

/* The results of lists, and what lists have in common. */
enum { ROWS_LIMIT_MAX = 1000 };

/* Makes room for one more of `size` bytes after `count` of them, and zeroes it; grows by doubling.
 * What limits the number is the query. */
static inline void *rows_grow(void *rows, size_t count, size_t size)
{
    if ((count & (count - 1)) == 0) {
        rows = xrealloc(rows, (count == 0 ? 1 : count * 2) * size);
    }
    memset((char *)rows + count * size, 0, size);
    return rows;
}

/* The limit that a caller asked for, within 1 … ROWS_LIMIT_MAX. */
static inline int rows_limit(int asked)
{
    if (asked < 1) {
        return 1;
    }
    return asked > ROWS_LIMIT_MAX ? ROWS_LIMIT_MAX : asked;
}

/* Binds the upper end of a page: `before`, or past every id where it is zero. */
static inline void rows_bind_before(struct query *q, int param, const struct id *before)
{
    static const struct id past_all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
    query_bind_id(q, param, id_is_zero(before) ? &past_all : before);
}
