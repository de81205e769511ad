#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/list.h"
#include "net/loop.h"

/* The durable log. Everything that must outlive the process is written by a store_op: the writer
 * thread takes all ops that are queued, runs them in one transaction (one that fails is undone and
 * takes no other with it), commits, and hands them back to the loop in their order. The batch is
 * what arrived during the last commit. Reads that may be slow go to the reader thread, on a
 * connection of its own.
 *
 * exec may run more than once (a batch is rolled back and run again where another op of it failed
 * half-way, or when the store takes it at last), so it begins from the op's inputs and sets all of
 * its results; it fails before it writes, where it can tell. It fails with ERR_STORE or
 * ERR_STORE_FULL only where the store cannot take it now, never for what it was given.
 *
 * Order: an op sees what every op submitted before it wrote, and is durable no earlier than they
 * are; so it is enough to wait for the last of several.
 *
 * What a failure means for an op is said by the op (must_land), and this is the only place that
 * tries again. */
struct store;
struct db; /* a back end's connection, for the files of store/ only */

struct store_op {
    struct list link; /* private */
    /* --- writer or reader thread --- */
    int (*exec)(struct store_op *op, struct db *db, struct err *e);
    /* --- loop thread --- e is NULL: committed */
    void (*done)(struct store_op *op, const struct err *e);
    void *ud; /* the submitter's own */
    /* While the store cannot take it, it keeps its place, before all that came after it, and is
     * tried again; the log says so once. It fails for reasons of its own, or with ERR_CANCELLED
     * after store_give_up or when the store is closed. Else it is told at once that it has failed:
     * for what somebody else will repeat. Of a read: it is read again. */
    bool must_land;
    struct err err; /* private */
    bool is_write;  /* private */
    int64_t now_us; /* wall time at which it was submitted */
};

struct store_opts {
    const char *url;    /* "sqlite:data/ladle.db"; a path is relative to `folder` */
    const char *folder; /* the project's */
    bool is_read_only;  /* for commands that only look */
    bool is_exclusive;  /* the engine: a second one is refused with ERR_CONFLICT */
};

/* The path of the file that the URL names; yours. NULL and ERR_CONFIG where it names none. */
char *store_path(const struct store_opts *o, struct err *e);
/* Opens, makes the folder and the schema where they are missing, checks the version. ERR_CONFIG
 * where the file is no store, is of a newer ladle, or cannot be read or written; ERR_NOT_FOUND
 * where one to read is not there yet, ERR_CONFLICT where it has to be brought up to date first. No
 * threads yet. */
struct store *store_open(const struct store_opts *o, struct err *e);
/* Looks in the background whether the file is whole; before store_start. Where it is not, the log
 * says so, and nothing is written any more. */
void store_check(struct store *s);
/* Starts writer and reader; ops come back on l's thread. on_change(ud) is called when another
 * process changed the store (checked four times a second). */
int store_start(struct store *s, struct loop *l, void (*on_change)(void *ud), void *ud,
                struct err *e);
/* A stop may not wait for a disk any longer: each op that must land is tried once more at most. */
void store_give_up(struct store *s);
/* Commits what is queued, joins the threads, delivers the completions that are left, closes. An op
 * that one of these submits comes back with ERR_CANCELLED. */
void store_close(struct store *s);

/* Queues; handed to the writer at the end of the loop's turn. The op belongs to the caller again
 * when done is called. */
void store_submit(struct store *s, struct store_op *op);
/* The same for the reader's thread: sees what is committed when it runs, and comes back in no order
 * with what is written. */
void store_submit_read(struct store *s, struct store_op *op);
/* Runs one op at once in a transaction of its own, on the caller's thread; for commands and
 * start-up, not while the threads run. Once, whatever must_land says. `done` is not called. */
int store_exec(struct store *s, struct store_op *op, struct err *e);
size_t store_queue_len(const struct store *s); /* ops not yet committed */
bool store_is_idle(const struct store *s);     /* no op is on its way, nor a read */
/* 0: what is submitted can be written, as far as is known; -1: it cannot just now, and why. While it
 * cannot, it is tried twice a second. */
int store_trouble(struct store *s, struct err *e);
bool store_is_open(const struct store *s); /* false after an error that no later op can survive */
