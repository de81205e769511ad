#pragma once

#include "net/http_client.h"
#include "run/runner.h"
#include "service/service.h"
#include "store/store.h"
#include "trigger/router.h"

/* Where the simulator takes hold of an engine that was not built for it: its clock, its HTTP
 * client, its loop, and the moment at which the store's writer has finished. The linker puts these
 * in the place of the engine's own (--wrap in the Makefile); all else is the engine as it is. */

struct seams {
    int world;       /* the socket on which the world answers */
    int64_t wall_us; /* virtual */
    int64_t mono_us;
    int64_t *shown_us;             /* the wall time again, where the world sees it after a crash */
    uint64_t random;               /* state of the generator; never 0 */
    void (*drive)(struct loop *l); /* in the place of loop_run */
    /* What the engine has made; borrowed. */
    struct store *store;
    struct service *service;
    struct runner *runner;
    struct router *router;
    bool is_stopped;  /* the engine has called loop_stop */
    size_t submitted; /* operations of the store since seams_await_store */
};
struct seams *seams(void);

/* Makes the clock a virtual one that begins at s->wall_us. Before anything of the engine is called.
 */
void seams_init(const struct seams *s, uint64_t seed);
/* Lets virtual time go on; never back. */
void seams_pass(int64_t us);
/* A number below n, from the seed. */
uint64_t seams_random_below(uint64_t n);
/* Waits until the writer has handed back what this turn of the loop gave it. False where that was
 * nothing. */
bool seams_await_store(void);
