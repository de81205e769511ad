#pragma once

#include <stdint.h>

#include "connector/connector.h"
#include "format/diag.h"
#include "format/json.h"
#include "format/url.h"
#include "store/prune.h"

struct project_hooks;

/* A project folder: ladle.yaml read, checked and filled in. */
struct project {
    char *folder;                      /* absolute */
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
void project_free(struct project *p);

/* Fills the holes for secrets: find returns a secret's text (yours to free, and scrubbed here) or
 * NULL. A new config; NULL and ERR_CONFIG, which names the secret that is missing. */
json_t *project_fill(const json_t *config, char *(*find)(void *ud, const char *name), void *ud,
                     struct err *e);
