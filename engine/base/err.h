#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What went wrong, in one word. The word (err_kind_name) is what stands in a run's JSON, in a Lua
 * error table and as a metric's label; err_is_retryable is the only place that knows which kinds
 * are worth another try. */
enum err_kind {
    ERR_NONE,
    ERR_INVALID,     /* the input is wrong; the same input fails again */
    ERR_TOO_LARGE,   /* a maximum was passed */
    ERR_NOT_FOUND,   /* the thing named is not there */
    ERR_CONFLICT,    /* the thing is there already, or is in another state */
    ERR_DUPLICATE,   /* a service holds this object already; detail is its id */
    ERR_CONFIG,      /* the project's files or settings are wrong */
    ERR_STORE,       /* the store failed */
    ERR_STORE_FULL,  /* the store has no room */
    ERR_IO,          /* a file or pipe failed */
    ERR_UNREACHABLE, /* no connection; nothing was sent */
    ERR_TLS,         /* the peer's certificate or handshake was refused; nothing was sent */
    ERR_TIMEOUT,     /* no answer in time to a call that is safe to repeat */
    ERR_UNKNOWN,     /* sent, no answer: whether it took effect is unknown */
    ERR_PROTOCOL,    /* the peer answered something that makes no sense */
    ERR_UNAVAILABLE, /* the service answered 5xx, or its breaker is open */
    ERR_RATE_LIMITED,
    ERR_EXPIRED,   /* the access token is no longer accepted */
    ERR_AUTH,      /* the connection is broken: a person must authorise it */
    ERR_FORBIDDEN, /* scope or account not granted; the message names it */
    ERR_SCRIPT,    /* a Lua error */
    ERR_BUDGET,    /* a script passed its instruction budget */
    ERR_MEMORY,    /* a script passed its memory cap */
    ERR_CANCELLED,
    ERR_INTERNAL,
    ERR_KIND_COUNT
};

enum {
    ERR_MESSAGE_MAX = 480,
    ERR_DETAIL_MAX = 128,
    ERR_RAW_MAX = 4096, /* of a message before it is cut: what is searched for secrets */
};

/* One error for C, Lua and JSON. It owns no memory: copy it by assignment, put it on the stack. */
struct err {
    enum err_kind kind;
    int status;          /* HTTP status of the answer, or 0 */
    int64_t retry_at_us; /* wall time before which a try is useless, or 0 */
    char message[ERR_MESSAGE_MAX];
    /* ERR_DUPLICATE: the existing id; ERR_CONFIG: the setting that is wrong; else "". */
    char detail[ERR_DETAIL_MAX];
};

#define ERR_INIT ((struct err){ .kind = ERR_NONE })

/* Fills `e` (which may be NULL) and returns -1, so that `return err_set(e, …)` reads well. A
 * message that is too long is cut, after what log_forbid names was blotted out of it. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message; the end of a long message is cut. Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says which setting is wrong ("webhook.token"), so that its place can be found. Returns -1. */
int err_about(struct err *e, const char *setting);

/* "invalid", "rate_limited" …; borrowed, never NULL. */
const char *err_kind_name(enum err_kind kind);

/* The kind of that name, or ERR_INTERNAL where there is none. */
enum err_kind err_kind_parse(const char *name);

/* Whether another try of the same call can succeed without anybody's help. */
bool err_is_retryable(enum err_kind kind);
