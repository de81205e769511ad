#pragma once

#include "net/http_server.h"
#include "run/runner.h"
#include "store/store.h"

/* What the engine answers about itself: GET /healthz (it is alive), GET /readyz (it can store
 * what comes) for a load balancer, GET /metrics (Prometheus text) for callers on this machine only. Loop thread. */
struct status_opts {
    struct store *store;
    struct runner *runner;
};

/* Answers the exchange, with 404 where the path is none of these. */
void status_handle(const struct status_opts *o, struct exchange *x);
