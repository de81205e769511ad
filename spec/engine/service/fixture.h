#pragma once

/* A service under virtual time with a real store in a folder of its own, and an HTTP client that
 * only writes down what it is asked to send: the test answers it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "call/call.h"
#include "connection/account.h"
#include "connection/connection_state.h"
#include "connector/connector_shape.h"
#include "service/service_state.h"
#include "token/token.h"
#include "webhook/hook_watch.h"
#include "webhook/verify.h"
#include "store/secret_row.h"

enum { SENT_MAX = 600 };

#define SECOND INT64_C(1000000)

/* One request that went out. */
struct sent {
    char *method, *url, *body;
    char *names[24], *values[24];
    size_t header_count;
    bool may_be_private;
    int64_t at_us;
    http_done_fn done; /* NULL: answered or cancelled */
    void *ud;
    bool is_cancelled;
    bool is_connecting; /* set by a test: nothing of it has left */
};

struct fake_http {
    struct http_client client;
    struct sent sent[SENT_MAX];
    size_t count;
};

struct fixture {
    char folder[256];
    struct loop *loop;
    struct store *store;
    struct vault *vault;
    struct fake_http http;
    struct service *service;
    struct connector *connectors[8];
    size_t connector_count;
    int recovered;
};

static int64_t fix_wall_us, fix_mono_us;

static inline int64_t fix_wall(void *ud)
{
    return fix_wall_us;
}

static inline int64_t fix_mono(void *ud)
{
    return fix_mono_us;
}

/* The same numbers in every run. */
static inline void fix_random(void *ud, void *out, size_t len)
{
    static uint64_t state = UINT64_C(88172645463325252);
    unsigned char *bytes = out;
    for (size_t i = 0; i < len; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (unsigned char)(state >> 24);
    }
}

/* --- the client --- */

static inline char *fix_copy(const char *text, size_t len)
{
    return text != NULL ? xstrndup(text, len) : NULL;
}

static inline struct http_call *fake_send(struct http_client *c, const struct http_request *r,
                                          http_done_fn done, void *ud)
{
    struct fake_http *h = (struct fake_http *)c;
    assert_true(h->count < SENT_MAX);
    struct sent *s = &h->sent[h->count++];
    *s = (struct sent){
        .method = xstrdup(r->method),
        .url = xstrdup(r->url),
        .body = fix_copy(r->body, r->body_len),
        .may_be_private = r->may_be_private,
        .at_us = fix_mono_us,
        .done = done,
        .ud = ud,
    };
    for (; s->header_count < r->header_count; s->header_count++) {
        s->names[s->header_count] = xstrdup(r->headers[s->header_count].name);
        s->values[s->header_count] = xstrdup(r->headers[s->header_count].value);
    }
    return (struct http_call *)s;
}

static inline bool fake_cancel(struct http_client *c, struct http_call *call)
{
    struct sent *s = (struct sent *)call;
    s->done = NULL;
    s->is_cancelled = true;
    return !s->is_connecting;
}

static inline void fake_fini(struct fake_http *h)
{
    for (size_t i = 0; i < h->count; i++) {
        struct sent *s = &h->sent[i];
        free(s->method);
        free(s->url);
        free(s->body);
        for (size_t k = 0; k < s->header_count; k++) {
            free(s->names[k]);
            free(s->values[k]);
        }
    }
}

static inline const char *sent_header(const struct sent *s, const char *name)
{
    for (size_t i = 0; i < s->header_count; i++) {
        if (strcasecmp(s->names[i], name) == 0) {
            return s->values[i];
        }
    }
    return NULL;
}

/* --- setup --- */

static inline void fix_recovered(void *ud, struct connection *c)
{
    ((struct fixture *)ud)->recovered++;
}

static inline void fix_open_store(struct fixture *f, bool is_exclusive)
{
    struct err e = ERR_INIT;
    char url[300], key[300];
    snprintf(url, sizeof url, "sqlite:%s/ladle.db", f->folder);
    snprintf(key, sizeof key, "%s/key", f->folder);
    f->loop = loop_new();
    f->store = store_open(
        &(struct store_opts){ .url = url, .folder = f->folder, .is_exclusive = is_exclusive }, &e);
    assert_non_null(f->store);
    f->vault = vault_open(key, true, &e);
    assert_non_null(f->vault);
    f->http.client = (struct http_client){ .send = fake_send, .cancel = fake_cancel };
    f->service = service_new(&(struct service_opts){
        .loop = f->loop,
        .http = &f->http.client,
        .store = f->store,
        .vault = f->vault,
    });
    service_on_recover(f->service, fix_recovered, f);
}

