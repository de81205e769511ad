#pragma once

#include "connection/connection.h"
#include "limit/limiter.h"

struct connection_env;

/* The limiters of all connections. Those of one connector with the same app and account share one,
 * as the service counts their calls together, and what it must remember over a restart stands in
 * the store. A connector that names no limits has a limiter for each connection, which only obeys
 * the service's 429. Loop thread. */
struct limits;

struct limits *limits_new(const struct connection_env *env);
void limits_free(struct limits *l); /* writes what is not yet written */
/* Reads what is stored, at once; before store_start and the first call. */
int limits_load(struct limits *l, struct err *e);
/* The limiter that counts calls of this connection with the token that it has now; never NULL. It
 * lives until limits_free, or until an account's connection lets it go. */
struct limiter *limits_limiter(struct limits *l, struct connection *c);
/* A parent's account, which got its limiter from limits_limiter and has no call under way, needs it
 * no more: the last one leaves what it has counted, to go on from there. */
void limits_let_go(struct limits *l, const struct connection *c);
