#pragma once

#include "connection/connection.h"
#include "store/secret_row.h"

/* Whether the service behind a connection can be called, and who is told: the breaker with its
 * gauge, its text in the store (for `ladle connections`, written at most once a second) and the
 * engine's events connection_broken and breaker_open, once each time it happens. Loop thread. */

/* Who is told that an event of the engine was stored. The service has a reference, and so has each
 * event on its way to the store: it may arrive when the service is gone (fn NULL). */
struct news {
    size_t refs;
    void (*fn)(void *ud); /* or NULL */
    void *ud;
};
void news_unref(struct news *n);

void health_init(struct connection *c);
/* Writes what is not yet written. May be called twice. */
void health_fini(struct connection *c);
/* What the store knows of it, before the first call; row may be NULL. What it says of webhooks is
 * `webhook` of row->health. */
void health_load(struct connection *c, const struct connection_row *row);

/* As breaker_check and breaker_enter. */
int health_check(struct connection *c, struct err *e);
int health_enter(struct connection *c, bool *is_trial, struct err *e);
/* How a call ended; `why` says what was wrong, where is_down. */
void health_report(struct connection *c, bool is_trial, bool is_down, const char *why);
void health_release(struct connection *c, bool is_trial);

/* An event of the engine about this connection, {connection, connector, reason, since}, and its
 * `state` where its token does not work: stored once for each moment `since`. */
void health_emit(struct connection *c, const char *type, const char *reason, int64_t since_us);
/* Something changed that the store's text tells of: it is written within a second. */
void health_touch(struct connection *c);

/* {state, since, opens_until, reason}, and `webhook` where there is something to say of it (webhook/hook_watch.h). New
 * reference. */
json_t *health_json(const struct connection *c);
