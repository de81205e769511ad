/* What several commands have to know of the port that the engine listens on. Nothing is kept. */
#include "cli/own_port.h"

static struct tls_files files_of(const struct project *p)
{
    return (struct tls_files){ .certificate = p->tls_certificate, .key = p->tls_key };
}

const char *own_port_scheme(const struct project *p)
{
    return p->tls_certificate ? "https" : "http";
}

int own_port_tls(struct loop *l, const struct project *p, struct tls **out, struct err *e)
{
    struct tls_files files = files_of(p);
    *out = files.certificate ? tls_new(l, &files, e) : NULL;
    return !files.certificate || *out ? 0 : -1;
}

int own_port_check(const struct project *p, struct err *e)
{
    struct tls_files files = files_of(p);
    return files.certificate ? tls_check(&files, e) : 0;
}
