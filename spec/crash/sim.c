/*
 * Seeded simulation: the whole engine in virtual time, in a world that fails in every way it knows.
 *
 *   sim SEED [RUNS]     seeds SEED, SEED + 1 …; `make sim SEED=n RUNS=m`
 *
 * The parent holds the world (sim.lua: the sandbox and the people) and lives on; each life of the
 * engine is a child that asks the world over a socket pair and waits for its answer, so there is
 * one order of things. A child that crashes leaves its store for the next one, and the world what
 * it saw.
 *
 * The same seed gives the same conversation; the hash of it is printed for a single seed. A seed
 * that fails prints what is wrong and the command that repeats it. Exit 1 if any does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "script/catalog.h"
#include "script/vm.h"
#include "sim_life.h"
#include "sim_wire.h"

enum {
    FOLDER_MAX = 256,
    SILENCE_MS = 60000, /* real time: an engine that asks nothing for so long hangs */
    LIVES_MAX = 100,
};

struct sim {
    char folder[FOLDER_MAX];
    const char *inspect;
    struct vm *vm;
    int64_t *shown_us; /* shared with the engine: what time it was when it died */
    uint64_t trace;    /* FNV-1a over all that was said */
};

/* --- the world, in Lua --- */

struct question {
    const char *name; /* a function of sim.lua */
    json_t *argument;
    json_t *result;
};

static int ask_lua(lua_State *L)
{
    struct question *q = lua_touserdata(L, 1);
    lua_getglobal(L, "sim");
    lua_getfield(L, -1, q->name);
    vm_push_json(L, q->argument, true);
    lua_call(L, 1, 1);
    q->result = vm_to_json(L, -1);
    return 0;
}

/* Calls a function of sim.lua; the argument's reference is taken, the result is yours. A world that
 * is wrong ends the program. */
static json_t *ask_world(struct sim *s, const char *name, json_t *argument)
{
    struct err e = ERR_INIT;
    struct question q = { .name = name, .argument = argument };
    if (vm_enter(s->vm, ask_lua, &q, &e) == -1) {
        fprintf(stderr, "sim: %s: %s\n", name, e.message);
        exit(2);
    }
    json_decref(argument);
    return q.result;
}

static int load_world(lua_State *L)
{
    if (luaL_loadfile(L, "spec/crash/sim.lua") != LUA_OK) {
        return lua_error(L);
    }
    lua_call(L, 0, 1);
    lua_setglobal(L, "sim");
    return 0;
}

static void open_world(struct sim *s, int64_t seed)
{
    struct err e = ERR_INIT;
    s->vm = vm_new(&(struct vm_opts){ .is_open = true, .find_module = source_find_module }, &e);
    if (s->vm == NULL || vm_enter(s->vm, load_world, NULL, &e) == -1) {
        fprintf(stderr, "sim: %s (run it in the repository's folder)\n", e.message);
        exit(2);
    }
    json_decref(ask_world(s, "open",
                          json_pack("{s:I, s:s, s:s}", "seed", (json_int_t)seed, "folder",
                                    s->folder, "inspect", s->inspect)));
}

/* --- a life --- */

static void trace(struct sim *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        s->trace = (s->trace ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    }
}

/* Answers the engine until it is gone; whether it fell silent before that. */
static bool converse(struct sim *s, int fd)
{
    bool is_silent = false;
    char *text;
    while ((text = wire_read(fd, SILENCE_MS, &is_silent)) != NULL) {
        trace(s, text, strlen(text));
        json_t *answer = ask_world(s, "ask", json_parse_own(text, strlen(text), NULL));
        char *said = json_text_sorted(answer);
        trace(s, said, strlen(said));
        (void)wire_write(fd, said, strlen(said)); /* to a dead engine: seen by the next read */
        free(said);
        json_decref(answer);
        free(text);
    }
    return is_silent;
}

_Noreturn static void be_engine(struct sim *s, int world)
{
    char path[FOLDER_MAX + 32];
    snprintf(path, sizeof path, "%s/engine.log", s->folder);
    int log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd == -1 || dup2(log_fd, STDERR_FILENO) == -1) {
        _exit(2);
    }
    life_run(&(struct life){
        .world = world, .folder = s->folder, .log_fd = log_fd, .shown_us = s->shown_us });
}

