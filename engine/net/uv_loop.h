#pragma once

#include <uv.h>

#include "net/loop.h"

/* libuv's own loop, for process.c and work.c. A handle made on it is the first field of a struct of
 * the heap, so that loop_free can free what is left. */
uv_loop_t *loop_uv(struct loop *l);
