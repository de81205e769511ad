#pragma once

#include "format/url.h"
#include "net/http_server.h"
#include "script/vm.h"
#include "trigger/router.h"

/* Webhooks in: POST /hooks/<connection>[/<token>]. Read, verify over the raw bytes, find type and
 * dedupe key, store; then answer: 202 stored, 200 a duplicate, 401 not verified, 400 not readable,
 * 404 no such hook, 503 the store cannot take it. What a recipe does never shows in the answer.
 * Loop thread. */
struct hooks;

enum { HOOKS_BODY_MAX = 1 << 20 };

struct hooks_opts {
    struct router *router;
    struct service *service;
    const char *project_folder;
    const struct cidr *trusted_proxies; /* whose word on the sender's address counts */
    size_t trusted_count;
    const char *public_url; /* what the outside calls, or NULL; for schemes that sign the address */
};

struct hooks *hooks_new(const struct hooks_opts *o);
void hooks_free(struct hooks *h);
/* Whether the request, of which only the head is there, may be a delivery of somebody who is known:
 * for what is dropped first where too much comes at once. */
bool hooks_seems_good(const struct hooks *h, const struct exchange *x);
/* Answers an exchange whose path begins with "/hooks/". */
void hooks_handle(struct hooks *h, struct exchange *x);
