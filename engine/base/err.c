/*
 * Errors as values: a kind, a message and what a retry needs to know. An error owns no memory, so
 * it is copied by assignment, lives on the stack and crosses threads inside a store_op. The table
 * at the end is the only place that knows the kinds' names and which of them are worth another try.
 * Pure; any thread.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

struct kind_info {
    const char *name;
    bool is_retryable;
};

static const struct kind_info kinds[ERR_KIND_COUNT];

/* What is forbidden in the log has no place in an error either: it is stored and shown. It goes
 * before the message is cut, as half a secret would not be found. */
static void set_message(struct err *e, char *whole, size_t len)
{
    (void)log_redact(whole, len); /* how many there were does not matter */
    if (len >= ERR_MESSAGE_MAX) {
        len = utf8_trim(whole, ERR_MESSAGE_MAX - 1);
    }
    memcpy(e->message, whole, len);
    e->message[len] = '\0';
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    if (e == NULL) {
        return -1;
    }
    char whole[ERR_RAW_MAX]; /* the arguments may point into *e itself */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(whole, sizeof whole, fmt, ap);
    va_end(ap);
    *e = (struct err){ .kind = kind };
    set_message(e, whole, n < 0 ? 0 : (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1);
    return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    if (e == NULL) {
        return -1;
    }
    char prefix[ERR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof prefix, fmt, ap); /* a context that is too long is cut */
    va_end(ap);
    char whole[2 * ERR_MESSAGE_MAX + 2];
    int n = snprintf(whole, sizeof whole, "%s: %s", prefix, e->message); /* it fits */
    set_message(e, whole, (size_t)n);
    return -1;
}

int err_about(struct err *e, const char *setting)
{
    if (e != NULL) {
        (void)snprintf(e->detail, sizeof e->detail, "%s", setting); /* names of keys are short */
    }
    return -1;
}

const char *err_kind_name(enum err_kind kind)
{
    if ((int)kind < 0 || kind >= ERR_KIND_COUNT) {
        return kinds[ERR_INTERNAL].name;
    }
    return kinds[kind].name;
}

enum err_kind err_kind_parse(const char *name)
{
    for (int i = 0; i < ERR_KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return (enum err_kind)i;
        }
    }
    return ERR_INTERNAL;
}

bool err_is_retryable(enum err_kind kind)
{
    return (int)kind >= 0 && kind < ERR_KIND_COUNT && kinds[kind].is_retryable;
}

/* Retryable: nothing happened, or it may be repeated, and time alone can heal it. UNKNOWN is not in
 * it: whether such a call is repeated is the operation's to say (promise P4). */
static const struct kind_info kinds[ERR_KIND_COUNT] = {
    [ERR_NONE] = { "none", false },
    [ERR_INVALID] = { "invalid", false },
    [ERR_TOO_LARGE] = { "too_large", false },
    [ERR_NOT_FOUND] = { "not_found", false },
    [ERR_CONFLICT] = { "conflict", false },
    [ERR_DUPLICATE] = { "duplicate", false },
    [ERR_CONFIG] = { "config", false },
    [ERR_STORE] = { "store", true },
    [ERR_STORE_FULL] = { "store_full", true },
    [ERR_IO] = { "io", false },
    [ERR_UNREACHABLE] = { "unreachable", true },
    [ERR_TLS] = { "tls", true },
    [ERR_TIMEOUT] = { "timeout", true },
    [ERR_UNKNOWN] = { "unknown", false },
    [ERR_PROTOCOL] = { "protocol", false },
    [ERR_UNAVAILABLE] = { "unavailable", true },
    [ERR_RATE_LIMITED] = { "rate_limited", true },
    [ERR_TURN] = { "turn", true },
    [ERR_EXPIRED] = { "expired", true },
    [ERR_AUTH] = { "auth", false },
    [ERR_FORBIDDEN] = { "forbidden", false },
    [ERR_SCRIPT] = { "script", false },
    [ERR_BUDGET] = { "budget", false },
    [ERR_MEMORY] = { "memory", false },
    [ERR_CANCELLED] = { "cancelled", false },
    [ERR_INTERNAL] = { "internal", false },
};
