#pragma once

#include "cli/one_connection.h"
#include "token/token_flow.h"

/* Waits until the browser has come back: to the engine where one runs, else to a server of this
 * command's own at the project's address. */
struct connect_wait;

/* Opens the way back. NULL where it cannot: ERR_CONFIG with the reason. */
struct connect_wait *connect_wait_new(struct cli *c, struct one_connection *o, struct err *e);
bool connect_wait_is_engine(const struct connect_wait *w); /* the engine takes the callback */
/* Until the flow has ended, with a line on the terminal that counts down. Then the connection is as
 * `connection_json` says. ERR_AUTH where it failed or its time is over, ERR_CANCELLED after Ctrl-C
 * (the link stays good). */
int connect_wait_run(struct connect_wait *w, struct token_flow *flow, struct err *e);
void connect_wait_free(struct connect_wait *w); /* before the connection is closed */
