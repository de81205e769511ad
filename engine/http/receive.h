#pragma once

#include "base/err.h"
#include "format/json.h"

/* The function `receive` of a connector's file, in a sandboxed state of its own. */
struct receiver;

struct receiver *receiver_new(const char *project_folder, const char *connector,
                              struct err *e); /* NULL on error */
void receiver_free(struct receiver *r);
/* receive(body, content_type) → its table; yours, or NULL. */
json_t *receiver_call(struct receiver *r, const char *body, size_t len, const char *content_type,
                      struct err *e);
