#pragma once

#include <stdint.h>

#include "base/err.h"

/* What the engine writes on a busy day, through its own store code, and what must be found of it
 * afterwards. Each fact has a number; the workload tells it when the store acknowledged the fact.
 */
struct known; /* the facts that were acknowledged up to some moment */

/* Runs the workload on the store at url, twice opened and closed, with several operations under way
 * at once; on_ack(fact) is called on the loop's thread. Aborts where the store fails. */
void workload_run(const char *url, void (*on_ack)(int64_t fact));

struct known *known_new(void);
void known_free(struct known *k);
void known_add(struct known *k, int64_t fact);

/* Opens the store at url with the engine's own code and holds it against what is known: all that
 * was acknowledged is there, nothing is there by half, and the store goes on working. 0, or -1 and
 * what is wrong. */
int known_audit(const struct known *k, const char *url, struct err *e);
