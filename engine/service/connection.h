#pragma once

#include "base/map.h"
#include "limit/breaker.h"
#include "limit/limiter.h"
#include "service/hook_watch.h"
#include "service/service.h"
#include "service/token.h"
#include "service/verify.h"
#include "store/lease_row.h"

struct header_secret {
    char *name;
    struct secret *value;
};

/* For the files of this folder only: what a connection is made of. Loop thread. */
struct connection {
    struct service *service;
    /* account.c */
    struct connection *parent; /* of an account: its agency, whose settings it shares; else NULL */
    char *account;             /* of an account: its id */
    int uses;                  /* who holds it; counted for accounts */
    int64_t idle_us;           /* monotonic time since which nobody does */
    struct operation exchange; /* of an agency: how an account's token is asked for; name NULL: it
                                  is none */
    char *name;
    struct connector *connector;  /* borrowed */
    json_t *config;               /* without secrets */
    json_t *auth;                 /* the connector's table, with what holds for an agency */
    char *base_url;               /* without a slash at the end; NULL: none */
    bool may_be_private;          /* calls to base_url may go to a private address */
    struct secret *client_secret; /* of OAuth; or NULL; an account's is its agency's */
    /* Those of `headers` in the settings that hold keys; an account has its agency's. */
    struct header_secret *header_secrets;
    size_t header_secret_count;
    struct token *token;
    struct limiter *limiter;     /* of limits.h; NULL: not looked for yet */
    uint64_t limiter_generation; /* of the token that it belongs to */
    int64_t waiting;             /* calls that wait for it */
    bool refuses_batches;        /* a request for many was refused as a whole: none is made */
    struct breaker breaker;
    /* health.c */
    char *down_reason; /* why the breaker opened last, or NULL */
    bool is_health_dirty;
    struct timer health_timer;
    struct connection_health *health_writing;
    struct verifier *verifier;
    struct hook_watch watch;
};

/* Who is told that an event of the engine was stored. The service has a reference, and so has each
 * event on its way to the store: it may arrive when the service is gone (fn NULL). */
struct news {
    size_t refs;
    void (*fn)(void *ud); /* or NULL */
    void *ud;
};
struct news *news_ref(struct news *n);
void news_unref(struct news *n);

struct service {
    struct service_opts o;
    struct connection **connections; /* in the order they were added */
    size_t count;
    struct map *by_name;
    struct map *accounts; /* "crm/<account>" -> connection: those in memory */
    struct timer account_timer;
    char owner[LEASE_OWNER]; /* of this process's leases */
    struct list calls;       /* struct service_call: not ended */
    void (*on_recover)(void *ud, struct connection *c);
    void *on_recover_ud;
    struct limits *limits;
    struct cache *cache;
    struct news *news;
};

/* service.c; nobody uses it any more. */
void connection_free(struct connection *c);

/* The limiter that counts calls with the token that it has now; never NULL. Borrowed. */
struct limiter *connection_limiter(struct connection *c);

/* A connection's text setting, or NULL. Borrowed. */
const char *connection_text(const struct connection *c, const char *key);
/* A URL of the connector's table or of the config, made whole where it is a path under base_url.
 * Yours; NULL where there is none. */
char *connection_url(const struct connection *c, const char *text);
/* Whether a URL that the project names may lead to a private address: where it is said
 * (allow_private), or where the URL itself is plainly a loopback one and the connector is not
 * strict. */
bool connection_may_be_private(const struct connection *c, const char *url, bool is_explicit);
