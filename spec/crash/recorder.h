#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A SQLite VFS over the system's own that writes down, in one order over all threads, what is done
 * to the files of a store: what a power cut could leave is made from that afterwards. */
enum recorded_file { FILE_MAIN, FILE_WAL, FILE_JOURNAL, FILE_COUNT };
extern const char *const recorded_suffix[FILE_COUNT]; /* "", "-wal", "-journal" */

enum disk_kind {
    DISK_CREATED,
    DISK_WRITTEN,
    DISK_TRUNCATED,
    DISK_DELETED,
    DISK_SYNCED, /* all before it, of that file, is on the disk */
    DISK_ACKED   /* the program was told that something is stored; see recorder_ack */
};

struct recorded {
    enum disk_kind kind;
    enum recorded_file file;
    int64_t offset; /* of what was written; the length after a truncation; the number of an ack */
    size_t len;
    unsigned char *data; /* what was written */
};

/* How the disk, or SQLite's use of it, differs from what the engine asked for. */
enum recorder_fault {
    RECORDER_HONEST,
    RECORDER_NO_SYNC,    /* xSync says yes and does nothing */
    RECORDER_NORMAL_SYNC /* SQLite runs with synchronous=NORMAL, whatever it is told */
};

/* Becomes SQLite's default VFS. A checkpoint is made every `checkpoint_pages` pages, whatever the
 * connection asks for, so that a small workload sees many. */
void recorder_start(enum recorder_fault fault, int checkpoint_pages);
/* Writes down that the program was told of fact `number`. Any thread. */
void recorder_ack(int64_t number);
/* The system's VFS again. The record stays until recorder_free. No connection may be open. */
const struct recorded *recorder_stop(size_t *count);
void recorder_free(void);
