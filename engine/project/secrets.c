/*
 * The secrets of a project: where its master key lies, the values of `ladle secret set`, and what must never
 * be printed. They are sealed in the store; the vault opens them.
 */
#include "project/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "project/master_key.h"
#include "store/secret_row.h"

char *secrets_key_path(const struct project *p)
{
    char *path = store_path(&(struct store_opts){ .url = p->store, .folder = p->folder }, NULL);
    if (path == NULL) {
        return xasprintf("%s/data/key", p->folder);
    }
    char *slash = strrchr(path, '/');
    char *key = xasprintf("%.*s/key", (int)(slash - path), path);
    free(path);
    return key;
}

/* The opened value of a row, or NULL. Yours. */
static struct secret *open_secret_row(struct store *s, const struct vault *v, const char *row_name)
{
    struct secret *value = NULL;
    struct secret_get *get = secret_get_new(row_name);
    if (store_exec(s, &get->op, NULL) == 0 && get->sealed != NULL) {
        value = vault_open_value(v, row_name, get->sealed, get->len, NULL);
    }
    secret_get_free(get);
    return value;
}

char *secrets_find(struct store *s, const struct vault *v, const char *name)
{
    char *row_name = xasprintf("user:%s", name);
    struct secret *value = open_secret_row(s, v, row_name);
    char *text = value != NULL ? xstrndup(secret_bytes(value), secret_len(value)) : NULL;
    if (value != NULL) { /* for good: in ladle.yaml it can stand in any value of a connection */
        log_forbid(secret_bytes(value), secret_len(value));
    }
    secret_free(value);
    free(row_name);
    return text;
}

/* --- what must not be printed --- */

static void forbid_text(const json_t *v)
{
    if (json_is_string(v)) {
        log_forbid(json_string_value(v), json_string_length(v));
    }
}

/* Tokens are sealed as one JSON object: each text in it is a secret of its own. */
static void forbid_value(const struct secret *value)
{
    log_forbid(secret_bytes(value), secret_len(value));
    json_t *parts = json_parse(secret_bytes(value), secret_len(value), NULL);
    forbid_text(json_object_get(parts, "access_token"));
    forbid_text(json_object_get(parts, "refresh_token"));
    forbid_text(json_object_get(parts, "token"));
    json_forget(parts);
}

static void forbid_vault(struct store *s, const struct vault *v)
{
    struct secret_list *list = secret_list_new("");
    if (store_exec(s, &list->op, NULL) == 0) {
        for (size_t i = 0; i < list->count; i++) {
            struct secret *value = open_secret_row(s, v, list->names[i]);
            if (value != NULL) {
                forbid_value(value);
            }
            secret_free(value);
        }
    }
    secret_list_free(list);
}

/* Values that ladle.yaml took from the environment; those from the vault are holes here. */
static void forbid_config(const json_t *connections)
{
    const char *key;
    json_t *config;
    json_object_foreach ((json_t *)connections, key, config) { /* the macro only reads */
        forbid_text(json_object_get(config, "client_secret"));
        forbid_text(json_object_get(config, "token"));
        forbid_text(json_object_get(config, "token_next"));
        forbid_text(json_object_get(config, "secret"));
        forbid_text(json_object_get(json_object_get(config, "webhook"), "token"));
    }
}

void secrets_forbid(const struct project *p, struct store *s)
{
    forbid_config(p->connections);
    char *path = secrets_key_path(p);
    struct vault *v = master_key_open(s, &(struct master_key_opts){ .path = path }, NULL);
    if (v != NULL) {
        forbid_vault(s, v);
        vault_free(v);
    }
    free(path);
}
