#pragma once

#include <stdbool.h>

#include "format/json.h"

/* Answers that may serve others who ask the same, for as long as the operation's `cache_ms` says:
 * the definitions of custom fields, an account's zone. By connection, token, operation and input.
 * In memory and bounded; what is not used for long makes room. Loop thread. */
struct cache;
struct service_call;

enum {
    CACHE_ENTRIES_MAX = 512,
    CACHE_ENTRY_MAX = 512 << 10, /* bytes of one answer; a larger one is not kept */
    CACHE_BYTES_MAX = 4 << 20,
    CACHE_FRESH_US = 10 * 1000 * 1000 /* as old may an answer be that is asked for as fresh: so a
                                         burst of callers who miss something asks once */
};

struct cache *cache_new(void);
void cache_free(struct cache *k); /* NULL is fine */

/* Ends the call with an answer that is kept, or lets it wait for a call that asks the same just
 * now. False: it goes on by itself. Only for calls that are checked and built. */
bool cache_take(struct cache *k, struct service_call *call);
/* Keeps the answer of a call, where its operation says for how long. */
void cache_keep(struct cache *k, const struct service_call *call, const json_t *output);
