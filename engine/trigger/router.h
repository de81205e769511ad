#pragma once

#include "run/runner.h"
#include "service/service.h"
#include "store/event.h"

/* From an event to its runs: finds the recipes that want it, and writes event and runs in one
 * transaction. Loop thread. */
struct router;

struct router_opts {
    struct store *store;
    struct runner *runner;
    struct service *service;
};

struct router *router_new(const struct router_opts *o);
void router_free(struct router *r); /* it is idle; NULL is allowed */

/* Adds a trigger: events of this type on this connection start the recipe's newest version. */
void router_add(struct router *r, const char *connection, const char *event, const char *recipe);

struct incoming {
    const char *connection; /* all borrowed during router_accept */
    const char *type; /* the connector's event name, or the service's own word for one that it does
                         not know */
    const char *key;  /* dedupe key, or NULL */
    const char *headers; /* JSON, as they are stored; or NULL */
    const char *payload; /* JSON text */
    size_t payload_len;
    json_t *event;    /* the same, parsed */
    const char *note; /* what is told of it beside, or NULL */
};

/* An event of another account than the connection's, or of one where the app is not installed, is
 * stored with the reason and starts nothing (connection/account.h). */

/* What became of it: e NULL: committed. */
typedef void (*accepted_fn)(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                            const struct err *e);
/* Stores the event and its runs, then calls accepted, then begins the runs. */
void router_accept(struct router *r, const struct incoming *in, accepted_fn accepted, void *ud);

/* An occurrence of a schedule: an event of the engine's own, {at, late_s, schedule}, that starts this
 * recipe and no other, in the transaction that writes its row. It must land; note.outcome tells what
 * became of it. */
struct occurring {
    const char *recipe, *schedule; /* borrowed during the call */
    struct occurrence_note *note;  /* borrowed until accepted */
};
void router_accept_occurrence(struct router *r, const struct occurring *o, accepted_fn accepted,
                              void *ud);
/* Looks for events that were stored without runs (by the engine itself, the command line, a
 * replay). */
void router_scan(struct router *r);
/* A stop: what is stored already is left to the next start. Events from outside are still taken. */
void router_quiesce(struct router *r);
bool router_is_idle(const struct router *r); /* no event is on its way */
