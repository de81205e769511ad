/* `ladle backup`: a copy of the store as it is at one moment, whether an engine runs or not. */
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "base/plural.h"
#include "store/backup.h"

/* Of a damaged store. */
static void print_saved(const struct backup_result *r)
{
    cli_print("The store is damaged%s%s. What could be read is saved: %lld %s.\n",
              r->damage != NULL ? ": " : "", r->damage != NULL ? r->damage : "",
              (long long)r->saved.rows, plural(r->saved.rows, "row", "rows"));
    if (r->saved.torn[0] != '\0') {
        cli_print("Rows are missing from: %s.\n", r->saved.torn);
    }
    if (r->saved.has_torn_journal) {
        cli_print(
            "Runs that had not ended are parked in it, as nobody knows what they did: "
            "`ladle dead` lists them.\n");
    }
    cli_print(
        "To go on with it: stop the engine, move the store's file and those beside it "
        "(-wal, -shm, .seq)\naway, and put this file in its place.\n");
}

static void print_copy(const struct cli *c, const char *path, int64_t bytes,
                       const struct backup_result *r)
{
    if (c->is_json) {
        json_t *v = json_object();
        json_object_set_new(v, "ok", json_boolean(!r->is_damaged));
        json_object_set_new(v, "file", json_string(path));
        json_object_set_new(v, "bytes", json_integer(bytes));
        if (r->is_damaged) {
            json_object_set_new(v, "damage",
                                r->damage != NULL ? json_string(r->damage) : json_null());
            json_object_set_new(v, "rows", json_integer(r->saved.rows));
            json_object_set_new(v, "torn", json_string(r->saved.torn));
        }
        cli_print_json(v);
        json_decref(v);
        return;
    }
    cli_print("%s: %lld %s\n", path, (long long)bytes, plural(bytes, "byte", "bytes"));
    if (r->is_damaged) {
        print_saved(r);
    }
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
    struct backup_result r;
    if (store_backup(&o, path, &r, &e) == -1) {
        free(r.damage);
        return cli_fail(c, &e);
    }
    struct stat st;
    print_copy(c, path, stat(path, &st) == 0 ? (int64_t)st.st_size : 0, &r);
    free(r.damage);
    return r.is_damaged ? CLI_NO : CLI_OK;
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
        "Of a store that is damaged it holds what can be read, and the exit code is 1.\n"
        "Tokens and secrets in it are sealed; the key file beside the store opens them and is "
        "not in the copy.",
    .run = run_backup,
    .is_quiet = true,
    .examples =
        "  ladle backup /var/backups/ladle-2026-11-23.db\n"
        "  ladle backup -C /srv/shop shop.db --json",
};
