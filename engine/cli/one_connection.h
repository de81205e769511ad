#pragma once

#include "cli/cli.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "service/service.h"

/* One connection of the project with the parts that it needs, for a command that signs or
 * authorises: loop, HTTP client, vault and a service with nothing else in it. */
struct one_connection {
    struct cli_project_store *base;
    struct loop *loop;
    struct http_client *http;
    struct vault *vault;
    struct service *service;
    struct connection *connection;
};

/* Opens them; base stays the caller's until one_connection_close, which closes it too. CLI_OK, or
 * the exit code after saying why; then base is closed. */
int one_connection_open(struct cli *c, struct cli_project_store *base, const char *name,
                        struct one_connection *out);
void one_connection_close(struct one_connection *o);
/* Turns the loop until *is_done. */
void one_connection_wait(struct one_connection *o, const bool *is_done);
