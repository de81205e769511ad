#pragma once

#include "base/metrics.h"
#include "connection/connection.h"
#include "crypto/vault.h"
#include "format/date.h"
#include "limit/breaker.h"
#include "limit/limiter.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "store/lease_row.h"
#include "store/store.h"

/* What a connection is made of, for the folders connection/ to service/ only. Loop thread. */

struct header_secret {
    char *name;
    struct secret *value;
};

/* What all connections of a project share; the service owns it. */
struct connection_env {
    struct loop *loop;
    struct http_client *http;
    struct store *store;
    struct vault *vault;
    const struct zone *zone; /* of dates in inputs that say none; NULL: UTC */
    char owner[LEASE_OWNER]; /* of this process's leases; others never guess it */
    struct news *news;       /* health.h */
};

struct connection {
    const struct connection_env *env;
    struct connection *parent; /* of an account: its parent, whose settings it shares; else NULL */
    char *account;             /* of an account: its id */
    int uses;                  /* who holds it; counted for accounts */
    int64_t idle_us;           /* monotonic time since which nobody does */
    struct operation exchange; /* of a parent: how an account's token is asked for; name NULL: it
                                  is none */
    char *name;
    struct connector *connector;  /* borrowed */
    json_t *config;               /* without secrets */
    json_t *auth;                 /* the connector's table, with what holds for a parent */
    char *base_url;               /* without a slash at the end; NULL: none */
    bool may_be_private;          /* calls to base_url may go to a private address */
    struct secret *client_secret; /* of OAuth; or NULL; an account's is its parent's */
    /* Those of `headers` in the settings that hold keys; an account has its parent's. */
    struct header_secret *header_secrets;
    size_t header_secret_count;
    /* health.c */
    struct breaker breaker;
    char *down_reason; /* why the breaker opened last, or NULL */
    bool is_health_dirty;
    struct timer health_timer;
    struct connection_health *health_writing;
    /* webhook/ */
    struct verifier *verifier;
    struct hook_watch *watch;
    json_t *(*describe_webhook)(const struct connection *c); /* for health_json; or NULL */
    /* token/ */
    struct token *token;
    const char *trouble; /* "broken" or "suspended": its token does not work; else NULL */
    /* call/ */
    struct limiter *limiter;     /* of limits.h; NULL: not looked for yet */
    uint64_t limiter_generation; /* of the token that it belongs to */
    int64_t waiting;             /* calls that wait for it */
    bool refuses_batches;        /* a request for many was refused as a whole: none is made */
    /* Kept, as finding them costs more than counting; NULL: not looked for yet. */
    struct metric *calls_by_end[ERR_KIND_COUNT]; /* ERR_NONE: ok */
    struct metric *call_seconds;
    struct metric *limiter_waiting;
};

/* `config` is its map of ladle.yaml as JSON, holes filled; copied. NULL and ERR_CONFIG, about the
 * setting (err_about), where the address or another setting does not fit the connector. */
struct connection *connection_new(const struct connection_env *env, const char *name,
                                  struct connector *connector, const json_t *config, struct err *e);
/* What the folders above hang on it must be gone. */
void connection_free(struct connection *c);
/* Takes the secrets out of its settings, once token and verifier have read theirs. */
void connection_hide_secrets(struct connection *c);

/* A text setting, or NULL. Borrowed. */
const char *connection_text(const struct connection *c, const char *key);
/* A URL of the connector's table or of the config, made whole where it is a path under base_url.
 * Yours; NULL where there is none. */
char *connection_url(const struct connection *c, const char *text);
/* Whether calls can go to the URL that the setting `key` gives: 0, or -1 and ERR_CONFIG where its
 * host is written as a private address and may not be one. */
int connection_check_address(const struct connection *c, const char *key, const char *url,
                             bool is_explicit, struct err *e);
/* Whether a URL that the project names may lead to a private address: where it is said
 * (allow_private), or where the URL itself is plainly a loopback one and the connector is not
 * strict. */
bool connection_may_be_private(const struct connection *c, const char *url, bool is_explicit);
