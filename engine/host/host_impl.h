#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "host/host.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "script/vm.h"

/* What the files host*.c share; nobody else includes this. */

enum { HOST_FILES_MAX = 16 };

/* A file that append_line keeps open. */
struct host_file {
    char *path;
    int fd;
};

struct host {
    struct vm *vm;
    struct loop *loop;
    struct http_client *http;
    char *folder;
    struct list things; /* struct host_thing.link: what must be closed before the loop goes */
    struct list jobs;   /* struct host_job.link: calls into Lua that are due */
    bool has_acted;     /* jobs ran since the last turn: the next one must not sleep first */
    struct err error;   /* the first error of a callback that nobody was there to catch */
    bool is_stopped;    /* host.stop() was called */
    int run_depth;
    int signum; /* what ended host.run(), or 0 */
    bool has_signals;
    struct host_file files[HOST_FILES_MAX];
    int file_count;
};

/* Something that lives in the loop on behalf of Lua: a server, a call, a timer, a process. Its
 * userdata, where it has one, holds a pointer that is emptied when the thing is closed, so a dead
 * object is an error and not a crash. */
struct host_thing {
    struct list link;
    struct host *host;
    void (*close)(struct host_thing *t); /* ends and frees it */
    struct host_thing **slot;            /* the pointer in its userdata, or NULL */
};

/* A call into Lua that the loop asked for. The loop never calls Lua itself: host_turn runs the jobs
 * once the loop's own turn is over, so a function that is called may turn the loop again. */
struct host_job {
    struct list link;
    void (*run)(struct host_job *j); /* the job is out of the queue already */
};

void host_job_init(struct host_job *j, void (*run)(struct host_job *j));
void host_job_queue(struct host *h, struct host_job *j);
void host_job_cancel(struct host_job *j); /* may be called twice */

void host_thing_init(struct host_thing *t, struct host *h, void (*close)(struct host_thing *t));
/* Takes it out of the list and empties its userdata; the caller then frees it. */
void host_thing_fini(struct host_thing *t);
/* Pushes a userdata of that type for a thing that is yet to be made.   [-0, +1, raises] */
struct host_thing **host_thing_push(lua_State *L, const char *type);
/* The thing in the userdata at `index`, or NULL where it is closed already.   [-0, +0, raises] */
struct host_thing *host_thing_at(lua_State *L, int index, const char *type);
/* Makes the metatable of a type: its methods, and a __gc that lets go of the thing without closing
 * it.
 *   [-0, +0, raises] */
void host_thing_type(lua_State *L, const char *type, const luaL_Reg *methods);

/* The host that a function of the module belongs to: its first upvalue. */
struct host *host_of(lua_State *L);
/* Adds functions, with the host as upvalue, to the table on top.   [-0, +0, raises] */
void host_set_functions(lua_State *L, struct host *h, const luaL_Reg *functions);

/* Calls into Lua from a job or the loop. An error is kept for whoever turns the loop. */
void host_enter(struct host *h, lua_CFunction fn, void *ud);
/* One turn of the loop and the jobs that it left; raises the first error of theirs.
 *   [-0, +0, raises] */
void host_turn(lua_State *L, struct host *h, bool may_wait);
/* Turns the loop until is_done(ud) or the time is over (timeout_ms < 0: never); whether it is done.
 * Leaves a box on the stack.
 *   [-0, +1, raises] */
bool host_wait(lua_State *L, struct host *h, bool (*is_done)(void *ud), void *ud,
               int64_t timeout_ms);

/* nil and an error table.   [-0, +2, raises] */
int host_push_failure(lua_State *L, const struct err *e);
/* Fields of the table at `index`. Text must be text, a whole number one within the bounds; each may
 * be missing.
 *   [-0, +1 (text: the value stays on the stack, as it is borrowed) or +0, raises] */
const char *host_field_text(lua_State *L, int index, const char *name, size_t *len);
int64_t host_field_int(lua_State *L, int index, const char *name, int64_t otherwise, int64_t max);

/* One per file: adds its functions to the table on top.   [-0, +0, raises] */
void host_http_open(lua_State *L, struct host *h);
void host_process_open(lua_State *L, struct host *h);
void host_file_open(lua_State *L, struct host *h);
void host_yaml_open(lua_State *L, struct host *h);
void host_crypto_open(lua_State *L, struct host *h);
void host_system_open(lua_State *L, struct host *h);

void host_files_close(struct host *h);
/* For a process that exits at once. */
void host_process_kill_all(struct host *h);
