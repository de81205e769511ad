/* `ladle backup`: a copy of the store as it is at one moment, whether an engine runs or not. */
#include <sys/stat.h>

#include "cli/commands.h"
#include "base/plural.h"
#include "store/backup.h"

static void print_copy(const struct cli *c, const char *path, int64_t bytes)
{
    if (c->is_json) {
        json_t *v = json_object();
        json_object_set_new(v, "ok", json_true());
        json_object_set_new(v, "file", json_string(path));
        json_object_set_new(v, "bytes", json_integer(bytes));
        cli_print_json(v);
        json_decref(v);
        return;
    }
    cli_print("%s: %lld %s\n", path, (long long)bytes, plural(bytes, "byte", "bytes"));
    if (c->is_terminal) {
        cli_print(
            "Tokens and secrets in it are sealed with the key file, which is not in it: "
            "keep a copy of that\nin another place.\n");
    }
}

static int back_up(const struct cli *c, const struct project *p, const char *path)
{
    struct err e = ERR_INIT;
    struct store_opts o = { .url = p->store, .folder = p->folder };
    if (store_backup(&o, path, &e) == -1) {
        return cli_fail(c, &e);
    }
    struct stat st;
    print_copy(c, path, stat(path, &st) == 0 ? (int64_t)st.st_size : 0);
    return CLI_OK;
}

static int run_backup(struct cli *c)
{
    int code = CLI_OK;
    struct project *p = cli_project(c, &code);
    if (p == NULL) {
        return code;
    }
    code = back_up(c, p, c->args[0]);
    project_free(p);
    return code;
}

const struct command cmd_backup = {
    .name = "backup",
    .args = "FILE",
    .args_min = 1,
    .args_max = 1,
    .summary = "Copy the store to a file, also while the engine runs",
    .help =
        "The copy holds everything that was committed when it began, and is a store itself: "
        "to go back to it,\n"
        "stop the engine and put it in the place of the store's file. A file that is there is "
        "not overwritten.\n"
        "Tokens and secrets in it are sealed; the key file beside the store opens them and is "
        "not in the copy.",
    .run = run_backup,
    .is_quiet = true,
    .examples =
        "  ladle backup /var/backups/ladle-2026-11-23.db\n"
        "  ladle backup -C /srv/shop shop.db --json",
};
