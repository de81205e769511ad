#pragma once

#include "net/loop.h"

/* Work that may block (files on a slow disk), on a thread of libuv's pool: `run` there, with
 * nothing of the loop's in its hands, then `done` on the loop. What was begun is always finished,
 * at the latest by loop_free; who may be gone by then leaves word in ud. */
void work_start(struct loop *l, void (*run)(void *ud), void (*done)(void *ud), void *ud);
