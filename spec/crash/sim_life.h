#pragma once

#include <stdint.h>

/* One life of the engine, from its start to a clean stop or a crash. Never returns: ends the
 * process with 0 after a clean stop, 70 after a crash, anything else where something is wrong.
 * All is borrowed. */
struct life {
    int world;          /* the socket on which the world answers */
    const char *folder; /* of the project */
    int log_fd;         /* where the engine logs */
    int64_t *shown_us;  /* memory that the world shares: what time it is */
};
_Noreturn void life_run(const struct life *life);
