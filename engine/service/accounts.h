#pragma once

#include "connection/account.h"
#include "service/service.h"
#include "store/account_row.h"

/* The accounts of a parent (connection/account.h), each with a token and a limiter of its own; the
 * breaker is the parent's, as the service is one. The connection of an account is made when it is
 * used and dropped a while after, so that an account costs no more than its rows; one that is
 * suspended stays, as it is tried again. Loop thread. */

/* The connection of that account; the caller holds it until account_let_go. NULL where the id is
 * none: 1 to 128 of A-Z a-z 0-9 _ -. */
struct connection *accounts_hold(struct service *s, struct connection *parent, const char *account);

/* The connection that a call goes through, held: of a parent, that of the account which the input
 * names (account_named), else of `account` (that of the run's event; may be NULL); the parent
 * itself for an operation with access 'parent', and where there is no account: then account_check
 * refuses the call. */
struct connection *accounts_choose(struct service *s, struct connection *c,
                                   const struct operation *op, const json_t *input,
                                   const char *account);

/* --- what comes in --- */

/* The account that the payload of an event is for, by the connector's table, else the one that the
 * connection is bound to; NULL: none. Borrowed. */
const char *accounts_of_event(const struct connection *c, const json_t *payload);
/* What a run of `account` waits for is of its own account: says so in `match`, the fields of the
 * event that is awaited, unless that names an account itself. */
void accounts_narrow(const struct connection *c, json_t *match, const char *account);
/* The payload as it is compared with what is awaited: of a parent a copy that tells its account,
 * under whatever name the service has it. New reference. */
json_t *accounts_marked(const struct connection *c, json_t *payload);
/* What an event means for the accounts of this connection. `note`: why it may start nothing (it is
 * of another account or parent, of another app, or of an account where the app is not installed);
 * yours; NULL: it may. `change` is filled in where it adds or removes an account; its texts are
 * yours (account_note_fini). */
char *accounts_judge(struct service *s, struct connection *c, const json_t *payload,
                     struct account_note *change);
/* That change is committed. */
void accounts_changed(struct service *s, struct connection *root,
                      const struct account_note *change);

/* --- for service.c --- */

void accounts_init(struct service *s);
void accounts_fini(struct service *s);
/* Takes suspended accounts into memory, so that they are tried again; before store_start. */
int accounts_load(struct service *s, struct err *e);
/* A new token of the parent came: its accounts that were broken are tried again. */
void accounts_revive(struct service *s, struct connection *parent);
