#pragma once

#include "net/loop.h"

/* Connections that are closed while the client still sends. Closing them at once would send a
 * reset, and the client's system may throw away the answer (413) that it has not read yet; so what
 * comes is read and thrown away for a while first (RFC 9112, 9.6). Bounded in number, bytes and
 * time. */
struct lingerers;

struct lingerers *lingerers_new(struct loop *l);
void lingerers_free(struct lingerers *ls); /* closes all at once; NULL is allowed */
void lingerers_add(struct lingerers *ls,
                   int fd); /* works on a copy of fd, which stays the caller's */
int lingerers_count(const struct lingerers *ls);
