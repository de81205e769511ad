#pragma once

#include <stdint.h>

/* The number of the last commit, beside the store: what it says was committed, so a store that has
 * fewer has lost some (a log that was cut, an older copy in its place). Best effort: where the file
 * cannot be made there is nothing to compare with. */

/* <path>.seq; -1 where it cannot be had. */
int sequence_open(const char *path);
/* 0 where it says nothing. */
int64_t sequence_read(int fd);
/* Once that commit is durable, so the file is never ahead of the store. fd may be -1. */
void sequence_write(int fd, int64_t sequence);
void sequence_close(int fd); /* -1 is allowed */
