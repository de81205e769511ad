/* `ladle secret`: the project's secrets, sealed in the store under the master key. A value is read
 * from the terminal without echo or from stdin, never from the arguments, which other processes of
 * the machine can see; it lives in a struct secret and is never printed. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/read_secret.h"
#include "cli/view.h"
#include "project/check.h"
#include "store/secret_row.h"

enum { WHEN_TEXT = 40, NAME_MOST = 64 };

static const char prefix[] = "user:";

/* --- set --- */

static int put_sealed(struct store *s, const char *name, uint8_t *sealed_taken, size_t len,
                      struct err *e)
{
    char *row_name = xasprintf("%s%s", prefix, name);
    struct secret_put *put = secret_put_new(row_name, sealed_taken, len);
    int result = store_exec(s, &put->op, e);
    secret_put_free(put);
    free(row_name);
    return result;
}

static void print_saved(const struct cli *c, const char *name, const char *what)
{
    if (!c->is_json) {
        cli_print("%s: %s\n", name, what);
        return;
    }
    json_t *v = json_object();
    json_object_set_new(v, "name", json_string(name));
    json_object_set_new(v, "ok", json_true());
    cli_print_json(v);
    json_decref(v);
}

static int save(struct cli *c, struct cli_project_store *o, const char *name,
                const struct secret *value)
{
    int code = CLI_OK;
    struct vault *v = cli_vault(c, o->project, o->store, &code);
    if (v == NULL) {
        return code;
    }
    struct err e = ERR_INIT;
    uint8_t *sealed;
    size_t len;
    char *row_name = xasprintf("%s%s", prefix, name);
    vault_seal(v, row_name, value, &sealed, &len);
    if (put_sealed(o->store, name, sealed, len, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        print_saved(c, name, "saved; an engine that runs reads it when it is started again");
    }
    free(row_name);
    vault_free(v);
    return code;
}

static int set(struct cli *c, struct cli_project_store *o, const char *name)
{
    struct err e = ERR_INIT;
    char *prompt = xasprintf("value of %s (not shown): ", name);
    struct secret *value = read_secret(prompt, &e);
    free(prompt);
    if (value == NULL) {
        return cli_fail(c, &e);
    }
    int code = save(c, o, name, value);
    secret_free(value);
    return code;
}

/* --- list and rm --- */

static void print_name(const struct cli *c, struct table *t, const char *name, int64_t updated_us)
{
    if (t == NULL) {
        json_t *v = json_object();
        json_object_set_new(v, "name", json_string(name));
        json_object_set_new(v, "updated_at", view_time(updated_us));
        cli_print_json(v);
        json_decref(v);
        return;
    }
    char when[WHEN_TEXT];
    cli_when(c, updated_us, when, sizeof when);
    table_row(t, (const char *const[]){ name, when, NULL });
}

static int list(const struct cli *c, struct store *s)
{
    static const char *const heads[] = { "NAME", "SET", NULL };
    struct err e = ERR_INIT;
    struct secret_list *all = secret_list_new(prefix);
    if (store_exec(s, &all->op, &e) == -1) {
        secret_list_free(all);
        return cli_fail(c, &e);
    }
    struct table *t = c->is_json ? NULL : table_new(heads);
    if (t != NULL) {
        table_cut_first(t);
    }
    for (size_t i = 0; i < all->count; i++) {
        print_name(c, t, all->names[i] + sizeof prefix - 1, all->updated_us[i]);
    }
    if (t != NULL) {
        table_print(t, c);
    }
    secret_list_free(all);
    return CLI_OK;
}

static int drop_secret(const struct cli *c, struct store *s, const char *name)
{
    struct err e = ERR_INIT;
    if (put_sealed(s, name, NULL, 0, &e) == 0) {
        print_saved(c, name, "removed");
        return CLI_OK;
    }
    if (e.kind == ERR_NOT_FOUND) {
        (void)err_set(&e, ERR_NOT_FOUND,
                      "there is no secret %s; `ladle secret list` shows the names", name);
    }
    return cli_fail(c, &e);
}

/* --- command --- */

static int read_secret_args(const struct cli *c)
{
    if (c->arg_count > 2) {
        return cli_usage(
            c,
            "a value is not taken from the arguments, which other processes of this "
            "machine can see and the shell keeps: `ladle secret set NAME` asks for it, "
            "or reads it from stdin. What was given so is no secret any more");
    }
    const char *what = c->args[0];
    bool is_list = strcmp(what, "list") == 0;
    if (!is_list && strcmp(what, "set") != 0 && strcmp(what, "rm") != 0) {
        return cli_usage(c, "\"%s\" is none of set, list and rm", what);
    }
    if (is_list != (c->arg_count == 1)) {
        return cli_usage(c, is_list ? "list takes no name" : "%s needs a name", what);
    }
    size_t len = is_list ? 0 : strlen(c->args[1]);
    if (!is_list && (len > NAME_MOST || !name_is_valid(c->args[1], len))) {
        return cli_usage(
            c,
            "a secret's name has lower-case letters, digits, `_` and `-`, begins with a letter, "
            "and is at most %d long",
            NAME_MOST);
    }
    return CLI_OK;
}

static int run_secret(struct cli *c)
{
    int code = read_secret_args(c);
    if (code != CLI_OK) {
        return code;
    }
    struct cli_project_store o;
    bool is_list = c->arg_count == 1;
    code = cli_open(c, is_list, &o);
    if (code != CLI_OK) {
        return code;
    }
    if (is_list) {
        code = list(c, o.store);
    } else if (strcmp(c->args[0], "set") == 0) {
        code = set(c, &o, c->args[1]);
    } else {
        code = drop_secret(c, o.store, c->args[1]);
    }
    cli_close(&o);
    return code;
}

const struct command cmd_secret = {
    .name = "secret",
    .args = "set|list|rm [NAME]",
    .args_min = 1,
    .args_max = 3, /* one more, to say why a value is refused */
    .summary = "The secrets that ladle.yaml names as ${secret.NAME}",
    .help =
        "`set` asks for the value on a terminal, or reads it from stdin, without the line end "
        "behind it. Values\n"
        "are encrypted in the store under the master key (`ladle key`), as a rule data/key: keep a "
        "copy of that\n"
        "file elsewhere, as without it they cannot be read. `list` shows names only; nothing "
        "shows a value.\n"
        "--json: {name updated_at}, one a line.",
    .run = run_secret,
    .examples =
        "  ladle secret set highlevel_client_secret\n"
        "  pass show crm/token | ladle secret set crm_token",
    .is_quiet = true,
};
