/*
 * Named fault points. Nothing is armed in ordinary life, and a passage is then one atomic load.
 * Armed faults stand in a fixed table that only grows until fault_disarm; each counts its own
 * passages, so "@3" means the third passage over all threads. Passages are noted, each name with
 * its number, only where LADLE_FAULT_TRACE names a file, so that a crash test can find out which
 * points exist and how often each is passed. fault_arm and fault_disarm belong to the thread that
 * starts the others; fault_pass may be called on any thread.
 */
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"

enum {
    FAULT_ARMED_MAX = 32,
    FAULT_NAME_MAX = 64,
    FAULT_NAMES_MAX = 512, /* distinct fault points in the program; more are not traced */
    FAULT_AT_MAX = 1000000000,
    FAULT_EXIT = 70, /* EX_SOFTWARE; the crash tests look for it */
};

enum action { ACTION_CRASH, ACTION_FAIL, ACTION_FAIL_ALWAYS };
enum tracing { TRACING_UNKNOWN, TRACING_OFF, TRACING_ON };

struct armed {
    char name[FAULT_NAME_MAX];
    enum action action;
    long at; /* the passage at which it happens, from 1 */
    atomic_long passed;
};

static struct armed armed[FAULT_ARMED_MAX];
static atomic_int armed_count;
static atomic_int tracing;
static _Atomic(const char *) names[FAULT_NAMES_MAX]; /* borrowed literals */
static atomic_long passages[FAULT_NAMES_MAX];        /* of each name, not flushed yet */

/* Reads "crash", "fail" or "fail*", then "@n" or nothing. */
static int parse_action(const char *text, size_t len, struct armed *out)
{
    const char *mark = memchr(text, '@', len);
    size_t word = mark != NULL ? (size_t)(mark - text) : len;
    if (word == 5 && memcmp(text, "crash", word) == 0) {
        out->action = ACTION_CRASH;
    } else if (word == 4 && memcmp(text, "fail", word) == 0) {
        out->action = ACTION_FAIL;
    } else if (word == 5 && memcmp(text, "fail*", word) == 0) {
        out->action = ACTION_FAIL_ALWAYS;
    } else {
        return -1;
    }
    if (mark == NULL) {
        out->at = 1;
        return 0;
    }
    out->at = 0;
    for (const char *c = mark + 1; c < text + len; c++) {
        if (!ascii_is_digit(*c) || out->at > FAULT_AT_MAX) {
            return -1;
        }
        out->at = out->at * 10 + (*c - '0');
    }
    return out->at > 0 ? 0 : -1;
}

static int parse_item(const char *text, size_t len, struct armed *out)
{
    const char *sign = memchr(text, '=', len);
    if (sign == NULL || sign == text || (size_t)(sign - text) >= FAULT_NAME_MAX) {
        return -1;
    }
    size_t name_len = (size_t)(sign - text);
    memcpy(out->name, text, name_len);
    out->name[name_len] = '\0';
    return parse_action(sign + 1, len - name_len - 1, out);
}

int fault_arm(const char *spec, struct err *e)
{
    if (spec == NULL) {
        return 0;
    }
    int count = atomic_load(&armed_count);
    while (*spec != '\0') {
        size_t len = strcspn(spec, ",");
        if (len > 0) {
            if (count == FAULT_ARMED_MAX) {
                return err_set(e, ERR_INVALID, "more than %d faults", FAULT_ARMED_MAX);
            }
            if (parse_item(spec, len, &armed[count]) == -1) {
                return err_set(e, ERR_INVALID,
                               "\"%.*s\" is not a fault; write name=crash@2, name=fail or "
                               "name=fail*",
                               (int)(len < 200 ? len : 200), spec);
            }
            atomic_store(&armed[count].passed, 0);
            count++;
        }
        spec += len + (spec[len] == ',');
    }
    atomic_store(&armed_count, count);
    return 0;
}

void fault_disarm(void)
{
    atomic_store(&armed_count, 0);
}

static bool is_traced(void)
{
    int state = atomic_load_explicit(&tracing, memory_order_relaxed);
    if (state == TRACING_UNKNOWN) {
        state = getenv("LADLE_FAULT_TRACE") != NULL ? TRACING_ON : TRACING_OFF;
        atomic_store(&tracing, state);
    }
    return state == TRACING_ON;
}

/* The slots fill up from the first and never empty. */
static void note(const char *name)
{
    for (int i = 0; i < FAULT_NAMES_MAX; i++) {
        const char *found = atomic_load(&names[i]);
        if ((found == NULL && atomic_compare_exchange_strong(&names[i], &found, name)) ||
            strcmp(found, name) == 0) {
            atomic_fetch_add(&passages[i], 1);
            return;
        }
    }
}

static int pass_one(struct armed *a)
{
    long n = atomic_fetch_add(&a->passed, 1) + 1;
    switch (a->action) {
    case ACTION_CRASH:
        if (n == a->at) {
            fault_trace_flush();
            _exit(FAULT_EXIT);
        }
        return 0;
    case ACTION_FAIL:
        return n == a->at;
    case ACTION_FAIL_ALWAYS:
        return n >= a->at;
    }
    return 0;
}

int fault_pass(const char *name)
{
    if (is_traced()) {
        note(name);
    }
    int count = atomic_load_explicit(&armed_count, memory_order_acquire);
    int fails = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(armed[i].name, name) == 0) {
            fails |= pass_one(&armed[i]);
        }
    }
    return fails;
}

/* Best effort, like everything of a trace: a name that cannot be written is missing from it. */
static void write_line(int fd, const char *name, long count)
{
    char line[FAULT_NAME_MAX + 24];
    int len = snprintf(line, sizeof line, "%.*s %ld\n", FAULT_NAME_MAX, name, count);
    ssize_t n;
    do {
        n = write(fd, line, (size_t)len);
    } while (n == -1 && errno == EINTR);
}

void fault_trace_flush(void)
{
    const char *path = getenv("LADLE_FAULT_TRACE");
    if (path == NULL) {
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd == -1) {
        return;
    }
    for (int i = 0; i < FAULT_NAMES_MAX; i++) {
        const char *name = atomic_load(&names[i]);
        long count = atomic_exchange(&passages[i], 0);
        if (name != NULL && count > 0) {
            write_line(fd, name, count);
        }
    }
    (void)close(fd); /* appended lines are whole; nothing to do about a failure here */
}
