/* Waits for `ladle connect` until the person has authorised the connection. What became of the flow
 * is read in the store four times a second, whoever finished it: the engine, the server below, or
 * `ladle connect --code` in another terminal. While the engine runs it alone answers the callback
 * and owns the tokens, and this command only reads. Where none runs, this command listens at the
 * project's address for the ten minutes; other requests are told to come again, so that a service
 * repeats its webhooks. */
#include "cli/connect_wait.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/own_port.h"
#include "http/callback.h"
#include "net/http_server.h"
#include "store/secret_row.h"

enum { LOOK_US = 250 * 1000, LINGER_US = 2 * 1000 * 1000, BODY_MAX = 64 * 1024 };

struct connect_wait {
    struct cli *cli;
    struct one_connection *o;
    bool is_engine;
    struct http_server *server; /* of our own, or NULL */
    struct tls *tls;            /* its certificate, or NULL */
    struct callback *callback;
    struct timer timer;
    struct token_flow *flow;
    struct secret_get *reading;
    bool is_over;
    struct err err;
};

/* --- a server of our own --- */

static void on_browser(void *ud, struct exchange *x)
{
    struct connect_wait *w = ud;
    if (callback_handles(exchange_path(x))) {
        callback_handle(w->callback, x);
        return;
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_UNAVAILABLE, "`ladle connect` listens here, and the engine does not run");
    exchange_add_header(x, "Retry-After", "60");
    exchange_answer_error(x, 503, &e);
}

static void nothing_to_do(void *ud)
{
    (void)ud;
}

static int serve_callback(struct connect_wait *w, struct err *e)
{
    const struct project *p = w->o->base->project;
    if (service_load(w->o->service, e) == -1 ||
        store_start(w->o->base->store, w->o->loop, nothing_to_do, NULL, e) == -1) {
        return -1;
    }
    char *base_url = own_port_base_url(p);
    w->callback = callback_new(&(struct callback_opts){ .service = w->o->service,
                                                        .store = w->o->base->store,
                                                        .vault = w->o->vault,
                                                        .base_url = base_url });
    free(base_url);
    if (own_port_tls(w->o->loop, p, &w->tls, e) == -1) {
        return -1;
    }
    w->server = http_server_new(w->o->loop,
                                &(struct http_server_opts){ .listen = p->listen,
                                                            .tls = w->tls,
                                                            .body_max = BODY_MAX,
                                                            .on_request = on_browser,
                                                            .ud = w },
                                e);
    return w->server != NULL ? 0 : err_prefix(e, "the way back cannot be opened here");
}

/* --- the end --- */

static void end_connect_wait(struct connect_wait *w, enum err_kind kind, const char *why)
{
    const char *name = connection_name(w->o->connection);
    w->is_over = true;
    if (kind != ERR_NONE) {
        (void)err_set(&w->err, kind, "%s: %s", name, why);
    }
}

/* What the row says now. */
static void judge_flow(struct connect_wait *w, const struct token_flow *now)
{
    bool is_late = token_flow_is_expired(w->flow);
    if (now->state == FLOW_DONE) {
        end_connect_wait(w, ERR_NONE, NULL);
    } else if (now->state == FLOW_FAILED) {
        end_connect_wait(w, ERR_AUTH,
                         now->message != NULL ? now->message : "it was not authorised");
    } else if (is_late && now->state == FLOW_TAKEN) {
        end_connect_wait(w, ERR_AUTH,
                         "its code was taken and not finished; look at `ladle connections`");
    } else if (is_late) {
        end_connect_wait(w, ERR_AUTH,
                         "nobody came back within ten minutes; run it again for a new link");
    }
}

static void take_row(struct connect_wait *w, const struct secret_get *get)
{
    struct token_flow now;
    struct err e = ERR_INIT;
    if (get->sealed == NULL) {
        end_connect_wait(w, ERR_AUTH, "its link is gone from the store; run it again");
    } else if (token_flow_open(&now, w->o->vault, get->name, get->sealed, get->len, &e) == -1) {
        end_connect_wait(w, e.kind, e.message);
    } else {
        judge_flow(w, &now);
        token_flow_fini(&now);
    }
}

/* --- looking --- */

static void show_progress(const struct connect_wait *w)
{
    if (!w->cli->is_terminal || w->cli->is_json) {
        return;
    }
    int64_t left_s = (w->flow->expires_us - clock_wall_us()) / 1000000;
    left_s = left_s > 0 ? left_s : 0;
    (void)printf("\rWaiting until you come back … %d:%02d ", (int)(left_s / 60),
                 (int)(left_s % 60));
    (void)fflush(stdout); /* a line that is not seen is harmless */
}

