#pragma once

#include "cli/one_connection.h"
#include "token/token_flow.h"

/* A code that a person brings by hand to `ladle connect NAME --code -`: the code alone, or the
 * whole address that they were sent to. */
struct pasted {
    struct secret *code;
    char *state;  /* or NULL */
    char *issuer; /* that the address names; or NULL */
};
/* ERR_INVALID where there is no code in it; ERR_AUTH where the address says why. */
int pasted_read(const struct secret *text, struct pasted *out, struct err *e);
void pasted_fini(struct pasted *p);

/* Finds the authorisation that the code belongs to, by its state or, without one, the newest of
 * this connection, and marks it as used. flow->name is NULL where there is none and none is needed.
 * Before store_start. ERR_AUTH where it is unknown, used or too old. */
int connect_code_take(struct one_connection *o, const struct pasted *p, struct token_flow *flow,
                      struct err *e);
/* Writes how it ended (e: the exchange's error, or NULL) for who waits for it. After store_start.
 */
void connect_code_tell(struct one_connection *o, struct token_flow *flow, const struct err *e);
