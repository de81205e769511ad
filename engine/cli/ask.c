/* Asks the store for the same thing about each id on the command line, one transaction per id: what
 * works is done even where another id is wrong, and every id has its line. The engine notices the
 * change by itself. */
#include "cli/ask.h"

#include "base/err.h"
#include "cli/view.h"

static void print_done(const struct cli *c, const char *id, const char *done)
{
    if (!c->is_json) {
        cli_print("%s: %s\n", id, done);
        return;
    }
    json_t *v = json_object();
    json_object_set_new(v, "id", json_string(id));
    json_object_set_new(v, "ok", json_true());
    cli_print_json(v);
    json_decref(v);
}

int ask_each(struct cli *c, const char *done,
             int (*each)(const struct cli *c, struct store *s, const char *id, struct err *e))
{
    struct cli_project_store o;
    int worst = cli_open(c, false, &o);
    if (worst != CLI_OK) {
        return worst;
    }
    for (int i = 0; i < c->arg_count; i++) {
        struct err e = ERR_INIT;
        int rc = each(c, o.store, c->args[i], &e);
        if (rc == 0) {
            print_done(c, c->args[i], done);
        }
        if (rc != -1) {
            continue;
        }
        int code = cli_fail(c, &e);
        worst = code > worst ? code : worst;
    }
    cli_close(&o);
    return worst;
}
