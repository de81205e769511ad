/* `ladle schedules`: when each schedule comes next and what became of it last; its history; and
 * backfills. What comes is computed from the recipes, what was is read from the store; the engine
 * need not run. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/known_recipe.h"
#include "cli/run_backfill.h"
#include "cli/schedule_view.h"
#include "cli/view.h"
#include "format/duration.h"
#include "store/occurrence_row.h"

enum {
    NEXT_MAX = 1000,
    ENTRIES_MAX = 100000,
    USUAL = 50,
    MOST = 100000,
    PAGE = 500,
    WHEN_TEXT = 40
};

/* One time of a schedule that is to come. */
struct entry {
    const struct recipe *recipe;
    const char *label;
    struct occurrence o;
    int64_t at_us; /* INT64_MAX: it does not come any more */
    char *identity, *sentence;
};

struct listing {
    struct cli *c;
    struct store *store; /* or NULL: there is none yet */
    const char *only;    /* recipe, or NULL */
    int64_t from_us;
    int64_t per_schedule;
    struct entry *entries;
    size_t count;
};

/* --- what comes --- */

static void add_entry(struct listing *l, const struct shown_schedule *s, const struct occurrence *o)
{
    if (l->count == ENTRIES_MAX) {
        return;
    }
    if ((l->count & (l->count - 1)) == 0) {
        size_t room = l->count == 0 ? 1 : l->count * 2;
        l->entries = xrealloc(l->entries, room * sizeof *l->entries);
    }
    l->entries[l->count++] = (struct entry){ .recipe = s->recipe,
                                             .label = s->label,
                                             .o = *o,
                                             .at_us = o->planned_us,
                                             .identity = timetable_identity(s->times),
                                             .sentence = timetable_sentence(s->times) };
}

static void add_times(void *ud, const struct shown_schedule *s)
{
    struct listing *l = ud;
    struct occurrence o = { .planned_us = l->from_us };
    int64_t i = 0;
    for (; i < l->per_schedule && schedule_view_next(s->times, o.planned_us, &o); i++) {
        add_entry(l, s, &o);
    }
    if (i == 0) {
        add_entry(l, s, &(struct occurrence){ .planned_us = INT64_MAX });
    }
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->at_us != right->at_us) {
        return left->at_us < right->at_us ? -1 : 1;
    }
    return strcmp(left->recipe->name, right->recipe->name);
}

static void collect(struct listing *l, const struct recipe_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (l->only == NULL || strcmp(set->recipes[i]->name, l->only) == 0) {
            schedule_view_each(set->recipes[i], add_times, l);
        }
    }
    if (l->count > 0) {
        qsort(l->entries, l->count, sizeof *l->entries, compare_entries);
    }
}

static void free_entries(struct listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->entries[i].identity);
        free(l->entries[i].sentence);
    }
    free(l->entries);
}

/* --- what was --- */

static json_t *view_id_or_null(const struct id *id)
{
    char text[ID_TEXT + 1];
    id_format(id, text);
    return id_is_zero(id) ? json_null() : json_string(text);
}

/* {at state run late_s why}, to be added to. */
static json_t *view_outcome(const struct occurrence_row *row)
{
    json_t *v = json_object();
    json_object_set_new(v, "at", view_time(row->planned_us));
    json_object_set_new(v, "state", json_string(occurrence_state_name(row->state)));
    json_object_set_new(v, "run", view_id_or_null(&row->run_id));
    json_object_set_new(v, "late_s", json_integer(row->late_us / 1000000));
    json_object_set_new(v, "why", row->why != NULL ? json_string(row->why) : json_null());
    return v;
}

/* The last occurrence of a schedule; free it with occurrence_list_free. NULL where there is none. */
static struct occurrence_list *find_last(const struct listing *l, const struct entry *at)
{
    if (l->store == NULL) {
        return NULL;
    }
    struct err e = ERR_INIT;
    struct occurrence_list *list = occurrence_list_new();
    list->recipe = at->recipe->name;
    list->identity = at->identity;
    list->limit = 1;
    if (store_exec(l->store, &list->op, &e) == -1 || list->count == 0) {
        occurrence_list_free(list);
        return NULL;
    }
    return list;
}

/* --- next and last --- */

static void print_entry_json(const struct listing *l, const struct entry *at)
{
    struct occurrence_list *last = find_last(l, at);
    json_t *v =
        json_pack("{s:s, s:s, s:o, s:s, s:o}", "recipe", at->recipe->name, "schedule", at->label,
                  "at", at->at_us < INT64_MAX ? view_time(at->at_us) : json_null(), "sentence",
                  at->sentence, "last", last != NULL ? view_outcome(&last->rows[0]) : json_null());
    cli_print_json(v);
    json_decref(v);
    occurrence_list_free(last);
}

