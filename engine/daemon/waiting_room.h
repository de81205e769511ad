#pragma once

#include "project/project.h"

/* Where an engine waits that cannot begin because its store takes nothing just now (a full disk, one
 * that fails): the port is open, webhooks are answered 503, so that their senders come back. */
struct waiting_room;

/* An error that passes by itself, or once somebody has made room. */
bool waiting_room_helps(const struct err *why);
/* Opens the port. The project is borrowed. */
struct waiting_room *waiting_room_new(const struct project *p, struct err *e);
/* Answers for a second; 0, or -1 where a signal asked for a stop. */
int waiting_room_stay(struct waiting_room *r, const struct err *why);
void waiting_room_free(struct waiting_room *r); /* closes the port; NULL is allowed */
