#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "format/json.h"
#include "net/loop.h"
#include "project/project.h"
#include "store/secret_row.h"

/* How old private tokens and API keys are. They never expire by themselves, so somebody has to be
 * reminded: vendors and auditors ask for a new one every 90 days. */
enum { TOKEN_OLD_DAYS = 90 };

struct token_age {
    bool is_there;
    bool is_used;
    int64_t stored_us; /* 0: nobody knows (the token comes from the environment) */
};

/* The first and the second token of a connection, from its settings (holes for secrets not filled),
 * its connector's table (or NULL), and the names of all stored secrets. Neither is there where the
 * connection has no private token. */
void token_ages(const char *name, const json_t *config, const json_t *table,
                const struct secret_list *rows, struct token_age out[2]);
int64_t token_age_days(const struct token_age *a); /* -1: nobody knows */
/* What a person is told of the tokens of this connection; yours, or NULL where none is old. */
char *token_age_advice(const char *name, const struct token_age ages[2]);

/* Looks once a day: a warning in the log for each token in use that is old, and the gauge
 * ladle_token_age_days. Loop thread. */
struct token_reminder;
/* The project is borrowed, and so is the table that find_connector gives. */
struct token_reminder *token_reminder_new(struct loop *l, struct store *s, const struct project *p);
void token_reminder_start(struct token_reminder *r);
void token_reminder_quiesce(struct token_reminder *r);       /* it does not look any more */
bool token_reminder_is_idle(const struct token_reminder *r); /* nor just now */
void token_reminder_free(struct token_reminder *r);          /* it is idle; NULL is allowed */
