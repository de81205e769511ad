/*
 * Makes the process crash, stop or fail at named points, for the tests of crashes. Nothing is armed
 * in ordinary life, and a passage is then one atomic load. Armed faults stand in a fixed table that
 * only grows until fault_disarm; each counts its own passages, so "@3" means the third passage over
 * all threads. Passages are noted, each name with its number, only where LADLE_FAULT_TRACE names a
 * file, so that a crash test can find out which points exist and how often each is passed.
 * fault_arm and fault_disarm belong to the thread that starts the others; fault_pass may be called
 * on any thread. Spans are in real time, whatever base/clock.h says: they are about threads, which
 * live in it.
 */
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"

enum {
    FAULT_ARMED_MAX = 32,
    FAULT_NAME_MAX = 64,
    FAULT_NAMES_MAX = 512, /* distinct fault points in the program; more are not traced */
    FAULT_NUMBER_MAX = 1000000000,
    FAULT_EXIT = 70, /* EX_SOFTWARE; the crash tests look for it */
};

enum action { ACTION_CRASH, ACTION_STOP, ACTION_STALL, ACTION_FAIL, ACTION_FAIL_ALWAYS };
enum tracing { TRACING_UNKNOWN, TRACING_OFF, TRACING_ON };

struct armed {
    char name[FAULT_NAME_MAX];
    enum action action;
    long at;      /* the passage at which it happens, from 1 */
    long span_ms; /* for how long from then on; 0: only then */
    atomic_long passed;
    atomic_long until_ms; /* the end of the span; 0: it has not begun */
};

static struct armed armed[FAULT_ARMED_MAX];
static atomic_int armed_count;
static atomic_int tracing;
static _Atomic(const char *) names[FAULT_NAMES_MAX]; /* borrowed literals */
static atomic_long passages[FAULT_NAMES_MAX];        /* of each name, not flushed yet */
static atomic_bool can_fail[FAULT_NAMES_MAX];

/* A number from 1 on at the beginning of [text, end); returns what follows it, or NULL. */
static const char *parse_number(const char *text, const char *end, long *out)
{
    const char *c = text;
    *out = 0;
    while (c < end && ascii_is_digit(*c) && *out <= FAULT_NUMBER_MAX) {
        *out = *out * 10 + (*c++ - '0');
    }
    return *out > 0 && *out <= FAULT_NUMBER_MAX ? c : NULL;
}

/* "5s" or "300ms", up to the end. */
static int parse_span(const char *text, const char *end, long *out_ms)
{
    const char *unit = parse_number(text, end, out_ms);
    size_t len = unit != NULL ? (size_t)(end - unit) : 0;
    if (len == 2 && memcmp(unit, "ms", 2) == 0) {
        return 0;
    }
    *out_ms *= 1000;
    return len == 1 && *unit == 's' ? 0 : -1;
}

/* Nothing, "@n", "..+5s" or "@n..+5s". */
static int parse_passages(const char *text, const char *end, struct armed *out)
{
    static const char mark[] = "..+";
    size_t mark_len = sizeof mark - 1;
    out->at = 1;
    out->span_ms = 0;
    if (text < end && *text == '@') {
        text = parse_number(text + 1, end, &out->at);
    }
    if (text == NULL || text == end) {
        return text == NULL ? -1 : 0;
    }
    if ((size_t)(end - text) <= mark_len || memcmp(text, mark, mark_len) != 0) {
        return -1;
    }
    return parse_span(text + mark_len, end, &out->span_ms);
}

static int parse_word(const char *text, size_t len, enum action *out)
{
    static const struct {
        const char *word;
        enum action action;
    } words[] = {
        { "crash", ACTION_CRASH }, { "stop", ACTION_STOP },         { "stall", ACTION_STALL },
        { "fail", ACTION_FAIL },   { "fail*", ACTION_FAIL_ALWAYS },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == len && memcmp(words[i].word, text, len) == 0) {
            *out = words[i].action;
            return 0;
        }
    }
    return -1;
}

/* Only what fails or is held up takes time. */
static int parse_action(const char *text, size_t len, struct armed *out)
{
    size_t word = 0;
    while (word < len && text[word] != '@' && text[word] != '.') {
        word++;
    }
    if (parse_word(text, word, &out->action) == -1 ||
        parse_passages(text + word, text + len, out) == -1) {
        return -1;
    }
    bool has_span = out->span_ms > 0;
    bool must_have = out->action == ACTION_STALL;
    return has_span == must_have || (has_span && out->action == ACTION_FAIL) ? 0 : -1;
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
                               "\"%.*s\" is not a fault; write name=crash@2, name=fail, "
                               "name=fail@2..+5s, name=fail*, name=stop or name=stall..+5s",
                               (int)(len < 200 ? len : 200), spec);
            }
            atomic_store(&armed[count].passed, 0);
            atomic_store(&armed[count].until_ms, 0);
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
static void note(const char *name, bool fails)
{
    for (int i = 0; i < FAULT_NAMES_MAX; i++) {
        const char *found = atomic_load(&names[i]);
        if ((found == NULL && atomic_compare_exchange_strong(&names[i], &found, name)) ||
            strcmp(found, name) == 0) {
            atomic_fetch_add(&passages[i], 1);
            atomic_store(&can_fail[i], fails);
            return;
        }
    }
}

static long now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void hold_up(long span_ms)
{
    struct timespec left = { .tv_sec = span_ms / 1000, .tv_nsec = span_ms % 1000 * 1000000 };
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

/* Whether passage n, which is not before the one that is meant, fails. One that another thread has
 * just begun fails before its end is known. */
static int fails_now(struct armed *a, long n)
{
    if (n == a->at) {
        atomic_store(&a->until_ms, now_ms() + a->span_ms);
        return 1;
    }
    long until_ms = atomic_load(&a->until_ms);
    return a->span_ms > 0 && (until_ms == 0 || now_ms() < until_ms);
}

static int pass_one(struct armed *a)
{
    long n = atomic_fetch_add(&a->passed, 1) + 1;
    if (n < a->at) {
        return 0;
    }
    switch (a->action) {
    case ACTION_CRASH:
        if (n == a->at) {
            fault_trace_flush();
            _exit(FAULT_EXIT);
        }
        return 0;
    case ACTION_STOP: /* raise() would send it to this thread, which may block it */
        if (n == a->at) {
            (void)kill(getpid(), SIGTERM); /* cannot fail */
        }
        return 0;
    case ACTION_STALL:
        if (n == a->at) {
            hold_up(a->span_ms);
        }
        return 0;
    case ACTION_FAIL:
        return fails_now(a, n);
    case ACTION_FAIL_ALWAYS:
        return 1;
    }
    return 0;
}

static int pass(const char *name, bool fails)
{
    if (is_traced()) {
        note(name, fails);
    }
    int count = atomic_load_explicit(&armed_count, memory_order_acquire);
    int result = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(armed[i].name, name) == 0) {
            result |= pass_one(&armed[i]);
        }
    }
    return result;
}

int fault_pass(const char *name)
{
    return pass(name, false);
}

int fault_fails(const char *name)
{
    return pass(name, true);
}

/* Best effort, like everything of a trace: a name that cannot be written is missing from it. */
static void write_line(int fd, const char *name, long count, bool fails)
{
    char line[FAULT_NAME_MAX + 32];
    int len = snprintf(line, sizeof line, "%.*s %ld%s\n", FAULT_NAME_MAX, name, count,
                       fails ? " fails" : "");
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
            write_line(fd, name, count, atomic_load(&can_fail[i]));
        }
    }
    (void)close(fd); /* appended lines are whole; nothing to do about a failure here */
}
