/* Hands work to libuv's pool of threads, which are made when the first work comes. */
#include "net/work.h"

#include <assert.h>
#include <stdlib.h>

#include <uv.h>

#include "base/mem.h"
#include "net/uv_loop.h"

struct work {
    uv_work_t uv; /* first: libuv hands back its address */
    void (*run)(void *ud);
    void (*done)(void *ud);
    void *ud;
};

/* --- a thread of the pool --- */
static void on_uv_work(uv_work_t *uv)
{
    struct work *w = (struct work *)uv;
    w->run(w->ud);
}

/* --- the loop --- */
static void on_uv_done(uv_work_t *uv, int status)
{
    struct work *w = (struct work *)uv;
    w->done(w->ud);
    free(w);
}

void work_start(struct loop *l, void (*run)(void *ud), void (*done)(void *ud), void *ud)
{
    struct work *w = xcalloc(1, sizeof *w);
    w->run = run;
    w->done = done;
    w->ud = ud;
    int rc = uv_queue_work(loop_uv(l), &w->uv, on_uv_work, on_uv_done);
    assert(rc == 0); /* it fails without a function only */
}
