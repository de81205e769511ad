#pragma once

#include <stddef.h>

/* Writes all of it, however often the system takes only a part or is interrupted; -1 with errno. */
int fd_write_all(int fd, const char *data, size_t len);
