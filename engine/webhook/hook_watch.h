#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "format/json.h"
#include "webhook/verify.h"

/* Watches what comes in through a connection's webhook, and tells a person once when something is
 * wrong with it: verification that fails more than usual (the engine's event verification_failing:
 * a key was changed), and silence (connection_silent, where the connection says `expect_every`).
 * Loop thread. */
struct connection;

/* ERR_CONFIG where `expect_every` is no duration. */
int hook_watch_init(struct connection *c, struct err *e);
void hook_watch_fini(struct connection *c);

/* A delivery was let in (REFUSED_NOT) or not. One that shows no signature at all says nothing about
 * a key, so noise of strangers is no alarm; and an alarm is told once an hour at most. */
void hook_watch_count(struct connection *c, enum refusal why);
/* Whether a refusal is worth a line in the log: the first in ten seconds is. *unlogged: how many
 * were passed over since the last one. */
bool hook_watch_may_log(struct connection *c, uint64_t *unlogged);

/* What health_json told of it, {failing_since, told, silent_since, awaited_since}, from before a
 * restart; may be NULL. */
void hook_watch_load(struct connection *c, const json_t *stored);
/* Asks the store when something came last, where the connection expects something; after
 * store_start. */
void hook_watch_start(struct connection *c);
