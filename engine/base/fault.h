#pragma once

#include "base/err.h"

/* Named fault points. FAULT("store.before_commit") costs a call and a branch until a fault is
 * armed (LADLE_FAULTS="name=crash@3,other=fail" in the environment, or fault_arm). The n-th passage
 * of one that is armed (the first, where no number is given) then
 *
 *     name=crash@3        ends the process with _exit(70)
 *     name=stop@3         sends SIGTERM to it, and goes on
 *     name=stall@3..+5s   is held up for that long
 *     name=fail@3         makes FAULT_FAILS true, once
 *     name=fail@3..+5s    and so are all passages in the five seconds that follow (s or ms)
 *     name=fail*@3        and so are all that follow
 *     name=fail%5         of all passages five in a hundred, always the same ones
 *     name=stall%5..+1s   is held up in as many
 *
 * A build with -DNO_FAULTS has none of it. */
#ifdef NO_FAULTS
#define FAULT(name)       ((void)0)
#define FAULT_FAILS(name) (0)
#else
#define FAULT(name)       ((void)fault_pass(name))
#define FAULT_FAILS(name) (fault_fails(name))
#endif

/* Arms what the items of `spec` say, parted by commas. 0, or -1 and nothing is armed. */
int fault_arm(const char *spec, struct err *e);
void fault_disarm(void);
/* Counts a passage; may not return. 1 where the caller must fail now. */
int fault_pass(const char *name);
/* The same at a point that can fail, which the trace tells. */
int fault_fails(const char *name);
/* Appends a line "name passages" for every name that was passed since the last flush to the file
 * named by LADLE_FAULT_TRACE, and " fails" behind it where it can; a process that ends or crashes at
 * a fault point does so by itself. */
void fault_trace_flush(void);
