/* Prints the result of `ladle connect` in plain words. What recipes need is told here already, as
 * the person who can grant it still has the service open before them. */
#include "cli/connect_report.h"

#include <stdlib.h>

#include "base/mem.h"
#include "recipe/grants.h"
#include "token/token.h"

/* What the project's recipes need of this connection and it was not granted. Yours. */
static json_t *gaps_of(const struct cli *c, const struct one_connection *o, const json_t *about)
{
    const char *name = json_get_text(about, "name"), *scopes = json_get_text(about, "scopes");
    struct connection_row row = {
        .name = xstrdup(name),
        .state = xstrdup(json_get_text(about, "state")),
        .scopes = scopes != NULL ? xstrdup(scopes) : NULL,
    };
    struct connection_list rows = { .rows = &row, .count = 1 };
    struct grants g = { .project = o->base->project,
                        .hooks = o->base->project->hooks,
                        .rows = &rows };
    struct recipe_set set = { .count = 0 };
    struct err e = ERR_INIT; /* errors of recipes are told by `ladle check` */
    json_t *all =
        recipe_set_load(&set, g.project, g.hooks, &e) == 0 ? grants_gaps(&g, &set) : json_array();
    json_t *own = grants_of(all, name);
    recipe_set_fini(&set);
    connection_row_fini(&row);
    json_decref(all);
    return own;
}

static void print_report_line(const char *label, const char *text, const char *after)
{
    if (text != NULL && *text != '\0') {
        cli_print("%-9s%s%s\n", label, text, after);
    }
}

static void print_report_text(const struct cli *c, const json_t *about, const char *missing,
                              const json_t *gaps)
{
    cli_print("%s: %s; the token is stored, encrypted%s\n", c->args[0],
              json_get_text(about, "state"),
              cli_option(c, "next") != NULL ? ", and used once the service refuses the first" : "");
    print_report_line("account", json_get_text(about, "account"), "");
    print_report_line("scopes", json_get_text(about, "scopes"), "");
    print_report_line("missing", missing, ": asked for, and not granted");
    print_report_line("expires", json_get_text(about, "expires_at"),
                      ", the engine refreshes it before");
    size_t i;
    json_t *gap;
    json_array_foreach (gaps, i, gap) {
        cli_print("%-9s%s:%d: %s\n", "lacks", json_get_text(gap, "file"),
                  (int)json_get_int(gap, "line", 0), json_get_text(gap, "message"));
    }
}

void connect_report(const struct cli *c, const struct one_connection *o)
{
    json_t *about = connection_json(o->connection);
    char *missing = token_scopes_missing(o->connection);
    json_t *gaps = gaps_of(c, o, about);
    if (c->is_json) {
        json_object_set_new(about, "scopes_missing",
                            *missing != '\0' ? json_string(missing) : json_null());
        json_object_set(about, "gaps", gaps);
        cli_print_json(about);
    } else {
        print_report_text(c, about, missing, gaps);
    }
    json_decref(gaps);
    free(missing);
    json_decref(about);
}
