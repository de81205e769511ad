#pragma once

#include "format/json.h"

/* An account is a part of a service that has a token and limits of its own (a location of
 * HighLevel, a workspace of a chat); its parent is what stands for many of them (an agency, an
 * organisation): one authorisation of the parent covers all of its accounts. What the two are
 * called, in ladle.yaml and for people, is said by the connector's table (auth.accounts). */
struct account_words {
    const char *one; /* "location": the key of a connection, of meta and of the engine's events;
                           NULL: the service has no accounts */
    const char
        *parent;       /* "agency": the key of a connection for all; NULL: there is no such thing */
    const char *field; /* of an input: it names another account of the parent; or NULL */
};

/* The words of a table, which may be NULL; borrowed from it. */
struct account_words account_words(const json_t *table);
/* The account, else the parent, that a connection's settings name; NULL: neither. Borrowed. */
const char *account_words_bound(const json_t *table, const json_t *config);
/* Whether the settings are those of a parent. */
bool account_words_is_parent(const json_t *table, const json_t *config);
/* An operation's `access`, "parent" or "any", as the service calls it; without it an account's
 * word, and NULL where the service has no accounts under a parent. */
const char *account_words_access(const json_t *table, const json_t *operation);
