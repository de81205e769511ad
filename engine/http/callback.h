#pragma once

#include "crypto/vault.h"
#include "net/http_server.h"
#include "service/service.h"
#include "store/store.h"

/* Where a service sends a person back to: GET /oauth/callback, or /oauth/callback/<connection>. The
 * authorisation that began here is found by its state, used up, and only then is its code
 * exchanged; who waits for it reads that in the store (token/token_flow.h). One that began at the
 * service carries no state of ours: it is taken only where the connection says accept_installs, and
 * only for the account that the connection has. Loop thread. */
struct callback;

struct callback_opts {
    struct service *service;
    struct store *store;
    struct vault *vault;
    const char *base_url; /* of the engine, as browsers call it, or NULL; copied */
};

struct callback *callback_new(const struct callback_opts *o);
/* Before the service is freed and after the server is; NULL is allowed. */
void callback_free(struct callback *cb);
bool callback_is_idle(const struct callback *cb); /* nobody is on the way back */
/* A stop cannot wait any longer: who is on the way back is told so. An exchange that has begun goes
 * on, and what it brings is stored. */
void callback_cut(struct callback *cb);
bool callback_handles(const char *path);
void callback_handle(struct callback *cb, struct exchange *x); /* answers it, now or later */