static void add_entry_row(const struct listing *l, struct table *t, const struct entry *at)
{
    char next[SCHEDULE_WALL_TEXT] = "never again", when[WHEN_TEXT] = "";
    struct occurrence_list *last = find_last(l, at);
    const struct occurrence_row *row = last != NULL ? &last->rows[0] : NULL;
    if (at->at_us < INT64_MAX) {
        schedule_view_wall(&at->o, next);
    }
    if (row != NULL) {
        cli_when(l->c, row->planned_us, when, sizeof when);
    }
    const char *cells[] = { at->recipe->name,
                            at->sentence,
                            next,
                            when,
                            row != NULL ? occurrence_state_name(row->state) : "",
                            row != NULL ? row->why : "",
                            NULL };
    table_row(t, cells);
    occurrence_list_free(last);
}

static void print_overview(const struct listing *l)
{
    static const char *const heads[] = {
        "RECIPE", "SCHEDULE", "NEXT", "LAST", "STATE", "WHY", NULL
    };
    if (l->c->is_json) {
        for (size_t i = 0; i < l->count; i++) {
            print_entry_json(l, &l->entries[i]);
        }
        return;
    }
    struct table *t = table_new(heads);
    table_keep(t, 2);
    table_last_below(t);
    for (size_t i = 0; i < l->count; i++) {
        add_entry_row(l, t, &l->entries[i]);
    }
    table_print(t, l->c);
}

/* --- --next --- */

static void print_times(const struct listing *l)
{
    static const char *const heads[] = { "AT", "RECIPE", "SCHEDULE", NULL };
    struct table *t = l->c->is_json ? NULL : table_new(heads);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *at = &l->entries[i];
        if (at->at_us == INT64_MAX) {
            continue;
        }
        if (t == NULL) {
            json_t *v = json_pack("{s:s, s:s, s:o}", "recipe", at->recipe->name, "schedule",
                                  at->label, "at", view_time(at->at_us));
            cli_print_json(v);
            json_decref(v);
        } else {
            char text[DATE_TEXT];
            date_format(at->at_us, text);
            const char *cells[] = { text, at->recipe->name, at->sentence, NULL };
            table_row(t, cells);
        }
    }
    if (t != NULL) {
        table_print(t, l->c);
    }
}

/* --- --history --- */

static void print_outcome_json(const struct occurrence_row *row)
{
    json_t *v = json_pack("{s:s, s:s}", "recipe", row->recipe, "schedule", row->label);
    json_t *outcome = view_outcome(row);
    json_object_update(v, outcome);
    cli_print_json(v);
    json_decref(outcome);
    json_decref(v);
}

static void add_outcome_row(const struct listing *l, struct table *t,
                            const struct occurrence_row *row)
{
    char at[DATE_TEXT], late[64] = "", run[ID_TEXT + 1] = "";
    date_format(row->planned_us, at);
    at[19] = 'Z'; /* without the fraction, which is zero */
    at[20] = '\0';
    if (row->late_us >= 1000000) {
        duration_format(row->late_us / 1000000 * 1000000, late, sizeof late);
    }
    if (!id_is_zero(&row->run_id)) {
        view_id(l->c, &row->run_id, run);
    }
    const char *cells[] = { at,  row->recipe, row->label, occurrence_state_name(row->state),
                            run, late,        row->why,   NULL };
    table_row(t, cells);
}

static int print_page(const struct listing *l, struct table *t, struct occurrence_list *page,
                      struct err *e)
{
    if (store_exec(l->store, &page->op, e) == -1) {
        return -1;
    }
    for (size_t i = 0; i < page->count; i++) {
        page->before_us = page->rows[i].planned_us;
        if (t != NULL) {
            add_outcome_row(l, t, &page->rows[i]);
        } else {
            print_outcome_json(&page->rows[i]);
        }
    }
    page->before_schedule = page->last_schedule;
    return 0;
}

static int print_history(const struct listing *l, int64_t limit)
{
    static const char *const heads[] = { "AT",  "RECIPE", "SCHEDULE", "STATE",
                                         "RUN", "LATE",   "WHY",      NULL };
    struct err e = ERR_INIT;
    struct table *t = l->c->is_json ? NULL : table_new(heads);
    struct occurrence_list *page = occurrence_list_new();
    page->recipe = l->only;
    int result = 0;
    bool is_more = l->store != NULL;
    if (t != NULL) {
        table_last_below(t);
    }
    while (is_more && limit > 0 && result == 0) {
        page->limit = limit < PAGE ? (int)limit : PAGE;
        result = print_page(l, t, page, &e);
        limit -= (int64_t)page->count;
        is_more = page->count == (size_t)page->limit;
    }
    if (t != NULL) {
        table_print(t, l->c);
    }
    occurrence_list_free(page);
    return result == -1 ? cli_fail(l->c, &e) : CLI_OK;
}