/* 0 … 255, or 128 and the signal. */
static int collect(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) != pid) { // EINTR
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void live(struct sim *s)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1) {
        perror("sim: socketpair");
        exit(2);
    }
    pid_t pid = fork();
    if (pid == -1) {
        perror("sim: fork");
        exit(2);
    }
    if (pid == 0) {
        (void)close(ends[0]); /* the parent's */
        be_engine(s, ends[1]);
    }
    (void)close(ends[1]); /* the child's */
    bool is_silent = converse(s, ends[0]);
    (void)close(ends[0]); /* nothing is left to read */
    if (is_silent) {
        (void)kill(pid, SIGABRT); /* it is there until it was collected */
    }
    json_decref(ask_world(s, "ended",
                          json_pack("{s:b, s:i, s:I}", "is_silent", is_silent, "code", collect(pid),
                                    "now_us", (json_int_t)*s->shown_us)));
}

/* --- a seed --- */

static int64_t *share_clock(void)
{
    void *memory =
        mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("sim: shared memory");
        exit(2);
    }
    return memory;
}

static void make_folders(struct sim *s)
{
    const char *tmp = getenv("TMPDIR");
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(s->folder, sizeof s->folder, "%.200s/ladle-sim-XXXXXX", tmp != NULL ? tmp : memory);
    char recipes[FOLDER_MAX + 16];
    if (mkdtemp(s->folder) == NULL) {
        perror("sim: a temporary folder");
        exit(2);
    }
    snprintf(recipes, sizeof recipes, "%s/recipes", s->folder);
    if (mkdir(recipes, 0700) == -1) {
        perror(recipes);
        exit(2);
    }
}

static void remove_folders(const struct sim *s)
{
    char command[FOLDER_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    if (system(command) != 0) {
        fprintf(stderr, "sim: %s is left\n", s->folder);
    }
}

static bool print_report(struct sim *s, int64_t seed, bool is_alone)
{
    json_t *report = ask_world(s, "report", json_object());
    json_t *problems = json_object_get(report, "problems");
    size_t i;
    json_t *p;
    json_array_foreach (problems, i, p) {
        printf("seed %" PRId64 ": %s\n", seed, json_string_value(p));
    }
    bool is_good = json_array_size(problems) == 0;
    if (!is_good) {
        printf("seed %" PRId64 ": again with `make sim SEED=%" PRId64
               " RUNS=1`; its folder is %s\n",
               seed, seed, s->folder);
    }
    if (is_alone) {
        json_object_del(report, "problems");
        char *text = json_text_sorted(report);
        printf("seed %" PRId64 ": %s trace %016" PRIx64 "\n", seed, text, s->trace);
        free(text);
    }
    (void)fflush(stdout);
    json_decref(report);
    return is_good;
}

static bool run_seed(const char *inspect, int64_t seed, bool is_alone)
{
    struct sim s = { .inspect = inspect, .trace = UINT64_C(0xcbf29ce484222325) };
    s.shown_us = share_clock();
    make_folders(&s);
    open_world(&s, seed);
    for (int lives = 0; lives < LIVES_MAX; lives++) {
        json_t *next = ask_world(&s, "live", json_object());
        bool is_over = json_get_bool(next, "is_over", true);
        json_decref(next);
        if (is_over) {
            break;
        }
        live(&s);
    }
    bool is_good = print_report(&s, seed, is_alone);
    vm_free(s.vm);
    (void)munmap(s.shown_us, sizeof *s.shown_us); /* was mapped */
    if (is_good) {
        remove_folders(&s);
    }
    return is_good;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: sim SEED [RUNS]\n", stderr);
        return 2;
    }
    int64_t seed = strtoll(argv[1], NULL, 10);
    int64_t runs = argc > 2 ? strtoll(argv[2], NULL, 10) : 1;
    const char *slash = strrchr(argv[0], '/');
    char *inspect =
        xasprintf("%.*sinspect", slash != NULL ? (int)(slash - argv[0]) + 1 : 0, argv[0]);
    int64_t good = 0;
    for (int64_t i = 0; i < runs; i++) {
        good += run_seed(inspect, seed + i, runs == 1);
    }
    printf("sim: %" PRId64 " of %" PRId64 " seeds\n", good, runs);
    free(inspect);
    return good == runs ? 0 : 1;
}
