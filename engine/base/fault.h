#pragma once

#include "base/err.h"

/* Named fault points. FAULT("store.before_commit") costs a call and a branch until a fault is
 * armed; armed (LADLE_FAULTS="name=crash@3,other=fail" in the environment, or fault_arm), the n-th
 * passage crashes the process with _exit(70), or makes FAULT_FAILS true once (or "fail*": always).
 * A build with -DNO_FAULTS has none of it. */
#ifdef NO_FAULTS
#define FAULT(name)       ((void)0)
#define FAULT_FAILS(name) (0)
#else
#define FAULT(name)       ((void)fault_pass(name))
#define FAULT_FAILS(name) (fault_pass(name))
#endif

/* Reads "name=action[@n]" items parted by commas; action is crash, fail or fail*. 0 or -1. */
int fault_arm(const char *spec, struct err *e);
void fault_disarm(void);
/* Counts a passage; may not return. 1 where the caller must fail now. */
int fault_pass(const char *name);
/* Appends a line "name passages" for every name that was passed since the last flush to the file
 * named by LADLE_FAULT_TRACE; a process that ends or crashes at a fault point does so by itself. */
void fault_trace_flush(void);
