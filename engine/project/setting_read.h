#pragma once

#include "format/json.h"
#include "project/check.h"
#include "project/settings.h"

/* Reads what ladle.yaml says by the table of its keys (settings.h). Every error is recorded with
 * its place, and what is wrong is left out; nothing stops the rest. */
struct setting_reader {
    struct diags *diags;
    const char *folder;     /* the project's, for files that are named */
    bool may_hold_secrets;  /* ${secret.x} may stand in texts (hole.h) */
    bool fills_in_defaults; /* of keys that are not given, or wrong */
};

/* The value of one key as JSON: texts with their holes filled, addresses, files and dates in their
 * normal form, of a public key its PEM text. `what` is the subject of messages ("`listen`"). Yours,
 * or NULL. */
json_t *setting_read(const struct setting_reader *r, const struct setting *k, const struct yaml *y,
                     const char *what);
/* A map with those keys; what is_read_apart is left to the caller. Never NULL. Yours. */
json_t *setting_read_map(const struct setting_reader *r, const struct setting *keys,
                         const struct yaml *y, const char *what);
