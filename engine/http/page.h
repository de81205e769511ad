#pragma once

#include "net/http_server.h"

/* A plain HTML page for a person: a heading and paragraphs (NULL-terminated, empty ones are left
 * out), all of it text that is escaped here. Nothing in it can load or run, it is not stored, not
 * framed, and its address is told to nobody (it may hold a code). Answers the exchange. */
void page_answer(struct exchange *x, int status, const char *heading,
                 const char *const *paragraphs);
