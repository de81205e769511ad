#pragma once

#include "base/err.h"
#include "base/secret.h"

enum { READ_SECRET_MAX = 64 << 10 };

/* One secret from stdin: on a terminal one line after the prompt (on stderr), without echo; else
 * all of it, without the line end behind it. Yours; NULL and ERR_INVALID where it is empty,
 * ERR_TOO_LARGE, ERR_IO. */
struct secret *read_secret(const char *prompt, struct err *e);
