#pragma once

#include "cli/cli.h"

enum { SEND_HEADERS_MAX = 24 };

/* Adds every --header of the command line to the object name -> text; one of a name that is there in
 * any case replaces it. ERR_CONFIG. */
int send_headers_add(const struct cli *c, json_t *headers, struct err *e);
