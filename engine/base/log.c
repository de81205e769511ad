/*
 * The log: one line per message, written by a single write(2), so that lines of several threads and
 * processes never mix. A message is formatted whole, then forbidden texts are taken out, and only
 * then it is escaped and cut, so that no cut and no escape can hide half a secret from the search.
 * The forbidden texts (secret.h puts them there) stand in one array sorted by their first eight
 * bytes, so that the search costs the length of the line, not the number of secrets. Two owners may
 * forbid the same text. The array has a mutex, the one exception to "no mutex outside the store's
 * queue": any thread may log, and a secret must not pass while another thread adds it. A secret
 * that a caller has changed (encoded, cut) before it gets here is not recognised.
 */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/days.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"

enum {
    LINE_MAX_BYTES = 4096,
    RAW_MAX = 64 * 1024, /* what is formatted and searched; the rest is not looked at */
    HEAD = 8,            /* the shortest forbidden text */
    STAMP_TEXT = 96,
    DAY_MS = 86400000,
};

struct forbidden {
    uint64_t head; /* the first eight bytes */
    char *text;
    size_t len;
    size_t owners;
};

static const char *const level_names[] = { "debug", "info", "warn", "error", "off" };

static atomic_int threshold = LOG_INFO;
static atomic_bool is_json_on;
static atomic_int log_fd = STDERR_FILENO;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct forbidden *forbidden; /* under lock; sorted by head */
static size_t forbidden_count;
static size_t forbidden_cap;

/* --- forbidden texts ------------------------------------------------------------------------- */

static void lock_forbidden(void)
{
    int rc = pthread_mutex_lock(&lock);
    assert(rc == 0);
}

static void unlock_forbidden(void)
{
    int rc = pthread_mutex_unlock(&lock);
    assert(rc == 0);
}

static uint64_t head_of(const char *text)
{
    uint64_t head;
    memcpy(&head, text, sizeof(head));
    return head;
}

