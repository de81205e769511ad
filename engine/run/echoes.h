#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "format/json.h"

/* Effects of runs that come back as events. A recipe that answers its own effect, or two that answer
 * each other's, would go round without end; so the runs that such events start are counted, and the
 * one after ECHOES_MAX in a minute is not let in. What is known lies in memory, for a minute: a
 * restart begins to count anew. Loop thread. */
enum { ECHOES_MAX = 20 };
struct echoes;

struct echoes *echoes_new(void);
void echoes_free(struct echoes *all);

/* A call brings an event of that connection about the thing with this id. */
void echoes_note(struct echoes *all, const char *connection, const char *event, const char *id,
                 int64_t now_us);
/* The id that the payload of an event shares with a call of the last minute that brings such events;
 * NULL: it came from elsewhere. Borrowed from the payload. */
const char *echoes_find(struct echoes *all, const char *connection, const char *event,
                        const json_t *payload, int64_t now_us);
/* Counts a run of a recipe about that key, or id, which an own effect started. False: there were
 * ECHOES_MAX within the last minute, and this one is not counted. */
bool echoes_admit(struct echoes *all, const char *recipe, const char *about, int64_t now_us);
