#pragma once

/* A project folder of its own and `ladle` run inside the test's process: its arguments, what it
 * reads and prints, its exit code. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "project/folder.h"
#include "store/event.h"
#include "store/record.h"
#include "store/run.h"
#include "store/store.h"

enum { FIX_WORDS_MAX = 24, FIX_OUTPUT_MAX = 1 << 20 };

struct fixture {
    char folder[256];
    char *out; /* stdout of the last command */
    char *err; /* its stderr */
};

static const char fix_ladle_yaml[] =
    "listen: 127.0.0.1:8420\n"
    "connections:\n"
    "  crm:\n"
    "    connector: highlevel\n"
    "    auth: token\n"
    "    token: given-private-token\n"
    "    location: ve9EPM428h8vShlRW1KT\n"
    "  inbox:\n"
    "    connector: webhook\n"
    "    verify: hmac_sha256\n"
    "    header: X-Signature\n"
    "    secret: ${secret.inbox_secret}\n";

static inline char *fix_path(const struct fixture *f, const char *name)
{
    return xasprintf("%s/%s", f->folder, name);
}

static inline void fix_write(const struct fixture *f, const char *name, const void *data,
                             size_t len)
{
    char *path = fix_path(f, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static inline void fix_write_text(const struct fixture *f, const char *name, const char *text)
{
    fix_write(f, name, text, strlen(text));
}

static inline int fix_setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    const char *tmp = getenv("TMPDIR");
    snprintf(f->folder, sizeof f->folder, "%.200s/ladle-cli-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    char *recipes = fix_path(f, "recipes");
    assert_int_equal(mkdir(recipes, 0700), 0);
    free(recipes);
    fix_write_text(f, "ladle.yaml", fix_ladle_yaml);
    *state = f;
    return 0;
}

static inline int fix_teardown(void **state)
{
    struct fixture *f = *state;
    char *command = xasprintf("rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(f->out);
    free(f->err);
    free(f);
    return 0;
}

/* Sends one of our descriptors into a file of the folder; gives back a copy of the old one. */
static inline int fix_redirect(const struct fixture *f, int fd, const char *name, const char *mode)
{
    char *path = fix_path(f, name);
    int old = dup(fd);
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_not_equal(dup2(fileno(file), fd), -1);
    assert_int_equal(fclose(file), 0);
    free(path);
    return old;
}

static inline void fix_put_back(int old, int fd)
{
    assert_int_not_equal(dup2(old, fd), -1);
    assert_int_equal(close(old), 0);
}

static inline char *fix_read(const struct fixture *f, const char *name)
{
    char *path = fix_path(f, name);
    size_t len;
    char *text = folder_read(path, FIX_OUTPUT_MAX, &len, NULL);
    assert_non_null(text);
    free(path);
    return text;
}

/* "ladle -C FOLDER words…"; the exit code. */
static inline int fix_call(const struct fixture *f, const char *const *words)
{
    char *argv[FIX_WORDS_MAX + 4] = { xstrdup("ladle"), xstrdup("-C"), xstrdup(f->folder) };
    int argc = 3;
    for (; words[argc - 3] != NULL; argc++) {
        assert_true(argc - 3 < FIX_WORDS_MAX);
        argv[argc] = xstrdup(words[argc - 3]);
    }
    char *owned[FIX_WORDS_MAX + 4];
    memcpy(owned, argv, sizeof owned); /* the parser moves words about */
    int code = cli_main(argc, argv);
    for (int i = 0; i < argc; i++) {
        free(owned[i]);
    }
    return code;
}

/* Runs "ladle -C FOLDER words…" with `input` on stdin; the exit code. Words end with NULL. */
static inline int fix_run_with(struct fixture *f, const char *input, const char *const *words)
{
    fix_write_text(f, ".stdin", input);
    fflush(stdout);
    fflush(stderr);
    int in = fix_redirect(f, STDIN_FILENO, ".stdin", "rb");
    int out = fix_redirect(f, STDOUT_FILENO, ".stdout", "wb");
    int err = fix_redirect(f, STDERR_FILENO, ".stderr", "wb");
    int code = fix_call(f, words);
    fflush(stderr);
    fix_put_back(in, STDIN_FILENO);
    fix_put_back(out, STDOUT_FILENO);
    fix_put_back(err, STDERR_FILENO);
    free(f->out);
    free(f->err);
    f->out = fix_read(f, ".stdout");
    f->err = fix_read(f, ".stderr");
    return code;
}

#define fix_run(f, ...) fix_run_with(f, "", (const char *const[]){ __VA_ARGS__, NULL })

/* The n-th line (from 0) of stdout as JSON; yours. */
static inline json_t *fix_line(const struct fixture *f, size_t n)
{
    const char *at = f->out;
    for (; n > 0; n--) {
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
    }
    size_t len = strcspn(at, "\n");
    json_t *v = json_parse(at, len, NULL);
    if (v == NULL) {
        print_error("no JSON in line: %.*s\nstderr: %s\n", (int)len, at, f->err);
    }
    assert_non_null(v);
    return v;
}

static inline size_t fix_count_lines(const struct fixture *f)
{
    size_t count = 0;
    for (const char *at = f->out; (at = strchr(at, '\n')) != NULL; at++) {
        count++;
    }
    return count;
}

static inline void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("\"%s\" is not in: %s\n", part, text);
        fail();
    }
}

static inline void assert_text_at(const json_t *v, const char *path, const char *expected)
{
    const char *text = json_path_text(v, path);
    if (text == NULL) {
        print_error("no text at %s\n", path);
        fail();
    }
    assert_string_equal(text, expected);
}

/* --- what the engine would have written --- */

static inline struct store *fix_open_store(const struct fixture *f)
{
    struct err e = ERR_INIT;
    struct store *s =
        store_open(&(struct store_opts){ .url = "sqlite:data/ladle.db", .folder = f->folder }, &e);
    if (s == NULL) {
        print_error("%s\n", e.message);
    }
    assert_non_null(s);
    return s;
}

static inline void fix_exec(struct store *s, struct store_op *op)
{
    struct err e = ERR_INIT;
    if (store_exec(s, op, &e) == -1) {
        print_error("%s\n", e.message);
        fail();
    }
}

/* The run that an event of crm starts, in that state; `why` of one that ends at once, or NULL. */
struct fix_run_of {
    enum run_state state;
    const char *why;
};

static inline struct id fix_store_event(struct store *s, const char *key, const char *payload,
                                        const struct fix_run_of *made, struct id *run)
{
    struct event_put *put = event_put_new();
    put->event.id = id_new();
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("contact_created");
    put->event.key = xstrdup(key);
    put->event.received_us = INT64_C(1764000000000000);
    put->event.headers = xstrdup("{\"x-id\":\"1\"}");
    put->event.payload = xstrdup(payload);
    put->event.payload_len = strlen(payload);
    put->event.is_routed = true;
    put->runs = xcalloc(1, sizeof(*put->runs));
    put->run_count = 1;
    *run = id_new();
    put->runs[0] = (struct run_seed){ .id = *run,
                                      .recipe = xstrdup("contact-sync"),
                                      .version = xstrdup("v1"),
                                      .state = made->state,
                                      .due_us = INT64_C(1764000000000000) };
    if (made->why != NULL) {
        (void)err_set(&put->runs[0].err, ERR_CANCELLED, "%s", made->why);
    }
    struct id id = put->event.id;
    fix_exec(s, &put->op);
    event_put_free(put);
    return id;
}

/* Stores an event of crm with one run in that state; the run's id goes to *run. */
static inline struct id fix_event(struct store *s, const char *key, const char *payload,
                                  enum run_state state, struct id *run)
{
    return fix_store_event(s, key, payload, &(struct fix_run_of){ state, NULL }, run);
}

/* The same with a run that was skipped for a reason. */
static inline struct id fix_skipped_event(struct store *s, const char *key, const char *why,
                                          struct id *run)
{
    return fix_store_event(s, key, "{}", &(struct fix_run_of){ RUN_SKIPPED, why }, run);
}

/* Ends a run as dead, with a step and one call in its journal. */
static inline void fix_kill(struct store *s, struct id run, const char *message)
{
    struct run_save *save = run_save_new();
    save->id = run;
    save->has_state = true;
    save->state = RUN_DEAD;
    save->attempts = 2;
    save->step = xstrdup("fetch");
    (void)err_set(&save->err, ERR_INVALID, "%s", message);
    save->err.status = 422;
    struct journal_row *step = run_save_add(save);
    step->path = xstrdup("fetch");
    step->state = JOURNAL_FAILED;
    step->attempts = 2;
    step->started_us = INT64_C(1764000001000000);
    step->ended_us = INT64_C(1764000002000000);
    step->input = xstrdup("{\"contactId\":\"c1\"}");
    step->error = xstrdup("{\"kind\":\"invalid\",\"message\":\"no title\"}");
    struct journal_row *effect = run_save_add(save);
    effect->path = xstrdup("fetch/1");
    effect->state = JOURNAL_DONE;
    effect->attempts = 1;
    effect->started_us = INT64_C(1764000001500000);
    effect->output = xstrdup("{\"ok\":true}");
    fix_exec(s, &save->op);
    run_save_free(save);
}
