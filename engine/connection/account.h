#pragma once

#include "connection/connection.h"
#include "connector/account_words.h"

/* One connection of ladle.yaml, a parent, stands for many accounts (connector/account_words.h). The
 * connection of an account is named "crm/<account>" and shares its parent's settings. Which of them
 * are in memory is the service's affair (service/accounts.h). Loop thread. */
bool connection_is_parent(const struct connection *c);
/* The connection of ladle.yaml that it belongs to: itself, or its parent. */
struct connection *connection_root(struct connection *c);
/* What its service calls accounts; `account` where it has no word for it. */
struct account_words connection_account_words(const struct connection *c);
/* The account, or the parent, that the settings name: a token of another is refused. NULL: any. */
const char *connection_bound_account(const struct connection *c);

/* What a parent's connection has beside what all have. */
void account_prepare(struct connection *c);
/* The connection of an account, made after its parent. Yours. */
struct connection *account_new(struct connection *parent, const char *account);

/* Who uses an account's connection holds it, once more or no more. Both do nothing for a connection
 * of ladle.yaml; NULL is allowed for account_let_go. */
void account_hold_again(struct connection *c);
void account_let_go(struct connection *c);

/* What the input gives for the account that a call is for: in a field that the connection would
 * fill in, or in the one that the connector's auth.accounts.field names. Borrowed, or NULL. */
const char *account_named(const struct connection *c, const struct operation *op,
                          const json_t *input);
/* The operation goes with the parent's own token. */
bool account_is_for_parent(const struct operation *op);
/* Takes what only names the account out of the input. ERR_INVALID for a call of a parent that
 * names no account and needs one. */
int account_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e);
