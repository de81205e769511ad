/*
 * Keeps the memory of the engine out of core dumps and away from other processes. Secrets are in
 * the memory of an engine at work: tokens, the master key, what a webhook brought. A core dump
 * would put them into a file. The size limit is for kernels that write the file themselves;
 * handlers ignore it, so the process is made one that is not dumped at all, which also keeps ptrace
 * and /proc/PID/mem away. Under a sanitizer that is left out, as the search for leaks traces the
 * process.
 */
#include "base/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void harden_process(void)
{
    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &core); /* lowering is always allowed */
    }
#ifndef LADLE_SANITIZED
    (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); /* cannot fail with these arguments */
#endif
}
