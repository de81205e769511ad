#pragma once

#include "connection/connection.h"

/* Agencies: one connection of ladle.yaml (`agency:`) stands for many accounts (of HighLevel:
 * locations). The connection of an account is named "crm/<account>" and shares its agency's
 * settings. Which of them are in memory is the service's affair (service/accounts.h). Loop
 * thread. */
bool connection_is_agency(const struct connection *c);
/* The connection of ladle.yaml that it belongs to: itself, or its agency's. */
struct connection *connection_root(struct connection *c);

/* What an agency's connection needs beside those of all; ERR_CONFIG. */
int account_prepare(struct connection *c, struct err *e);
/* The connection of an account, made after its agency's. Yours. */
struct connection *account_new(struct connection *agency, const char *account);

/* Who uses an account's connection holds it, once more or no more. Both do nothing for a connection
 * of ladle.yaml; NULL is allowed for account_let_go. */
void account_hold_again(struct connection *c);
void account_let_go(struct connection *c);

/* What the input gives for the account that a call is for: in a field that the connection would
 * fill in, or in the one that the connector's auth.accounts.field names. Borrowed, or NULL. */
const char *account_named(const struct connection *c, const struct operation *op,
                          const json_t *input);
/* The operation goes with the agency's own token. */
bool account_is_for_agency(const struct operation *op);
/* Takes what only names the account out of the input. ERR_INVALID for a call of an agency that
 * names no account and needs one. */
int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e);
