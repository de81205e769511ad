/* Answers /healthz and /metrics. A table of routes, a function each; nothing here changes
 * anything. */
#include "http/status.h"

#include <string.h>

#include "base/metrics.h"
#include "format/url.h"

enum { METRICS_BYTES_MAX = 4 << 20 };

static void healthz(const struct status_opts *o, struct exchange *x)
{
    bool is_open = store_is_open(o->store);
    json_t *body = json_pack("{s:s, s:s}", "status", is_open ? "ok" : "store not open", "version",
                             LADLE_VERSION);
    exchange_answer_json(x, is_open ? 200 : 503, body);
    json_decref(body);
}

static void set_gauges(const struct status_opts *o)
{
    metric_set(metrics_gauge("ladle_runs_active", "Runs in memory.", NULL, NULL),
               (int64_t)runner_active(o->runner));
    metric_set(
        metrics_gauge("ladle_store_queue", "Operations that are not committed yet.", NULL, NULL),
        (int64_t)store_queue_len(o->store));
}

/* A proxy on this machine calls from loopback too, but says for whom. */
static bool is_from_loopback(const struct exchange *x)
{
    return ip_is_loopback(exchange_peer(x)) && exchange_header(x, "x-forwarded-for") == NULL &&
           exchange_header(x, "forwarded") == NULL;
}

static void metrics(const struct status_opts *o, struct exchange *x)
{
    if (!is_from_loopback(x)) {
        struct err e = ERR_INIT;
        (void)err_set(&e, ERR_FORBIDDEN, "metrics are for callers on this machine");
        exchange_answer_error(x, 403, &e);
        return;
    }
    struct buf out;
    buf_init(&out, METRICS_BYTES_MAX);
    set_gauges(o);
    (void)metrics_print(&out); /* what does not fit is left out */
    exchange_answer(x, 200, "text/plain; version=0.0.4", buf_text(&out), out.len);
    buf_fini(&out);
}

static const struct {
    const char *path;
    void (*handle)(const struct status_opts *o, struct exchange *x);
} routes[] = {
    { "/healthz", healthz },
    { "/metrics", metrics },
};

void status_handle(const struct status_opts *o, struct exchange *x)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (strcmp(exchange_path(x), routes[i].path) != 0) {
            continue;
        }
        if (strcmp(exchange_method(x), "GET") == 0 || strcmp(exchange_method(x), "HEAD") == 0) {
            routes[i].handle(o, x);
        } else {
            exchange_answer(x, 405, NULL, "", 0);
        }
        return;
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_NOT_FOUND, "there is nothing at this address");
    exchange_answer_error(x, 404, &e);
}
