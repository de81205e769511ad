#pragma once

#include <stdint.h>

#include "connector/connector.h"
#include "format/diag.h"
#include "format/json.h"
#include "format/url.h"
#include "format/yaml.h"
#include "store/prune.h"

struct project_hooks;

/* A project folder: ladle.yaml read, checked and filled in. */
struct project {
    char *folder;                      /* absolute */
    char *typed;                       /* … as the user named it; NULL is "." */
    const struct project_hooks *hooks; /* what it was read with; borrowed */
    char *listen;                    /* address:port, default 127.0.0.1:8420; a port of 0 is any */
    char *public_url;                /* or NULL */
    char *tls_certificate, *tls_key; /* files, absolute; or NULL: plain HTTP */
    struct cidr *trusted_proxies;    /* whose word on the sender's address counts */
    size_t trusted_count;
    char *store;         /* default sqlite:data/ladle.db; a relative path is one below folder */
    char *timezone;      /* default UTC; one that zone_get knows */
    json_t *connections; /* name -> config, see below */
    json_t *inputs;      /* recipe -> {input: value}, or NULL, see below */
    json_t *faulty;      /* of what project_read gives: names of connections with errors -> true */
    char *text;          /* ladle.yaml as it was read, for errors that show themselves later */
    size_t text_len;
    struct yaml *tree;
    struct retention retention; /* of `retention`: events and runs 30 days, dead 180, records 90 */
};

/* A connection's config is its map of ladle.yaml, with values of the type that its key has, or that
 * the connector's table names under `config`. The holes ${env.X} are filled. A ${secret.x} stays
 * {"secret":"x"}, and one within longer text becomes {"join":["Bearer ", {"secret":"x"}]}.
 * `webhook.public_keys` holds the files' PEM texts, also as `file` of a key with a time. Values of
 * inputs are raw texts, because only the recipe knows the types of its inputs (recipe/inputs.c);
 * lists and maps are JSON. */

/* What is asked of the catalogue (project/catalogue.h); any member may be NULL: then that check is left
 * out. */
struct project_hooks {
    /* The table of a connector, and of an action scripts.NAME; borrowed, or NULL. */
    json_t *(*find_connector)(void *ud, const char *name);
    /* The connector itself, checked; borrowed. NULL and ERR_CONFIG. */
    struct connector *(*connector)(void *ud, const char *name, struct err *e);
    /* The names of all connectors, those that are built in first. Yours. */
    json_t *(*connector_names)(void *ud);
    json_t *(*find_action)(void *ud, const char *name);
    /* A file of a connector's: `find` of connector/areas.h, with this table's ud. */
    json_t *(*find_part)(void *ud, const char *path);
    /* As expr_check of script/catalog.h. */
    int (*check_expression)(void *ud, const char *text, size_t len, const char *const *extra,
                            char **hint, struct err *e);
    /* The text of a script ("score_lead"), of a module that one requires ("util/dates"), or of a
     * field map that the recipes folder does not hold ("maps/contact"); yours, or NULL. */
    char *(*find_source)(void *ud, const char *name, size_t *len);
    void *ud;
};

/* The hooks as connector/areas.h wants them; h may be NULL. */
struct areas project_areas(const struct project_hooks *h);

/* Reads <folder>/ladle.yaml. Strict: unknown, repeated and missing keys and wrong values are
 * errors, with place and suggestion. All errors are in d; the result is NULL where there is any.
 * Yours. */
struct project *project_load(const char *folder, const struct project_hooks *h, struct diags *d);
/* The same as far as it could be read, so that recipes can be checked against it: what is wrong is
 * left out, or has its default. NULL where there is no file that can be read. Not to be run. */
struct project *project_read(const char *folder, const struct project_hooks *h, struct diags *d);
void project_free(struct project *p);

/* A file of a project, "recipes/a.yaml", as the user would name it who named the folder so ("." or
 * NULL: where he is). Yours. */
char *project_shown_in(const char *folder, const char *file);
char *project_shown(const struct project *p, const char *file); /* p may be NULL */

/* The node of a key, "connections.crm.base_url"; of the one around it where it is not in the file;
 * NULL where no part of the way is. Borrowed. */
const struct yaml *project_place(const struct project *p, const char *path);
