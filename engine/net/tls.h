#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "net/loop.h"

/* The certificate of the engine's own port (GnuTLS, which libmicrohttpd speaks TLS with). The files
 * are looked at every few seconds, on another thread; new ones are taken for new connections, those
 * that are there go on. New files that are no pair change nothing and are told in the log. One at a
 * time in a process: the library's callback does not say whose it is. Loop thread. */
struct tls;

struct tls_files {
    const char *certificate; /* PEM: the server's own first, then those between it and the root */
    const char *key;         /* PEM, not readable for others */
};

/* ERR_CONFIG where the files are not a certificate and its key. The texts are copied. */
struct tls *tls_new(struct loop *l, const struct tls_files *files, struct err *e);
void tls_free(struct tls *t); /* after the server; NULL is allowed */

bool tls_is_idle(const struct tls *t); /* no look at the files is under way */

/* As tls_new looks at them, for `ladle check`: 0 or -1 and ERR_CONFIG. */
int tls_check(const struct tls_files *files, struct err *e);

/* For http_server.c: the library's certificate callback, and the protocols and ciphers. */
void *tls_callback(void);
const char *tls_priorities(void); /* TLS 1.2 and 1.3 */
