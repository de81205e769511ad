#pragma once

#include "service/service.h"
#include "store/account_row.h"

/* Agencies: one connection of ladle.yaml (`agency:`), many accounts (of HighLevel: locations), each
 * with a token and a limiter of its own; the breaker is the agency's, as the service is one. The
 * connection of an account is named "crm/<account>". It is made when it is used and dropped a while
 * after, so that an account costs no more than its rows; one that is suspended stays, as it is
 * tried again. Loop thread. */
bool connection_is_agency(const struct connection *c);
/* The id of the account that this connection is for, or NULL. Borrowed. */
const char *connection_account(const struct connection *c);
/* The connection of ladle.yaml that it belongs to: itself, or its agency's. */
struct connection *connection_root(struct connection *c);

/* The connection of that account; the caller holds it until account_let_go. NULL where the id is
 * none: 1 to 128 of A-Z a-z 0-9 _ -. */
struct connection *account_hold(struct connection *agency, const char *account);
/* Both do nothing for a connection of ladle.yaml. */
void account_hold_again(struct connection *c);
void account_let_go(struct connection *c);

/* The connection that a call goes through, held: of an agency, that of the account which the input
 * names in a field that the connection fills in (from_connection) or in the one that the
 * connector's auth.accounts.field names, else of `account` (that of the
 * run's event; may be NULL); the agency itself for an operation with access 'agency', and where
 * there is no account: then account_check refuses the call. */
struct connection *account_choose(struct connection *c, const struct operation *op,
                                  const json_t *input, const char *account);
/* Takes what only names the account out of the input. ERR_INVALID for a call of an agency that
 * names no account and needs one. */
int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e);

/* --- what comes in --- */

/* The account that the payload of an event is for, by the connector's table, else the one that the
 * connection is bound to; NULL: none. Borrowed. */
const char *account_of_event(const struct service *s, const char *connection,
                             const json_t *payload);
/* What a run of `account` waits for is of its own account: says so in `match`, the fields of the
 * event that is awaited, unless that names an account itself. */
void account_narrow(const struct connection *c, json_t *match, const char *account);
/* The payload as it is compared with what is awaited: of an agency a copy that tells its account,
 * under whatever name the service has it. New reference. */
json_t *account_marked(const struct connection *c, json_t *payload);
/* What an event means for the accounts of this connection. `note`: why it may start nothing (it is
 * of another account or agency, of another app, or of an account where the app is not installed);
 * yours; NULL: it may. `change` is filled in where it adds or removes an account; its texts are
 * yours (account_note_fini). */
char *account_judge(struct connection *c, const json_t *payload, struct account_note *change);
/* That change is committed. */
void account_changed(struct service *s, const char *connection, const struct account_note *change);

/* --- for service.c and the token's files --- */

void account_init(struct service *s);
void account_fini(struct service *s);
/* Takes suspended accounts into memory, so that they are tried again; before store_start. */
int account_load(struct service *s, struct err *e);
/* What an agency's connection needs beside those of all; ERR_CONFIG. */
int account_prepare(struct connection *c, struct err *e);
/* A new token of the agency came: its accounts that were broken are tried again. */
void account_revive(struct connection *agency);
