#pragma once

#include "store/store.h"

/* Who may ask for a new token of a connection just now: one row for each refresh that is under way,
 * over threads and processes. It is taken before the first byte is sent and goes in the transaction
 * that stores the new token (connection_put.lease_owner), or with lease_end. Of a holder that died
 * the row stays, and says to the next one that an answer may have been lost. */
enum {
    LEASE_OWNER = 32,                   /* characters of an owner, NUL included */
    LEASE_LENGTH_US = 60 * 1000 * 1000, /* more than a token request may take */
    LEASE_SLACK_US = 10 * 1000 * 1000   /* by which two wall clocks may differ */
};

enum lease_verdict {
    LEASE_TAKEN,
    LEASE_HELD, /* by another, who has until until_us */
    LEASE_STALE /* the stored token is not the expected one any more: look at it */
};

struct lease_take {
    struct store_op op;
    /* in */
    char *name; /* of the connection; owned */
    char owner[LEASE_OWNER];
    char expected[65]; /* SHA-256 of the sealed token that is to be replaced, hex; "": none is there
                        */
    /* out */
    enum lease_verdict verdict;
    int64_t until_us;
    bool is_unclear; /* TAKEN: the one before may have sent the refresh token, and nobody knows what
                        came of it */
};
struct lease_take *lease_take_new(const char *name, const char *owner);
void lease_take_free(struct lease_take *l);

/* Gives a lease back without a new token; one that is not ours stays. is_unclear: the answer did
 * not come, which the next holder is told. */
struct lease_end {
    struct store_op op;
    char *name; /* owned */
    char owner[LEASE_OWNER];
    bool is_unclear;
};
struct lease_end *lease_end_new(const char *name, const char *owner, bool is_unclear);
void lease_end_free(struct lease_end *l);

/* At start, with the store held exclusively: leases of engines (their owners begin with "engine")
 * are of one that is dead. */
struct lease_abandon {
    struct store_op op;
};
void lease_abandon_init(struct lease_abandon *l);
