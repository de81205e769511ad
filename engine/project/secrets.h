#pragma once

#include "crypto/vault.h"
#include "project/project.h"
#include "store/store.h"

/* The file of the master key: "key" in the folder of the store's file. Yours. */
char *secrets_key_path(const struct project *p);
/* A stored secret of the project (`ladle secret set NAME`), or NULL; for fill_secrets. It is
 * forbidden in the log from now on. Before store_start. Yours. */
char *secrets_find(struct store *s, const struct vault *v, const char *name);
/* Forbids (log_forbid) every secret of the project: those in ladle.yaml and those in the vault.
 * What is printed afterwards holds none. A vault that cannot be opened is no error: then nobody can
 * have printed its secrets. */
void secrets_forbid(const struct project *p, struct store *s);
