/* Tells commands what they have to know of the port that the engine listens on. Nothing is kept. */
#include "daemon/own_port.h"

#include <string.h>

#include "base/mem.h"

static struct tls_files files_of(const struct project *p)
{
    return (struct tls_files){ .certificate = p->tls_certificate, .key = p->tls_key };
}

const char *own_port_scheme(const struct project *p)
{
    return p->tls_certificate != NULL ? "https" : "http";
}

/* The host of an address to listen on, as this machine calls it; *len of its bytes. */
static const char *host_of(const char *listen, size_t colon, size_t *len)
{
    static const char *const any[][2] = {
        { "*", "127.0.0.1" },
        { "0.0.0.0", "127.0.0.1" },
        { "[::]", "[::1]" },
    };
    for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
        if (strlen(any[i][0]) == colon && strncmp(any[i][0], listen, colon) == 0) {
            *len = strlen(any[i][1]);
            return any[i][1];
        }
    }
    *len = colon;
    return listen;
}

/* An address to listen on as a URL of this machine; yours. */
static char *local_url(const struct project *p, const char *listen)
{
    const char *colon = strrchr(listen, ':');
    size_t len;
    const char *host = host_of(listen, (size_t)(colon - listen), &len);
    return xasprintf("%s://%.*s%s", own_port_scheme(p), (int)len, host, colon);
}

char *own_port_local_url(const struct project *p)
{
    const char *colon = strrchr(p->listen, ':');
    return colon == NULL || strcmp(colon, ":0") == 0 ? NULL : local_url(p, p->listen);
}

char *own_port_url_at(const struct project *p, const char *address)
{
    size_t len = p->public_url != NULL ? strlen(p->public_url) : 0;
    while (len > 0 && p->public_url[len - 1] == '/') {
        len--;
    }
    return len > 0 ? xstrndup(p->public_url, len) : local_url(p, address);
}

char *own_port_base_url(const struct project *p)
{
    return p->public_url != NULL ? xstrdup(p->public_url) : own_port_local_url(p);
}

int own_port_tls(struct loop *l, const struct project *p, struct tls **out, struct err *e)
{
    struct tls_files files = files_of(p);
    *out = files.certificate != NULL ? tls_new(l, &files, e) : NULL;
    return files.certificate == NULL || *out != NULL ? 0 : -1;
}

int own_port_check(const struct project *p, struct diags *d)
{
    struct tls_files files = files_of(p);
    struct err e = ERR_INIT;
    if (files.certificate == NULL || files.key == NULL || tls_check(&files, &e) == 0) {
        return 0;
    }
    const struct yaml *at = project_place(p, "tls");
    diags_add(d, at != NULL ? at->line : 0, at != NULL ? at->column : 0, NULL, "%s", e.message);
    return -1;
}
