#pragma once

#include "call/limits.h"
#include "connection/connection.h"

/* The API calls of a project that have not ended, with what they share: the limiters of all
 * connections and the answers that are kept. Loop thread. */
struct call_set;

/* `env` is borrowed. */
struct call_set *call_set_new(const struct connection_env *env);
void call_set_free(struct call_set *k); /* no call is left */
/* A stop: calls that wait for a connection end with ERR_UNAVAILABLE and SEATS_TURN (seats.h). */
void call_set_quiesce(struct call_set *k);
/* Ends all calls without a word. */
void call_set_cancel(struct call_set *k);
struct limits *call_set_limits(struct call_set *k);
