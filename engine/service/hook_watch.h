#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "format/json.h"
#include "net/loop.h"
#include "service/verify.h"

/* Watches what comes in through a connection's webhook, and tells a person once when something is
 * wrong with it: verification that fails more than usual (the engine's event verification_failing:
 * a key was changed), and silence (connection_silent, where the connection says `expect_every`).
 * Loop thread. */
struct connection;
struct inquiry;
struct service;

enum { HOOK_MINUTES = 15 };

struct hook_watch {
    struct {
        int64_t minute; /* of the monotonic clock: whose counts these are */
        uint32_t good, bad;
    } slots[HOOK_MINUTES];
    uint32_t good_in_row;
    int64_t failing_since_us; /* wall; 0: all is well */
    int64_t told_us;          /* when verification_failing was told last; 0: never */
    int64_t expect_us;        /* something has to come within that time; 0: nothing is expected */
    int64_t last_us;          /* wall; when something came last, or since when it is awaited */
    int64_t silent_since_us;  /* wall; 0: not silent */
    struct timer silence;
    struct inquiry *inquiry; /* of the store, under way; or NULL */
    int64_t logged_us;       /* monotonic; of the last line about a refusal */
    uint64_t unlogged;       /* refusals since then */
};

/* ERR_CONFIG where `expect_every` is no duration. */
int hook_watch_init(struct connection *c, struct err *e);
void hook_watch_fini(struct connection *c);

/* A delivery was let in (REFUSED_NOT) or not. One that shows no signature at all says nothing about
 * a key, so noise of strangers is no alarm; and an alarm is told once an hour at most. */
void hook_watch_count(struct connection *c, enum refusal why);
/* Whether a refusal is worth a line in the log: the first in ten seconds is. *unlogged: how many
 * were passed over since the last one. */
bool hook_watch_may_log(struct connection *c, uint64_t *unlogged);

/* What must outlive a restart, {failing_since, told, silent_since, awaited_since}, or NULL:
 * nothing. New reference. */
json_t *hook_watch_json(const struct connection *c);
void hook_watch_load(struct connection *c, const json_t *stored); /* may be NULL */
/* Asks the store when something came last, of every connection that expects something; after
 * store_start. */
void hook_watch_start(struct service *s);
