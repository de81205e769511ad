#pragma once

#include "format/diag.h"
#include "format/json.h"
#include "format/yaml.h"

/* Fills the holes for secrets (hole.h) in the settings of a connection, once the vault is open. */
struct fill {
    /* A secret's text (yours to free, and scrubbed here) or NULL. */
    char *(*find)(void *ud, const char *name);
    void *ud;
    /* Where every secret that is missing is told, at its place below `at`, the node of ladle.yaml
     * that the settings were read from. Either may be NULL. */
    struct diags *diags;
    const struct yaml *at;
};

/* New settings without holes, yours. NULL and ERR_CONFIG, which names the first secret that is
 * missing. */
json_t *fill_secrets(const json_t *config, const struct fill *f, struct err *e);
