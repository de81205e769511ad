#pragma once

#include "format/diag.h"
#include "format/json.h"

/* A project folder: ladle.yaml read, checked and filled in. */
struct project {
    char *folder;       /* absolute */
    char *listen;       /* default 127.0.0.1:8420 */
    char *public_url;   /* or NULL */
    char *store;        /* default sqlite:data/ladle.db */
    char *timezone;     /* default UTC */
    json_t *connections; /* name -> config; holes ${env.X} filled; a ${secret.x} hole stays as {"secret":"x"} */
    json_t *inputs;      /* recipe -> values, or NULL */
};

/* Reads <folder>/ladle.yaml; all errors are in d (print them), and the result is NULL where there is any. Strict: unknown, repeated and missing keys,
 * with place and suggestion. Needs the connectors' tables for what a connection may say: find_connector gives one (borrowed) or NULL. */
struct project_hooks {
    json_t *(*find_connector)(void *ud, const char *name); /* borrowed */
    json_t *(*find_action)(void *ud, const char *name);    /* borrowed: scripts.NAME */
    int (*check_expression)(void *ud, const char *text, size_t len, const char *const *extra, char **hint, struct err *e);
    char *(*find_source)(void *ud, const char *name, size_t *len); /* a script's or a map's text; yours */
    void *ud;
};
struct project *project_load(const char *folder, const struct project_hooks *h, struct diags *d);
void project_free(struct project *p);
/* Fills the ${secret.x} holes: find returns the secret's text (yours to free; scrubbed) or NULL. Returns a new config; ERR_CONFIG names a secret that is missing. */
json_t *project_fill(const json_t *config, char *(*find)(void *ud, const char *name), void *ud, struct err *e);