static void clear_progress(const struct connect_wait *w)
{
    if (w->cli->is_terminal && !w->cli->is_json) {
        (void)printf("\r\033[K");
        (void)fflush(stdout); /* before what stderr says */
    }
}

static void on_read(struct store_op *op, const struct err *e)
{
    struct secret_get *get = list_entry(op, struct secret_get, op);
    struct connect_wait *w = op->ud;
    if (w != NULL) {
        w->reading = NULL;
        if (e == NULL) {
            take_row(w, get);
        }
        timer_start(&w->timer, LOOK_US);
    }
    secret_get_free(get);
}

/* A look that fails is no reason to stop: the next one may not. */
static void look_at_flow(struct timer *timer)
{
    struct connect_wait *w = list_entry(timer, struct connect_wait, timer);
    show_progress(w);
    w->reading = secret_get_new(w->flow->name);
    if (w->server != NULL) {
        w->reading->op.done = on_read;
        w->reading->op.ud = w;
        store_submit_read(w->o->base->store, &w->reading->op);
        return;
    }
    if (store_exec(w->o->base->store, &w->reading->op, NULL) == 0) {
        take_row(w, w->reading);
    }
    secret_get_free(w->reading);
    w->reading = NULL;
    timer_start(&w->timer, LOOK_US);
}

static void on_stop_signal(void *ud, int signum)
{
    (void)signum;
    end_connect_wait(ud, ERR_CANCELLED,
                     "not waiting any more; the link stays good for its ten minutes, and "
                     "`ladle run` or `ladle connect --code -` finishes it");
}

static void stop_lingering(struct timer *timer)
{
    (void)timer; /* that the loop turned is enough */
}

/* Lets the browser have its page. */
static void linger(struct connect_wait *w)
{
    if (w->reading != NULL) {
        w->reading->op.ud = NULL;
        w->reading = NULL;
    }
    timer_stop(&w->timer);
    timer_init(&w->timer, w->o->loop, stop_lingering);
    timer_start(&w->timer, LINGER_US);
    http_server_quiesce(w->server);
    while (timer_is_armed(&w->timer) && http_server_connection_count(w->server) > 0) {
        loop_turn(w->o->loop, true);
    }
}

/* --- public --- */

/* Whether the lock of the store is held, which only an engine does. */
static bool engine_runs(const struct project *p)
{
    struct err e = ERR_INIT;
    struct store *s = store_open(
        &(struct store_opts){ .url = p->store, .folder = p->folder, .is_exclusive = true }, &e);
    if (s != NULL) {
        store_close(s);
    }
    return s == NULL && e.kind == ERR_CONFLICT;
}

struct connect_wait *connect_wait_new(struct cli *c, struct one_connection *o, struct err *e)
{
    struct connect_wait *w = xcalloc(1, sizeof *w);
    w->cli = c;
    w->o = o;
    w->is_engine = engine_runs(o->base->project);
    timer_init(&w->timer, o->loop, look_at_flow);
    if (!w->is_engine && serve_callback(w, e) == -1) {
        connect_wait_free(w);
        return NULL;
    }
    return w;
}

bool connect_wait_is_engine(const struct connect_wait *w)
{
    return w->is_engine;
}

int connect_wait_run(struct connect_wait *w, struct token_flow *flow, struct err *e)
{
    w->flow = flow;
    if (loop_on_signal(w->o->loop, SIGINT, on_stop_signal, w, e) == -1 ||
        loop_on_signal(w->o->loop, SIGTERM, on_stop_signal, w, e) == -1) {
        return -1;
    }
    look_at_flow(&w->timer);
    one_connection_wait(w->o, &w->is_over);
    clear_progress(w);
    if (w->server != NULL && w->err.kind != ERR_CANCELLED) {
        linger(w);
    }
    if (w->err.kind != ERR_NONE) {
        *e = w->err;
        return -1;
    }
    return w->is_engine ? service_load(w->o->service, e) : 0;
}

void connect_wait_free(struct connect_wait *w)
{
    timer_stop(&w->timer);
    if (w->reading != NULL) {
        w->reading->op.ud = NULL;
    }
    if (w->server != NULL) {
        http_server_free(w->server);
    }
    tls_free(w->tls);
    callback_free(w->callback);
    free(w);
}
