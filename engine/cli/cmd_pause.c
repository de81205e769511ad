/* `ladle pause`: a recipe starts nothing more until `ladle resume`. It is a row of the store, which the
 * engine looks up with each run that it would make. */
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/known_recipe.h"
#include "cli/user_name.h"
#include "cli/view.h"
#include "store/pause_row.h"

enum { WHEN_TEXT = 40 };

static void print_pause(const struct cli *c, struct table *t, const struct pause_row *row)
{
    if (t == NULL) {
        json_t *v = json_pack("{s:s, s:o, s:s, s:s?}", "recipe", row->recipe, "since_at",
                              view_time(row->since_us), "who", row->who, "why", row->why);
        cli_print_json(v);
        json_decref(v);
        return;
    }
    char since[WHEN_TEXT];
    cli_when(c, row->since_us, since, sizeof since);
    const char *cells[] = { row->recipe, since, row->who, row->why, NULL };
    table_row(t, cells);
}

static int list_pauses(const struct cli *c, struct store *s)
{
    static const char *const heads[] = { "RECIPE", "SINCE", "WHO", "WHY", NULL };
    struct err e = ERR_INIT;
    struct pause_list *list = pause_list_new();
    int result = store_exec(s, &list->op, &e);
    struct table *t = c->is_json ? NULL : table_new(heads);
    for (size_t i = 0; i < list->count; i++) {
        print_pause(c, t, &list->rows[i]);
    }
    if (t != NULL) {
        table_print(t, c);
    }
    pause_list_free(list);
    return result == -1 ? cli_fail(c, &e) : CLI_OK;
}

static int pause_recipe(const struct cli *c, struct store *s, const char *recipe)
{
    struct err e = ERR_INIT;
    struct pause_add *p = pause_add_new(recipe);
    const char *why = cli_option(c, "why");
    p->row.who = user_name();
    p->row.why = xstrdup_or_null(why);
    int result = store_exec(s, &p->op, &e);
    if (result == 0 && c->is_json) {
        p->row.since_us = p->op.now_us;
        print_pause(c, NULL, &p->row);
    } else if (result == 0) {
        cli_print("%s: paused; runs that have begun go on\n", recipe);
    }
    pause_add_free(p);
    return result == -1 ? cli_fail(c, &e) : CLI_OK;
}

static int run_pause(struct cli *c)
{
    struct cli_project_store o;
    bool is_list = c->arg_count == 0;
    int code = cli_open(c, is_list, &o);
    if (code != CLI_OK) {
        return code;
    }
    if (is_list) {
        code = list_pauses(c, o.store);
    } else {
        code = known_recipe_check(c, o.project, c->args[0]);
        code = code == CLI_OK ? pause_recipe(c, o.store, c->args[0]) : code;
    }
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "why", "TEXT", "what others are to know" },
    { NULL, NULL, NULL },
};

const struct command cmd_pause = {
    .name = "pause",
    .args = "[RECIPE]",
    .args_min = 0,
    .args_max = 1,
    .summary = "A recipe starts nothing more, until `ladle resume`",
    .help =
        "Runs that have begun go on. An event that would have started the recipe makes a run that "
        "is "
        "skipped, which\n"
        "`ladle runs --skipped` lists and `ladle replay` starts; schedules make up for what they "
        "missed as their\n"
        "`missed` says. Without RECIPE: which are paused, since when, by whom and why.\n"
        "--json: {recipe since_at who why}, one a line.",
    .options = options,
    .run = run_pause,
    .examples =
        "  ladle pause contact-sync --why 'the CRM is being cleaned up'\n"
        "  ladle pause",
    .is_quiet = true,
};