/* The first entry whose head is not below. */
static size_t lower_bound(uint64_t head)
{
    size_t low = 0;
    size_t high = forbidden_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (forbidden[middle].head < head) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The length of the longest forbidden text that begins at text, or 0. */
static size_t match(const char *text, size_t len)
{
    if (len < HEAD || forbidden_count == 0) {
        return 0;
    }
    uint64_t head = head_of(text);
    size_t best = 0;
    for (size_t i = lower_bound(head); i < forbidden_count && forbidden[i].head == head; i++) {
        const struct forbidden *f = &forbidden[i];
        if (f->len > best && f->len <= len && memcmp(text, f->text, f->len) == 0) {
            best = f->len;
        }
    }
    return best;
}

static size_t find_forbidden(const char *text, size_t len)
{
    uint64_t head = head_of(text);
    for (size_t i = lower_bound(head); i < forbidden_count && forbidden[i].head == head; i++) {
        if (forbidden[i].len == len && memcmp(forbidden[i].text, text, len) == 0) {
            return i;
        }
    }
    return forbidden_count;
}

static void insert_forbidden(const char *text, size_t len)
{
    if (forbidden_count == forbidden_cap) {
        forbidden_cap = forbidden_cap == 0 ? 16 : forbidden_cap * 2;
        forbidden = xrealloc(forbidden, forbidden_cap * sizeof(*forbidden));
    }
    size_t at = lower_bound(head_of(text));
    memmove(&forbidden[at + 1], &forbidden[at], (forbidden_count - at) * sizeof(*forbidden));
    forbidden[at] = (struct forbidden){
        .head = head_of(text), .text = xmemdup(text, len), .len = len, .owners = 1
    };
    forbidden_count++;
}

static void remove_forbidden(size_t at)
{
    secret_scrub(forbidden[at].text, forbidden[at].len);
    free(forbidden[at].text);
    forbidden_count--;
    memmove(&forbidden[at], &forbidden[at + 1], (forbidden_count - at) * sizeof(*forbidden));
    secret_scrub(&forbidden[forbidden_count], sizeof(*forbidden));
    if (forbidden_count == 0) {
        free(forbidden);
        forbidden = NULL;
        forbidden_cap = 0;
    }
}

void log_forbid(const char *text, size_t len)
{
    if (len < HEAD) {
        return;
    }
    lock_forbidden();
    size_t at = find_forbidden(text, len);
    if (at < forbidden_count) {
        forbidden[at].owners++;
    } else {
        insert_forbidden(text, len);
    }
    unlock_forbidden();
}

void log_allow(const char *text, size_t len)
{
    if (len < HEAD) {
        return;
    }
    lock_forbidden();
    size_t at = find_forbidden(text, len);
    if (at < forbidden_count && --forbidden[at].owners == 0) {
        remove_forbidden(at);
    }
    unlock_forbidden();
}

size_t log_redact(char *text, size_t len)
{
    size_t found = 0;
    size_t covered = 0;
    lock_forbidden();
    for (size_t i = 0; i < len; i++) {
        /* Texts may overlap, so that each place is asked, also inside one that was found. */
        size_t n = match(text + i, len - i);
        if (n > 0) {
            found++;
            covered = i + n > covered ? i + n : covered;
        }
        if (i < covered) {
            text[i] = '*';
        }
    }
    unlock_forbidden();
    return found;
}

/* Copies raw with each stretch of forbidden text as "[secret]". Where raw is only the beginning of
 * a message, its last bytes may begin a text whose end is missing: as many as that could be stay
 * out. */
static void copy_redacted(struct buf *out, const char *raw, size_t len, bool is_cut)
{
    size_t covered = 0;
    lock_forbidden();
    size_t longest = 0;
    for (size_t i = 0; is_cut && i < forbidden_count; i++) {
        longest = forbidden[i].len > longest ? forbidden[i].len : longest;
    }
    size_t end = longest > len ? 0 : len - longest;
    for (size_t i = 0; i < end; i++) {
        size_t n = match(raw + i, len - i);
        if (n > 0 && i >= covered) {
            (void)buf_puts(out, "[secret]"); /* never longer than what it replaces */
        }
        covered = i + n > covered ? i + n : covered;
        if (i >= covered) {
            (void)buf_putc(out, raw[i]);
        }
    }
    unlock_forbidden();
}

/* --- lines ----------------------------------------------------------------------------------- */

/* RFC 3339 in UTC with milliseconds. */
static void stamp(int64_t us, char out[STAMP_TEXT])
{
    int64_t ms = us / 1000 - (us % 1000 < 0);
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    int day_ms = (int)(ms - days * DAY_MS);
    int second = day_ms / 1000;
    int year;
    int month;
    int day;
    days_to_date(days, &year, &month, &day);
    (void)snprintf(out, STAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day,
                   second / 3600, second / 60 % 60, second % 60, day_ms % 1000); /* fits any int */
}

/* Control characters would move a terminal's cursor or forge a line. */
static int put_text_char(struct buf *out, const char *at, size_t n)
{
    const unsigned char *c = (const unsigned char *)at;
    if (n > 0 && !utf8_is_control(at, n)) {
        return buf_append(out, at, n);
    }
    if (c[0] == '\n' || c[0] == '\t') {
        return buf_puts(out, c[0] == '\n' ? "\\n" : "\\t");
    }
    return n == 2 ? buf_printf(out, "\\u%04x", c[1]) : buf_printf(out, "\\x%02x", c[0]);
}

static int put_json_char(struct buf *out, const char *at, size_t n)
{
    const unsigned char *c = (const unsigned char *)at;
    if (n == 0) {
        return buf_puts(out, "\\ufffd");
    }
    if (c[0] == '"' || c[0] == '\\') {
        return buf_printf(out, "\\%c", c[0]);
    }
    if (utf8_is_control(at, n)) {
        return buf_printf(out, "\\u%04x", n == 2 ? c[1] : c[0]);
    }
    return buf_append(out, at, n);
}

/* Escapes and cuts: `out` has room for the line's end once this is done. */
static void put_escaped(struct buf *out, const char *text, size_t len, size_t max)
{
    int (*put)(struct buf *, const char *, size_t) =
        atomic_load(&is_json_on) ? put_json_char : put_text_char;
    size_t at = 0;
    while (at < len && out->len < max) {
        size_t n = utf8_char(text + at, len - at);
        (void)put(out, text + at, n); /* 10 bytes at most, left free above max */
        at += n > 0 ? n : 1;
    }
    if (at < len) {
        (void)buf_puts(out, "…");
    }
}

static void make_line(struct buf *line, enum log_level level, const char *area, const char *text,
                      size_t len)
{
    char now[STAMP_TEXT];
    stamp(clock_wall_us(), now);
    bool is_json = atomic_load(&is_json_on);
    (void)buf_printf(line, is_json ? "{\"time\":\"%s\",\"level\":\"%s\",\"area\":\"" : "%s %-5s ",
                     now, level_names[level]);
    put_escaped(line, area, strlen(area), 128);
    (void)buf_puts(line, is_json ? "\",\"text\":\"" : ": ");
    put_escaped(line, text, len, LINE_MAX_BYTES - 32);
    (void)buf_puts(line, is_json ? "\"}\n" : "\n");
}

/* A line that cannot be written is lost: there is nowhere to report it. */
static void write_all(const char *data, size_t len)
{
    ssize_t n;
    do {
        n = write(atomic_load(&log_fd), data, len);
    } while (n == -1 && errno == EINTR);
}

/* The message as the caller means it, forbidden texts still in it, up to RAW_MAX. */
__attribute__((format(printf, 1, 0))) static char *format_raw(const char *fmt, va_list ap,
                                                              size_t *len, bool *is_cut)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    *is_cut = n >= RAW_MAX;
    *len = n < 0 ? 0 : *is_cut ? RAW_MAX - 1 : (size_t)n;
    char *raw = xmalloc(*len + 1);
    (void)vsnprintf(raw, *len + 1, fmt, again); /* measured above */
    va_end(again);
    return raw;
}

void log_write(enum log_level level, const char *area, const char *fmt, ...)
{
    if ((int)level < atomic_load_explicit(&threshold, memory_order_relaxed) || level >= LOG_OFF) {
        return;
    }
    int saved_errno = errno;
    va_list ap;
    va_start(ap, fmt);
    size_t raw_len;
    bool is_cut;
    char *raw = format_raw(fmt, ap, &raw_len, &is_cut);
    va_end(ap);

    struct buf clean;
    struct buf line;
    buf_init(&clean, RAW_MAX);
    buf_init(&line, LINE_MAX_BYTES);
    copy_redacted(&clean, raw, raw_len, is_cut);
    make_line(&line, level, area, buf_text(&clean), clean.len);
    write_all(line.data, line.len);

    secret_scrub(raw, raw_len);
    free(raw);
    buf_fini(&clean);
    buf_fini(&line);
    errno = saved_errno;
}

/* --- settings -------------------------------------------------------------------------------- */

void log_set_level(enum log_level level)
{
    atomic_store(&threshold, level);
}

int log_parse_level(const char *name, enum log_level *out)
{
    for (int i = LOG_DEBUG; i <= LOG_OFF; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

void log_set_json(bool is_json)
{
    atomic_store(&is_json_on, is_json);
}

void log_to(int fd)
{
    atomic_store(&log_fd, fd);
}
