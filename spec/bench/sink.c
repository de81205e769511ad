/*
 * The service at the other end of the benchmark: answers every request with 200 and an empty
 * object as fast as the engine's own server can. Prints its address once it listens, and runs
 * until SIGTERM.
 *
 *     sink HOST:PORT
 */
#include <signal.h>
#include <stdio.h>

#include "net/http_server.h"
#include "net/loop.h"

static void on_request(void *ud, struct exchange *x)
{
    (void)ud;
    exchange_answer(x, 200, "application/json", "{}", 2);
}

static void on_signal(void *ud, int signum)
{
    (void)signum;
    loop_stop(ud);
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    struct loop *loop = loop_new();
    struct http_server_opts opts = {
        .listen = argc == 2 ? argv[1] : "127.0.0.1:0",
        .body_max = 1 << 20,
        .on_request = on_request,
    };
    struct http_server *server = http_server_new(loop, &opts, &e);
    if (server == NULL || loop_on_signal(loop, SIGTERM, on_signal, loop, &e) == -1) {
        fprintf(stderr, "sink: %s\n", e.message);
        return 1;
    }
    puts(http_server_address(server));
    (void)fflush(stdout); /* nobody reads: then nobody calls */
    loop_run(loop);
    http_server_free(server);
    loop_free(loop);
    return 0;
}
