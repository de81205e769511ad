#pragma once

/* The last resort: ends the process with exit code 1 when it is not over by then, whatever holds it
 * up (a disk that does not answer, in a thread or in the loop). Real time, whatever base/clock.h
 * says. One at a time. */
void time_limit_set(unsigned seconds);
void time_limit_clear(void);
