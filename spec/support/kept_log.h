#pragma once

/* What is logged, kept in a file while a test looks at it. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

struct kept_log {
    FILE *file;
    char text[64 * 1024];
};

static inline void kept_log_begin(struct kept_log *k)
{
    k->file = tmpfile();
    if (k->file == NULL) {
        abort();
    }
    log_set_level(LOG_INFO);
    log_to(fileno(k->file));
}

/* All that was logged since the last call. */
static inline const char *kept_log_take(struct kept_log *k)
{
    ssize_t n = pread(fileno(k->file), k->text, sizeof k->text - 1, 0);
    k->text[n > 0 ? n : 0] = '\0';
    if (ftruncate(fileno(k->file), 0) == -1 || lseek(fileno(k->file), 0, SEEK_SET) == -1) {
        abort();
    }
    return k->text;
}

static inline void kept_log_end(struct kept_log *k)
{
    log_to(STDERR_FILENO);
    log_set_level(LOG_OFF);
    (void)fclose(k->file); /* nothing of it is needed */
}