static inline void fix_open(struct fixture *f)
{
    fix_open_store(f, true);
}

/* Beside another process that works on the same store. */
static inline void fix_open_beside(struct fixture *f)
{
    fix_open_store(f, false);
}

static inline void fix_start(struct fixture *f)
{
    struct err e = ERR_INIT;
    if (service_load(f->service, &e) == -1) {
        print_error("%s\n", e.message);
        fail();
    }
    assert_int_equal(store_start(f->store, f->loop, NULL, NULL, &e), 0);
}

static inline void fix_close(struct fixture *f)
{
    service_free(f->service);
    store_close(f->store);
    vault_free(f->vault);
    loop_free(f->loop);
    for (size_t i = 0; i < f->connector_count; i++) {
        connector_free(f->connectors[i]);
    }
    f->connector_count = 0;
    fake_fini(&f->http);
    f->http.count = 0;
}

static inline int fix_setup(void **state)
{
    static const struct clock virtual = { fix_wall, fix_mono, fix_random, NULL };
    struct fixture *f = xcalloc(1, sizeof *f);
    const char *tmp = getenv("TMPDIR");
    fix_wall_us = INT64_C(1795428000) * SECOND; /* 2026-11-23T10:00:00Z */
    fix_mono_us = 1000 * SECOND;
    clock_replace(&virtual);
    snprintf(f->folder, sizeof f->folder, "%.200s/ladle-service-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    fix_open(f);
    *state = f;
    return 0;
}

static inline int fix_teardown(void **state)
{
    struct fixture *f = *state;
    char command[400];
    fault_disarm();
    fix_close(f);
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
    free(f);
    metrics_reset();
    clock_replace(NULL);
    return 0;
}

/* Ends the process's part and begins again with the same store; connections must be added anew. */
static inline void fix_restart(struct fixture *f)
{
    fix_close(f);
    fix_open(f);
}

/* JSON with ' for ". Yours. */
static inline json_t *fix_json(const char *text)
{
    struct err e = ERR_INIT;
    char *copy = xstrdup(text);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    json_t *v = json_parse(copy, strlen(copy), &e);
    if (v == NULL) {
        print_error("%s in %s\n", e.message, copy);
        fail();
    }
    free(copy);
    return v;
}

/* As the catalogue does it: no table gets further that is not of the right shape. */
static inline void fix_check_shape(const json_t *table)
{
    struct diags *d = diags_new("the table of a test");
    if (shape_check(connector_shape(), table, d) == -1) {
        struct buf out;
        buf_init(&out, 1 << 20);
        diags_print(d, &out);
        print_error("%s\n", buf_text(&out));
        buf_fini(&out);
        fail();
    }
    diags_free(d);
}

static inline struct connector *fix_connector(struct fixture *f, const char *name, json_t *table)
{
    fix_check_shape(table);
    struct connector *c = connector_new(name, table);
    json_decref(table);
    return f->connectors[f->connector_count++] = c;
}

static inline struct connection *fix_add(struct fixture *f, const char *name, struct connector *c,
                                         const char *config)
{
    struct err e = ERR_INIT;
    json_t *v = fix_json(config);
    struct connection *made = service_add(f->service, name, c, v, &e);
    if (made == NULL) {
        print_error("%s\n", e.message);
        fail();
    }
    json_decref(v);
    return made;
}

/* --- time --- */

static inline void fix_turn(struct fixture *f)
{
    for (int i = 0; i < 6; i++) {
        loop_turn(f->loop, false);
    }
}

static inline void fix_barrier_done(struct store_op *op, const struct err *e)
{
    *(bool *)op->ud = true;
}

/* Waits until writer and reader have done what they have, and nothing more follows from it. */
static inline void fix_settle(struct fixture *f)
{
    for (int i = 0; i < 4; i++) {
        fix_turn(f);
        bool is_read = false, is_written = false;
        struct connection_list *read = connection_list_new(), *write = connection_list_new();
        read->op.done = write->op.done = fix_barrier_done;
        read->op.ud = &is_read;
        write->op.ud = &is_written;
        store_submit_read(f->store, &read->op);
        store_submit(f->store, &write->op);
        while (!is_read || !is_written) {
            loop_turn(f->loop, true);
        }
        connection_list_free(read);
        connection_list_free(write);
    }
    fix_turn(f);
}

/* Waits until no operation of the store is on its way: also one that is held up and tried again. */
static inline void fix_await_store(struct fixture *f)
{
    do {
        loop_turn(f->loop, !store_is_idle(f->store));
    } while (!store_is_idle(f->store));
}

static inline void fix_arm(const char *spec)
{
    struct err e = ERR_INIT;
    if (fault_arm(spec, &e) == -1) {
        fail_msg("%s", e.message);
    }
}

static inline void fix_pass(struct fixture *f, int64_t us)
{
    fix_wall_us += us;
    fix_mono_us += us;
    fix_turn(f);
}

/* --- calls --- */

struct outcome {
    int count;
    json_t *output;
    struct err err; /* kind ERR_NONE: output */
    char *answer;
};

static inline void fix_done(void *ud, json_t *output, const struct err *e, const char *answer)
{
    struct outcome *o = ud;
    o->count++;
    json_decref(o->output);
    free(o->answer);
    o->output = json_incref(output);
    o->err = e != NULL ? *e : ERR_INIT;
    o->answer = answer != NULL ? xstrdup(answer) : NULL;
}

static inline void outcome_fini(struct outcome *o)
{
    json_decref(o->output);
    free(o->answer);
    *o = (struct outcome){ .count = 0 };
}

static inline struct service_call *fix_call(struct fixture *f, struct connection *c, const char *op,
                                            const char *input, struct outcome *o)
{
    const struct operation *operation = connector_operation(connection_connector(c), op);
    assert_non_null(operation);
    struct service_call *call = call_start(service_calls(f->service), &(struct call_opts){
                                                                          .connection = c,
                                                                          .operation = operation,
                                                                          .input = fix_json(input),
                                                                          .done = fix_done,
                                                                          .ud = o,
                                                                      });
    fix_settle(f); /* a limit is kept before the first call */
    return call;
}

/* Answers request `index` (from 0); headers "Name: value" lines parted by \n, or NULL. */
static inline void fix_answer(struct fixture *f, size_t index, int status, const char *headers,
                              const char *body)
{
    assert_true(index < f->http.count);
    struct sent *s = &f->http.sent[index];
    assert_non_null(s->done);
    struct http_response res = { .status = status };
    char lines[1024] = "", *at = lines;
    snprintf(lines, sizeof lines, "%s", headers != NULL ? headers : "");
    for (char *line = strsep(&at, "\n"); line != NULL && *line != '\0'; line = strsep(&at, "\n")) {
        char *colon = strstr(line, ": ");
        *colon = '\0';
        res.headers[res.header_count++] = (struct http_header){ line, colon + 2 };
    }
    json_t *v = body != NULL && (*body == '{' || *body == '[') ? fix_json(body) : NULL;
    size_t len = 0;
    char *text = v != NULL ? json_text(v, &len) : body != NULL ? xstrdup(body) : NULL;
    if (v != NULL) {
        res.headers[res.header_count++] =
            (struct http_header){ "content-type", "application/json" };
    }
    buf_init(&res.body, 1 << 20);
    if (text != NULL) {
        buf_puts(&res.body, text);
    }
    http_done_fn done = s->done;
    s->done = NULL;
    done(s->ud, &res, NULL);
    buf_fini(&res.body);
    free(text);
    json_decref(v);
    fix_turn(f);
}

static inline void fix_break(struct fixture *f, size_t index, enum err_kind kind)
{
    struct sent *s = &f->http.sent[index];
    struct err e = ERR_INIT;
    err_set(&e, kind, "the connection broke");
    http_done_fn done = s->done;
    assert_non_null(done);
    s->done = NULL;
    done(s->ud, NULL, &e);
    fix_turn(f);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL) {
        print_error("'%s' does not contain '%s'\n", text != NULL ? text : "(null)", part);
        fail();
    }
}
