#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One line per message on stderr (or where log_to says): time, level, area, text. As text for
 * people or as one JSON object a line. Control characters are escaped, a line is cut at 4 KiB, and
 * every value given to log_forbid is replaced by "[secret]". May be called from any thread. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

void log_set_level(enum log_level level);
int log_parse_level(const char *name, enum log_level *out); /* 0, or -1 where unknown */
void log_set_json(bool is_json);
void log_to(int fd);

#define log_debug(area, ...) log_write(LOG_DEBUG, area, __VA_ARGS__)
#define log_info(area, ...)  log_write(LOG_INFO, area, __VA_ARGS__)
#define log_warn(area, ...)  log_write(LOG_WARN, area, __VA_ARGS__)
#define log_error(area, ...) log_write(LOG_ERROR, area, __VA_ARGS__)
void log_write(enum log_level level, const char *area, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* From now on this text (8 bytes at least; shorter is ignored) never appears in the log, and
 * log_redact replaces it, also in base64, hex, percent-encoded and as JSON writes it. A copy is
 * kept until log_allow (forbidden.h). */
void log_forbid(const char *text, size_t len);
void log_allow(const char *text, size_t len);
/* Replaces every forbidden text inside text[0..len) in place by '*'. Returns how many it found. */
size_t log_redact(char *text, size_t len);
