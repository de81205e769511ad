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
#include "project/master_key.h"
#include "project/secrets.h"

enum { DIAG_TEXT_MAX = 1 << 20 };

/* --- project --- */

static void print_diags_json(struct diags *const *list, size_t count, const char *message)
{
    json_t *errors = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *of_file = diags_json(list[i]);
        json_array_extend(errors, of_file);
        json_decref(of_file);
    }
    json_t *v = json_pack("{s:{s:s, s:s, s:o}}", "error", "kind", err_kind_name(ERR_CONFIG),
                          "message", message, "errors", errors);
    cli_print_json(v);
    json_decref(v);
}

static void print_diags(struct diags *const *list, size_t count)
{
    struct buf out;
    buf_init(&out, DIAG_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        diags_print(list[i], &out); /* what does not fit is left out */
    }
    char *text = buf_take(&out, NULL);
    (void)log_redact(text, strlen(text)); /* how many there were does not matter */
    (void)fputs(text, stderr);            /* nothing can be done where stderr is closed */
    free(text);
}

int cli_fail_diags(const struct cli *c, struct diags *const *list, size_t count,
                   const char *message)
{
    if (c->is_json) {
        print_diags_json(list, count, message);
    } else {
        print_diags(list, count);
    }
    return CLI_USAGE;
}

struct diags *cli_diags(const struct cli *c)
{
    char *path = project_shown_in(c->folder, "ladle.yaml");
    struct diags *d = diags_new(path);
    free(path);
    return d;
}

const struct project_hooks *cli_hooks(struct cli *c)
{
    if (c->catalogue == NULL) {
        c->catalogue = catalogue_new(c->folder);
    }
    return catalogue_hooks(c->catalogue);
}

struct project *cli_project(struct cli *c, int *code)
{
    struct diags *d = cli_diags(c);
    struct project *p = project_load(c->folder, cli_hooks(c), d);
    if (p == NULL) {
        *code = cli_fail_diags(c, &d, 1, PROJECT_IS_WRONG);
    }
    diags_free(d);
    return p;
}

/* --- store and vault --- */

/* The path of the store's file, or NULL where the store is no file. Yours. */
static char *store_file(const struct project *p)
{
    return store_path(&(struct store_opts){ .url = p->store, .folder = p->folder }, NULL);
}

static struct store *open_store(struct cli *c, const struct project *p, bool is_read_only,
                                int *code)
{
    char *path = store_file(p);
    /* A store that is not there yet is made empty, so that a look at a new project is no error. */
    bool is_there = path == NULL || access(path, F_OK) == 0;
    free(path);
    struct err e = ERR_INIT;
    struct store *s = store_open(&(struct store_opts){ .url = p->store,
                                                       .folder = p->folder,
                                                       .is_read_only = is_read_only && is_there },
                                 &e);
    if (s == NULL) {
        *code = cli_fail(c, &e);
    }
    return s;
}

struct store *cli_store_if_there(const struct project *p)
{
    char *path = store_file(p);
    bool is_there = path != NULL && access(path, F_OK) == 0;
    free(path);
    struct err e = ERR_INIT; /* who needs the store will be told */
    return is_there ? store_open(&(struct store_opts){ .url = p->store,
                                                       .folder = p->folder,
                                                       .is_read_only = true },
                                 &e)
                    : NULL;
}

struct vault *cli_vault(struct cli *c, const struct project *p, struct store *s, int *code)
{
    char *path = secrets_key_path(p);
    struct err e = ERR_INIT;
    struct vault *v =
        master_key_open(s, &(struct master_key_opts){ .path = path, .may_write = true }, &e);
    if (v == NULL) {
        *code = cli_fail(c, &e);
    }
    free(path);
    return v;
}

int cli_open(struct cli *c, bool is_read_only, struct cli_project_store *out)
{
    int code = CLI_OK;
    out->project = cli_project(c, &code);
    if (out->project == NULL) {
        return code;
    }
    out->store = open_store(c, out->project, is_read_only, &code);
    if (out->store == NULL) {
        project_free(out->project);
        return code;
    }
    secrets_forbid(out->project, out->store);
    return CLI_OK;
}

void cli_close(struct cli_project_store *o)
{
    store_close(o->store);
    project_free(o->project);
}
