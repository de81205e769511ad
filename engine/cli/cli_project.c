/* Opens what nearly every command needs: the project, its store and its vault, each with an error
 * that says what to do. The store is opened without threads: a command reads and writes it
 * directly, whether the engine runs or not, and the engine notices. Also keeps the project's
 * secrets out of everything that is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/master_key.h"
#include "store/secret_row.h"

enum { DIAG_TEXT_MAX = 1 << 20 };

/* --- project ------------------------------------------------------------------------------- */

static void print_diags_json(struct diags *d)
{
    json_t *v = json_pack("{s:{s:s, s:s, s:o}}", "error", "kind", err_kind_name(ERR_CONFIG),
                          "message", "ladle.yaml is wrong", "errors", diags_json(d));
    cli_print_json(v);
    json_decref(v);
}

static void print_diags(struct diags *d)
{
    struct buf out;
    buf_init(&out, DIAG_TEXT_MAX);
    diags_print(d, &out);
    (void)fputs(buf_text(&out), stderr); /* nothing can be done where stderr is closed */
    buf_fini(&out);
}

struct project *cli_project(struct cli *c, int *code)
{
    char *path = xasprintf("%s/ladle.yaml", c->folder);
    struct diags *d = diags_new(path);
    struct project *p = project_load(c->folder, cli_hooks(c->folder), d);
    if (!p) {
        *code = CLI_USAGE;
        if (c->is_json) {
            print_diags_json(d);
        } else {
            print_diags(d);
        }
    }
    diags_free(d);
    free(path);
    return p;
}

/* --- store and vault ----------------------------------------------------------------------- */

/* The path of the store's file, or NULL where the store is no file. Yours. */
static char *file_of(const struct project *p)
{
    return store_path(&(struct store_opts){ .url = p->store, .folder = p->folder }, NULL);
}

struct store *cli_store(struct cli *c, const struct project *p, bool is_read_only, int *code)
{
    char *path = file_of(p);
    /* A store that is not there yet is made empty, so that a look at a new project is no error. */
    bool is_there = !path || access(path, F_OK) == 0;
    free(path);
    struct err e = ERR_INIT;
    struct store *s = store_open(&(struct store_opts){ .url = p->store,
                                                       .folder = p->folder,
                                                       .is_read_only = is_read_only && is_there },
                                 &e);
    if (!s) {
        *code = cli_fail(c, &e);
    }
    return s;
}

struct store *cli_store_if_there(const struct project *p)
{
    char *path = file_of(p);
    bool is_there = path && access(path, F_OK) == 0;
    free(path);
    struct err e = ERR_INIT; /* who needs the store will be told */
    return is_there ? store_open(&(struct store_opts){ .url = p->store,
                                                       .folder = p->folder,
                                                       .is_read_only = true },
                                 &e)
                    : NULL;
}

char *cli_key_path(const struct project *p)
{
    char *path = file_of(p);
    if (!path) {
        return xasprintf("%s/data/key", p->folder);
    }
    char *slash = strrchr(path, '/');
    char *key = xasprintf("%.*s/key", (int)(slash - path), path);
    free(path);
    return key;
}

struct vault *cli_vault(struct cli *c, const struct project *p, struct store *s, int *code)
{
    char *path = cli_key_path(p);
    struct err e = ERR_INIT;
    struct vault *v =
        master_key_open(s, &(struct master_key_opts){ .path = path, .may_write = true }, &e);
    if (!v) {
        *code = cli_fail(c, &e);
    }
    free(path);
    return v;
}

/* The opened value of a row, or NULL. Yours. */
static struct secret *open_row(struct store *s, const struct vault *v, const char *row_name)
{
    struct secret *value = NULL;
    struct secret_get *get = secret_get_new(row_name);
    if (store_exec(s, &get->op, NULL) == 0 && get->sealed) {
        value = vault_open_value(v, row_name, get->sealed, get->len, NULL);
    }
    secret_get_free(get);
    return value;
}

char *cli_find_secret(struct store *s, const struct vault *v, const char *name)
{
    char *row_name = xasprintf("user:%s", name);
    struct secret *value = open_row(s, v, row_name);
    char *text = value ? xstrndup(secret_bytes(value), secret_len(value)) : NULL;
    if (value) { /* for good: in ladle.yaml it can stand in any value of a connection */
        log_forbid(secret_bytes(value), secret_len(value));
    }
    secret_free(value);
    free(row_name);
    return text;
}

/* --- what must not be printed -------------------------------------------------------------- */

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
            struct secret *value = open_row(s, v, list->names[i]);
            if (value) {
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

void cli_forbid_secrets(const struct project *p, struct store *s)
{
    forbid_config(p->connections);
    char *path = cli_key_path(p);
    struct vault *v = master_key_open(s, &(struct master_key_opts){ .path = path }, NULL);
    if (v) {
        forbid_vault(s, v);
        vault_free(v);
    }
    free(path);
}

int cli_open(struct cli *c, bool is_read_only, struct cli_project_store *out)
{
    int code = CLI_OK;
    out->project = cli_project(c, &code);
    if (!out->project) {
        return code;
    }
    out->store = cli_store(c, out->project, is_read_only, &code);
    if (!out->store) {
        project_free(out->project);
        return code;
    }
    cli_forbid_secrets(out->project, out->store);
    return CLI_OK;
}

void cli_close(struct cli_project_store *o)
{
    store_close(o->store);
    project_free(o->project);
}
