#pragma once

#include "net/tls.h"
#include "project/project.h"

/* The engine's own port, as `ladle.yaml` says it. */

/* "https" where the project has `tls`, else "http". */
const char *own_port_scheme(const struct project *p);
/* The address of `listen` as this machine calls it ("http://127.0.0.1:8420", also for 0.0.0.0).
 * Yours; NULL for any port. */
char *own_port_local_url(const struct project *p);
/* The address under which the outside calls it: `public_url`, without a slash at the end, else the
 * one that it listens on ("0.0.0.0:43211") as this machine calls that. Yours. */
char *own_port_url_at(const struct project *p, const char *address);
/* The address under which browsers call it: `public_url`, else the local one. Yours, or NULL. */
char *own_port_base_url(const struct project *p);
/* The certificate of the port; *out is NULL for plain HTTP. 0, or -1 and ERR_CONFIG. Yours
 * (tls_free, after the server). */
int own_port_tls(struct loop *l, const struct project *p, struct tls **out, struct err *e);
/* Whether the files of `tls` are what they should be: 0, or -1 after telling it in d at its
 * place. */
int own_port_check(const struct project *p, struct diags *d);
