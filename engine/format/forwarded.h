#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/url.h"

/* Who sent a request that came through proxies of ours, by X-Forwarded-For and Forwarded (RFC
 * 7239). What stands left of the first address that is no proxy of ours was written by strangers.
 */
enum { FORWARDED_HOPS_MAX = 32, FORWARDED_TEXT = 64 };

struct forwarded {
    const char *peer;            /* whom the connection is from; or NULL */
    const char *x_forwarded_for; /* the header's lines joined by ", "; or NULL: there is none */
    const char *forwarded;
};

/* The rightmost address that is not in `trusted`; the peer's own where it is no trusted proxy, or
 * none of the headers is there. False where nobody can tell: a hop is malformed, hidden or unknown,
 * there are too many, or the two headers do not agree (a proxy writes one of them, and hands the
 * other on as a stranger wrote it). */
bool forwarded_client(const struct cidr *trusted, size_t count, const struct forwarded *f,
                      char out[FORWARDED_TEXT]);
