#pragma once

#include "base/err.h"
#include "format/json.h"

/* Lua that may do anything, for people and programs that are trusted: `ladle lua`, the sandbox
 * service, the demo, the specs. A host is an open vm (all of Lua's own libraries) with a loop, an
 * HTTP client and the module `host`, which gives both to Lua. Recipes never see it. Loop thread. */
struct host;

/* `folder` (may be NULL) is the project whose scripts/ are searched by `require` before those built
 * into the program. NULL on error. */
struct host *host_new(const char *folder, struct err *e);
/* Ends what is still there: servers, calls, timers; child processes are killed. NULL is allowed. */
void host_free(struct host *h);

/* Runs a Lua file, "-" for stdin, with the global `arg` as Lua's own interpreter sets it: arg[0]
 * the file, arg[1] … the rest. A Lua error is printed on stderr with a traceback and makes *code 1;
 * -1 only where the file cannot be read or an error object was raised. */
int host_run_file(struct host *h, const char *path, int argc, char **argv, int *code,
                  struct err *e);

/* Runs require(module).run(options); *code is the integer that it returns, or 0. */
int host_run_module(struct host *h, const char *module, const json_t *options, int *code,
                    struct err *e);
