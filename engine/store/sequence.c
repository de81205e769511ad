/*
 * A file of one line, overwritten in place after each commit and never synced: after the death of
 * the process it is exact, and after a power cut it may be behind, which tells nothing. It cannot
 * be ahead of what was synced before, unless the disk has lost what it said was synced. Writer
 * thread, or before it runs.
 */
#include "store/sequence.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

enum { LINE = 21 }; /* 20 digits and a newline */

int sequence_open(const char *path)
{
    char *name = xasprintf("%s.seq", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(name);
    return fd;
}

int64_t sequence_read(int fd)
{
    char text[LINE + 1];
    if (fd == -1 || pread(fd, text, LINE, 0) != LINE || text[LINE - 1] != '\n') {
        return 0;
    }
    text[LINE] = '\0';
    return strtoll(text, NULL, 10);
}

void sequence_write(int fd, int64_t sequence)
{
    char text[LINE + 1];
    if (fd != -1) {
        (void)snprintf(text, sizeof text, "%020" PRId64 "\n", sequence);
        (void)!pwrite(fd, text, LINE, 0); /* best effort */
    }
}

void sequence_close(int fd)
{
    if (fd != -1) {
        (void)close(fd); /* what counts is in the store */
    }
}
