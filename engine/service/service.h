#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "connection/connection.h"
#include "crypto/vault.h"
#include "format/date.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "store/store.h"

/* The services that this project is connected to. A connection is a connector with this
 * project's settings, its token, its limiter and its state. Loop thread. */
struct service;
struct call_set;

struct service_opts {
    struct loop *loop;
    struct http_client *http;
    struct store *store;
    struct vault *vault;
    const struct zone *zone; /* of dates in inputs that say none; NULL: UTC */
    /* The store is this engine's alone: what an engine left undone is of one that is dead. */
    bool is_engine;
};

struct service *service_new(const struct service_opts *o);
void service_free(struct service *s); /* cancels what is in flight */
/* A stop waits for the tokens that are asked for just now; after service_cut only until what was
 * granted is committed. Whoever called is gone by then. */
bool service_is_idle(const struct service *s);
void service_cut(struct service *s);

/* Adds a connection. `config` is its map of ladle.yaml as JSON, holes already filled and checked
 * (project/project.c): connector auth client_id client_secret base_url token_url webhook
 * verify … . The connector is borrowed and outlives the service. */
struct connection *service_add(struct service *s, const char *name, struct connector *c,
                               json_t *config, struct err *e);
struct connection *service_find(const struct service *s, const char *name); /* or NULL */
bool service_next(const struct service *s, size_t *pos, struct connection **out);

/* Reads tokens and states back from the store (synchronously; before store_start), opens them
 * with the vault. */
int service_load(struct service *s, struct err *e);
/* Begins to watch what should come in; after store_start. */
void service_start(struct service *s);
/* The store was changed by another process: reads them again, in the background. */
void service_refresh(struct service *s);
/* For call_start. Borrowed. */
struct call_set *service_calls(struct service *s);

/* Called (in the loop) after a broken connection works again, or a new token came. */
void service_on_recover(struct service *s, void (*fn)(void *ud, struct connection *c), void *ud);
/* Called (in the loop) after an event of the engine (connection "ladle", type connection_broken or
 * breaker_open) was stored, so that it is routed. */
void service_on_event(struct service *s, void (*fn)(void *ud), void *ud);
/* {name, connector, state (new, connected, refreshing, broken, suspended), reason, since, remedy
 * (what a person can do, or null), expires_at, scopes, account, waiting (calls), breaker {state,
 * since, opens_until, reason}}; yours. */
json_t *connection_json(const struct connection *c);
