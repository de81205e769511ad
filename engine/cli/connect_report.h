#pragma once

#include "cli/one_connection.h"

/* Prints what a connection that was just authorised is and lacks: account, scopes, those that were
 * asked for and not granted, what the project's recipes need beyond them, and the expiry. */
void connect_report(const struct cli *c, const struct one_connection *o);
