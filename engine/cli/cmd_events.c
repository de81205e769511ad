/* `ladle events`: what came in, newest first, page by page from the store; duplicates are rows of
 * their own that name the first. */
#include "base/id.h"
#include "cli/commands.h"
#include "cli/view.h"

enum { PAGE = 500, USUAL = 50, MOST = 100000, WHEN_TEXT = 40 };

struct listing {
    const struct cli *c;
    struct table *table; /* NULL with --json */
    int64_t since_us;
    int64_t left;
    size_t count;
    struct id before;
};

static void add_event_row(struct listing *l, const struct event_row *row)
{
    char id[ID_TEXT + 1], original[ID_TEXT + 1] = "", received[WHEN_TEXT], runs[24];
    view_id(l->c, &row->id, id);
    cli_when(l->c, row->received_us, received, sizeof received);
    (void)snprintf(runs, sizeof runs, "%lld", (long long)row->run_count); /* fits */
    if (!id_is_zero(&row->duplicate_of)) {
        view_id(l->c, &row->duplicate_of, original);
    }
    char note[400];
    (void)snprintf(note, sizeof note, "%s%s%s", *original ? "duplicate of " : "", original,
                   row->note != NULL ? row->note : ""); /* cut */
    const char *cells[] = { id, received, row->connection, row->type, runs, row->key, note, NULL };
    table_row(l->table, cells);
}

static void print_event(struct listing *l, const struct event_row *row)
{
    l->count++;
    l->left--;
    l->before = row->id;
    if (l->table != NULL) {
        add_event_row(l, row);
        return;
    }
    json_t *v = view_event(row);
    cli_print_json(v);
    json_decref(v);
}

static int print_page(struct listing *l, struct store *s, struct err *e)
{
    struct event_list *list = event_list_new();
    list->connection = cli_option(l->c, "connection");
    list->type = cli_option(l->c, "type");
    list->since_us = l->since_us;
    list->before = l->before;
    list->limit = l->left < PAGE ? (int)l->left : PAGE;
    int result = store_exec(s, &list->op, e);
    for (size_t i = 0; result == 0 && i < list->count; i++) {
        print_event(l, &list->rows[i]);
    }
    if (result == 0 && list->count < (size_t)list->limit) {
        l->left = 0;
    }
    event_list_free(list);
    return result;
}

static void print_more_events(const struct listing *l)
{
    if (l->c->is_terminal && l->count == 0) {
        cli_print("no events\n");
    }
}

static int list_events(struct listing *l, struct store *s)
{
    static const char *const heads[] = { "ID",   "RECEIVED", "CONNECTION", "TYPE",
                                         "RUNS", "KEY",      "NOTE",       NULL };
    struct err e = ERR_INIT;
    int result = 0;
    l->table = l->c->is_json ? NULL : table_new(heads);
    if (l->table != NULL) {
        table_last_below(l->table);
    }
    while (l->left > 0 && result == 0) {
        result = print_page(l, s, &e);
    }
    if (l->table != NULL) {
        table_print(l->table, l->c);
        print_more_events(l);
    }
    return result == -1 ? cli_fail(l->c, &e) : CLI_OK;
}

static int run_events(struct cli *c)
{
    struct listing l = { .c = c, .left = USUAL };
    if (cli_number(c, "limit", 1, MOST, &l.left) == -1 || view_since(c, &l.since_us) == -1) {
        return CLI_USAGE;
    }
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = list_events(&l, o.store);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "connection", "NAME", "only events of this connection" },
    { "type", "TYPE", "only events of this type, like contact_created" },
    { "since", "WHEN", "not older than this: 2h, 2026-11-23, 2026-11-23T10:00:00Z" },
    { "limit", "N", "at most so many, the newest first; 50 if not given" },
    { NULL, NULL, NULL },
};

const struct command cmd_events = {
    .name = "events",
    .args = "",
    .summary = "What came in: one line per event, newest first",
    .help =
        "A second delivery of the same event is kept as a line that names the first, and "
        "starts nothing.\n"
        "An event of another account than the connection's, or of an account where the app is not\n"
        "installed, starts nothing either: its note says so, and `ladle replay ID` tries again. "
        "The note of an\n"
        "event that ended a `wait_for` names the run.\n"
        "`ladle show ID` tells what an event held and which runs it started.\n"
        "--json: {id connection type key received_at runs duplicate_of note}, one a line.",
    .options = options,
    .run = run_events,
    .is_quiet = true,
    .examples =
        "  ladle events --type contact_created --since 1d\n"
        "  ladle events --connection crm --limit 500 --json",
};
