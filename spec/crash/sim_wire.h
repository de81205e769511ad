#pragma once

#include "format/json.h"

/* Messages between an engine that is simulated and the world around it: a length in four bytes of
 * this machine, then JSON text. Each message of the engine gets one answer. */

/* Reads one message: its text, yours; NULL where the other side is gone, or silent for
 * timeout_ms of real time (-1: waits for ever), which *is_silent tells. */
char *wire_read(int fd, int timeout_ms, bool *is_silent);
/* -1 where the other side is gone. */
int wire_write(int fd, const char *text, size_t len);

/* Sends a message (the reference is taken) and waits for its answer, yours. Ends the process where
 * nobody answers: an engine without a world is no engine. */
json_t *wire_ask(int fd, json_t *message);
