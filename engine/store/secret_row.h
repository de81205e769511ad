#pragma once

#include "store/lease_row.h"

/* Sealed values by name (crypto/vault.h seals them), and what is known of each connection without
 * its secrets. What is sealed under another key than the store's (key_row.h) is not written:
 * ERR_CONFLICT. */
struct secret_put {
    struct store_op op;
    char *name;      /* "user:highlevel_client_secret", "token:crm"; owned */
    uint8_t *sealed; /* owned; NULL: remove (ERR_NOT_FOUND where there is none) */
    size_t len;
};
struct secret_put *secret_put_new(const char *name, uint8_t *sealed_taken, size_t len);
void secret_put_free(struct secret_put *p);

struct secret_get {
    struct store_op op;
    char *name;
    /* The connection whose row is read in the same moment; owned; NULL: none. */
    char *connection;
    char *beside;    /* another name, owned, or NULL: is there a secret of that name? */
    bool has_beside; /* out */
    uint8_t *sealed; /* out, owned by the op; NULL where there is none */
    size_t len;
    int64_t stored_us;    /* out */
    char *state, *reason; /* out, owned; of the connection, NULL where it has no row */
};
struct secret_get *secret_get_new(const char *name);
void secret_get_free(struct secret_get *g);

struct secret_list {
    struct store_op op;
    const char *prefix; /* borrowed */
    char **names;       /* out, sorted */
    int64_t *updated_us;
    size_t count;
};
struct secret_list *secret_list_new(const char *prefix);
void secret_list_free(struct secret_list *l);

/* A connection's state: "new", "connected", "broken", "suspended". The name of a parent's account
 * is "crm/<account>". */
struct connection_row {
    char *name;
    char *state;
    char *reason;  /* of broken and suspended, or NULL */
    char *scopes;  /* space separated, or NULL */
    char *account; /* the account or its parent, as the token says, or NULL */
    int64_t since_us;
    int64_t expires_us; /* of the access token; 0: never or unknown */
    char *health;       /* read only: of a service that is not called just now, JSON; or NULL */
};
void connection_row_fini(struct connection_row *row);
/* Writes the state and, with a token_name, the sealed token in the same transaction (sealed NULL:
 * removes it); with a spent_name, the secret of that name goes. */
struct connection_put {
    struct store_op op;
    struct connection_row row;
    /* The lease under which the token was asked for ends with this, or ERR_CONFLICT (lease_row.h);
     * owner "": none. */
    char lease_owner[LEASE_OWNER], lease_expected[65];
    char *token_name;
    uint8_t *sealed;
    size_t len;
    int64_t stored_us; /* of the token; 0: now */
    char *spent_name;  /* or NULL */
};
struct connection_put *connection_put_new(void);
void connection_put_free(struct connection_put *p);
/* Writes what is known of the service behind a connection, and nothing else of its row; one that is
 * not there yet is made as connected. Texts are copied by new, `health` is taken. */
struct connection_health {
    struct store_op op;
    char *name;
    char *health; /* JSON text, or NULL: all is well */
};
struct connection_health *connection_health_new(const char *name, char *health_taken);
void connection_health_free(struct connection_health *p);
/* Those of ladle.yaml, or the accounts of one parent: what does not work comes first. */
struct connection_list {
    struct store_op op;
    /* in */
    const char *parent;          /* borrowed; NULL: those that are no accounts */
    const char *state;           /* of accounts; borrowed; NULL: any */
    int limit;                   /* of accounts; 0: all */
    struct connection_row *rows; /* out */
    size_t count;
    int64_t total; /* out: accounts in that state, listed or not */
};
struct connection_list *connection_list_new(void);
void connection_list_free(struct connection_list *l);