/* --- command --- */

static int show(struct listing *l, const struct recipe_set *set, int64_t limit)
{
    if (cli_option(l->c, "history") != NULL) {
        return print_history(l, limit);
    }
    collect(l, set);
    if (cli_option(l->c, "next") != NULL) {
        print_times(l);
    } else {
        print_overview(l);
    }
    if (l->count == 0 && l->c->is_terminal) {
        cli_print("no schedules\n");
    }
    return CLI_OK;
}

static int list_schedules(struct listing *l, const struct project *p, int64_t limit)
{
    struct err e = ERR_INIT;
    struct recipe_set set = { .count = 0 };
    if (recipe_set_load(&set, p, p->hooks, &e) == -1) {
        return cli_fail(l->c, &e);
    }
    /* Its history may outlive a recipe. */
    bool is_any = l->only == NULL || cli_option(l->c, "history") != NULL;
    int code = is_any ? CLI_OK : known_recipe_check_in(l->c, &set, l->only);
    if (code == CLI_OK) {
        l->store = cli_store_if_there(p);
        code = show(l, &set, limit);
        free_entries(l);
        if (l->store != NULL) {
            store_close(l->store);
        }
    }
    recipe_set_fini(&set);
    return code;
}

static int read_options(struct listing *l, const struct project *p, int64_t *limit)
{
    if (cli_number(l->c, "next", 1, NEXT_MAX, &l->per_schedule) == -1 ||
        cli_number(l->c, "limit", 1, MOST, limit) == -1) {
        return CLI_USAGE;
    }
    int64_t from_us = l->from_us + 1;
    int code = run_backfill_time(l->c, p, "from", &from_us);
    l->from_us = from_us - 1; /* one at that very time belongs to it */
    return code;
}

static int run_schedules(struct cli *c)
{
    bool is_backfill = c->arg_count > 0 && strcmp(c->args[0], "backfill") == 0;
    if (!is_backfill && c->arg_count > 1) {
        return cli_usage(c, "one recipe at most");
    }
    if (is_backfill) {
        return run_backfill(c);
    }
    int code = CLI_OK;
    int64_t limit = USUAL;
    struct project *p = cli_project(c, &code);
    if (p == NULL) {
        return code;
    }
    struct listing l = { .c = c,
                         .only = c->arg_count > 0 ? c->args[0] : NULL,
                         .from_us = clock_wall_us(),
                         .per_schedule = 1 };
    code = read_options(&l, p, &limit);
    code = code == CLI_OK ? list_schedules(&l, p, limit) : code;
    project_free(p);
    return code;
}

static const struct option options[] = {
    { "next", "N", "only the next N times of each schedule, in their order" },
    { "history", NULL, "what became of occurrences, the newest first" },
    { "limit", "N", "of the history at most so many; 50 if not given" },
    { "from", "TIME",
      "from this time on, 2026-12-24T18:00 or 2026-12-24; of a backfill: the first" },
    { "to", "TIME", "of a backfill: the last" },
    { "schedule", "TEXT", "of a backfill: only this schedule, as --json calls it" },
    { "rate", "N", "of a backfill: so many runs a minute; 60 if not given" },
    { "dry-run", NULL, "of a backfill: only tell what would run" },
    { "stop", NULL, "of a backfill: end what is under way" },
    { NULL, NULL, NULL },
};

const struct command cmd_schedules = {
    .name = "schedules",
    .args = "[RECIPE] | backfill RECIPE",
    .args_min = 0,
    .args_max = 2,
    .summary = "When recipes run by themselves: next, last, history, backfill",
    .help =
        "NEXT is by the clocks of the schedule's zone; times without an offset are read in the "
        "project's.\n"
        "STATE is what became of the last one: ran, late (it was missed, and made up for), "
        "skipped, "
        "or backfilled;\n"
        "below it stands why. `ladle show RUN` tells of its run; where one was skipped because of "
        "an earlier run,\n"
        "that is this run.\n"
        "`backfill RECIPE --from TIME --to TIME` runs what was due in that time and did not run, "
        "one after the other,\n"
        "with `event.at` as it was planned. The engine does it, and goes on after a restart.\n"
        "--json: {recipe schedule at sentence last:{at state run late_s why}}, one a line; with "
        "--next and --dry-run\n"
        "{recipe schedule at}, with --history {recipe schedule at state run late_s why}; a "
        "backfill {recipe schedule count}.",
    .options = options,
    .run = run_schedules,
    .examples =
        "  ladle schedules morning-report --next 5\n"
        "  ladle schedules backfill morning-report --from 2026-11-01 --to 2026-11-07 --dry-run",
    .is_quiet = true,
};
