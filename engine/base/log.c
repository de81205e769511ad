/*
 * The log: one line per message, written by a single write(2), so that lines of several threads and
 * processes never mix. A message is formatted whole, then forbidden texts are taken out, and only
 * then it is escaped and cut, so that no cut and no escape can hide half a secret from the search.
 * What is forbidden (secret.h says so) and how it is found stands in forbidden.c.
 */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
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
#include "base/forbidden.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"

enum {
    LINE_MAX_BYTES = 4096,
    RAW_MAX = 64 * 1024, /* what is formatted and searched; the rest is not looked at */
    STAMP_TEXT = 96,
    DAY_MS = 86400000,
};

static const char *const level_names[] = { "debug", "info", "warn", "error", "off" };

static atomic_int threshold = LOG_INFO;
static atomic_bool is_json_on;
static atomic_int log_fd = STDERR_FILENO;

/* --- forbidden texts --- */

void log_forbid(const char *text, size_t len)
{
    forbidden_add(text, len);
}

void log_allow(const char *text, size_t len)
{
    forbidden_remove(text, len);
}

/* Texts may overlap, so a stretch is blotted out when the search is past it. */
size_t log_redact(char *text, size_t len)
{
    size_t found = 0;
    size_t begin = 0, end = 0; /* of the stretch */
    forbidden_lock();
    size_t n;
    for (size_t at = 0; (n = forbidden_find(text, len, &at)) > 0; at++) {
        found++;
        if (at > end) {
            memset(text + begin, '*', end - begin);
            begin = at;
        }
        end = at + n > end ? at + n : end;
    }
    memset(text + begin, '*', end - begin);
    forbidden_unlock();
    return found;
}

/* Copies raw with each stretch of forbidden text as "[secret]". Where raw is only the beginning of
 * a message, its last bytes may begin a text whose end is missing: as many as that could be stay
 * out. */
static void copy_redacted(struct buf *out, const char *raw, size_t len, bool is_cut)
{
    size_t done = 0; /* what is before it was copied, or is forbidden */
    forbidden_lock();
    size_t longest = is_cut ? forbidden_longest() : 0;
    size_t end = longest > len ? 0 : len - longest;
    size_t n;
    for (size_t at = 0; (n = forbidden_find(raw, len, &at)) > 0 && at < end; at++) {
        if (at >= done) {
            (void)buf_append(out, raw + done, at - done); /* out has room for all of raw … */
            (void)buf_puts(out, "[secret]");              /* … and this is never longer */
        }
        done = at + n > done ? at + n : done;
    }
    if (done < end) {
        (void)buf_append(out, raw + done, end - done);
    }
    forbidden_unlock();
}

/* --- lines --- */

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
static void write_line(const char *data, size_t len)
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
    write_line(line.data, line.len);

    secret_scrub(raw, raw_len);
    free(raw);
    buf_fini(&clean);
    buf_fini(&line);
    errno = saved_errno;
}

/* --- settings --- */

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
