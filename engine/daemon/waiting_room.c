/*
 * A small server in the place of the engine's, with a loop of its own. It stays open while the
 * engine tries to begin, until that comes to open the same port. Nothing of the store is touched
 * here. Loop thread, before there is an engine.
 */
#include "daemon/waiting_room.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/own_port.h"
#include "net/http_server.h"

enum { STAY_US = 1000 * 1000, BODY_MAX = 1 << 20 };

struct waiting_room {
    struct loop *loop;
    struct tls *tls; /* or NULL */
    struct http_server *door;
    struct timer timer;
    const struct err *why; /* of the last try */
    bool is_stopped;
};

bool waiting_room_helps(const struct err *why)
{
    return why->kind == ERR_STORE_FULL || why->kind == ERR_STORE;
}

static void on_early_request(void *ud, struct exchange *x)
{
    const struct waiting_room *r = ud;
    if (strcmp(exchange_path(x), "/healthz") == 0) {
        json_t *body =
            json_pack("{s:s, s:s}", "status", "waits for the store", "version", LADLE_VERSION);
        exchange_answer_json(x, 200, body);
        json_decref(body);
        return;
    }
    exchange_add_header(x, "Retry-After", "5");
    exchange_answer_error(x, 503, r->why);
}

static void on_stay_over(struct timer *t)
{
    loop_stop(list_entry(t, struct waiting_room, timer)->loop);
}

static void on_stop_signal(void *ud, int signum)
{
    struct waiting_room *r = ud;
    (void)signum; /* both ask for the same */
    r->is_stopped = true;
    loop_stop(r->loop);
}

static int open_door(struct waiting_room *r, const struct project *p, struct err *e)
{
    if (loop_on_signal(r->loop, SIGTERM, on_stop_signal, r, e) == -1 ||
        loop_on_signal(r->loop, SIGINT, on_stop_signal, r, e) == -1 ||
        own_port_tls(r->loop, p, &r->tls, e) == -1) {
        return -1;
    }
    r->door = http_server_new(r->loop,
                              &(struct http_server_opts){ .listen = p->listen,
                                                          .tls = r->tls,
                                                          .body_max = BODY_MAX,
                                                          .on_request = on_early_request,
                                                          .ud = r },
                              e);
    return r->door != NULL ? 0 : -1;
}

struct waiting_room *waiting_room_new(const struct project *p, struct err *e)
{
    struct waiting_room *r = xcalloc(1, sizeof *r);
    r->loop = loop_new();
    timer_init(&r->timer, r->loop, on_stay_over);
    if (open_door(r, p, e) == -1) {
        waiting_room_free(r);
        return NULL;
    }
    return r;
}

int waiting_room_stay(struct waiting_room *r, const struct err *why)
{
    r->why = why;
    timer_start(&r->timer, STAY_US);
    loop_run(r->loop);
    return r->is_stopped ? -1 : 0;
}

void waiting_room_free(struct waiting_room *r)
{
    if (r == NULL) {
        return;
    }
    http_server_free(r->door);
    tls_free(r->tls);
    timer_stop(&r->timer);
    loop_free(r->loop);
    free(r);
}
