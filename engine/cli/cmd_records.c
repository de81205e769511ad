/* `ladle records`: the workspace, that is the contacts, tasks, activities and submissions which the
 * engine keeps beside ConvertCalculator in its own store. Lists them, and writes an activity,
 * together with the event that starts recipes on records.activity_added: one transaction, which the
 * engine notices. Nothing here reaches another service. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "format/date.h"
#include "format/json.h"
#include "store/record.h"

enum { WHEN_TEXT = 40, USUAL = 50, MOST = 1000, TEXT_MOST = 64 << 10, ID_MOST = 200 };

/* --- listing --- */

static json_t *record_value(const struct record_row *row)
{
    char id[ID_TEXT + 1];
    id_format(&row->id, id);
    json_t *v = json_object();
    json_object_set_new(v, "id", json_string(id));
    json_object_set_new(v, "kind", json_string(record_kind_name(row->kind)));
    json_object_set_new(v, "source", json_text_or_null(row->source));
    json_object_set_new(v, "source_id", json_text_or_null(row->source_id));
    json_object_set_new(v, "contact_id", json_text_or_null(row->contact_id));
    json_object_set_new(v, "origin", json_text_or_null(row->origin));
    json_object_set_new(v, "version", json_integer(row->version));
    json_object_set_new(v, "created_at", view_time(row->created_us));
    json_object_set_new(v, "updated_at", view_time(row->updated_us));
    json_object_set_new(v, "deleted_at", view_time(row->deleted_us));
    json_object_set_new(v, "fields",
                        view_value(row->fields, row->fields != NULL ? strlen(row->fields) : 0));
    return v;
}

/* The member of a record that says most about it. */
static const char *title_of(const json_t *fields)
{
    static const char *const names[] = {
        "name", "title", "body", "email_address", "calculator_name", "first_name", "phone", NULL
    };
    for (size_t i = 0; names[i] != NULL; i++) {
        const char *text = json_get_text(fields, names[i]);
        if (text != NULL && *text) {
            return text;
        }
    }
    return "";
}

static void add_record_row(const struct cli *c, struct table *t, const struct record_row *row)
{
    json_t *fields = view_value(row->fields, row->fields != NULL ? strlen(row->fields) : 0);
    char updated[WHEN_TEXT], version[16];
    cli_when(c, row->updated_us, updated, sizeof updated);
    (void)snprintf(version, sizeof version, "%d", row->version); /* an int fits */
    const char *cells[] = { row->source_id,
                            row->source,
                            row->origin,
                            row->contact_id,
                            version,
                            updated,
                            row->deleted_us != 0 ? "deleted" : "",
                            title_of(fields),
                            NULL };
    table_row(t, cells);
    json_decref(fields);
}

static void print_rows(const struct cli *c, const struct record_list *all)
{
    static const char *const heads[] = { "ID",      "SOURCE",  "ORIGIN", "CONTACT", "VERSION",
                                         "UPDATED", "DELETED", "WHAT",   NULL };
    if (c->is_terminal && !c->is_json && all->count == 0) {
        cli_print("none saved in the workspace\n");
        return;
    }
    struct table *t = c->is_json ? NULL : table_new(heads);
    if (t != NULL) {
        table_cut_first(t);
        table_last_below(t);
    }
    for (size_t i = 0; i < all->count; i++) {
        if (t != NULL) {
            add_record_row(c, t, &all->rows[i]);
            continue;
        }
        json_t *v = record_value(&all->rows[i]);
        cli_print_json(v);
        json_decref(v);
    }
    if (t != NULL) {
        table_print(t, c);
    }
}

static int list_records(const struct cli *c, struct store *s, enum record_kind kind)
{
    int64_t limit = USUAL;
    if (cli_number(c, "limit", 1, MOST, &limit) == -1) {
        return CLI_USAGE;
    }
    struct err e = ERR_INIT;
    struct record_list *all = record_list_new();
    all->kind = (int)kind;
    all->source = cli_option(c, "source");
    all->source_id = cli_option(c, "id");
    all->contact_id = cli_option(c, "contact");
    all->with_deleted = cli_option(c, "deleted") != NULL;
    all->limit = (int)limit;
    int code = CLI_OK;
    if (store_exec(s, &all->op, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        print_rows(c, all);
    }
    record_list_free(all);
    return code;
}

/* --- writing --- */

static int check_record_word(const struct cli *c, const char *name, bool is_needed, size_t most)
{
    const char *text = cli_option(c, name);
    if (text == NULL && !is_needed) {
        return CLI_OK;
    }
    if (text == NULL || !*text) {
        return cli_usage(c, "--%s is missing: ladle records add activity --contact ID --text TEXT",
                         name);
    }
    json_t *v = json_string(text);
    bool is_text = v != NULL;
    json_decref(v);
    if (!is_text || strlen(text) > most) {
        return cli_usage(c, "--%s: at most %zu bytes of UTF-8", name, most);
    }
    return CLI_OK;
}

static int check_activity(const struct cli *c)
{
    static const char *const kinds[] = { "note", "task",    "contact", "appointment", "submission",
                                         "call", "message", "other",   NULL };
    int bad = check_record_word(c, "contact", true, ID_MOST) ||
              check_record_word(c, "text", true, TEXT_MOST) ||
              check_record_word(c, "title", false, ID_MOST) ||
              check_record_word(c, "id", false, ID_MOST);
    if (bad) {
        return CLI_USAGE;
    }
    const char *kind = cli_option(c, "kind");
    for (size_t i = 0; kind != NULL && kinds[i] != NULL; i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            return CLI_OK;
        }
    }
    return kind != NULL
               ? cli_usage(c,
                           "--kind %s: note, task, contact, appointment, submission, call, "
                           "message or other is "
                           "expected",
                           kind)
               : CLI_OK;
}

/* The fields as the operation records.append_activity writes them. Yours. */
static char *activity_fields(const struct cli *c, const char *id)
{
    const char *kind = cli_option(c, "kind"), *title = cli_option(c, "title");
    char at[DATE_TEXT];
    date_format(clock_wall_us(), at);
    json_t *v = json_object();
    json_object_set_new(v, "activity_id", json_string(id));
    json_object_set_new(v, "contact_id", json_string(cli_option(c, "contact")));
    json_object_set_new(v, "kind", json_string(kind != NULL ? kind : "note"));
    if (title != NULL) {
        json_object_set_new(v, "title", json_string(title));
    }
    json_object_set_new(v, "body", json_string(cli_option(c, "text")));
    json_object_set_new(v, "at", json_string(at));
    char *text = json_text(v, NULL);
    json_decref(v);
    return text;
}

static struct record_put *new_activity(const struct cli *c)
{
    struct id fresh = id_new();
    char id[ID_TEXT + 1];
    id_format(&fresh, id);
    const char *given = cli_option(c, "id");
    struct record_put *put = record_put_new();
    put->row.kind = RECORD_ACTIVITY;
    put->row.source = xstrdup("workspace");
    put->row.source_id = xstrdup(given != NULL ? given : id);
    put->row.contact_id = xstrdup(cli_option(c, "contact"));
    put->row.origin = xstrdup("workspace");
    put->row.fields = activity_fields(c, given != NULL ? given : id);
    put->emit = record_activity_event(&put->row);
    return put;
}

static void print_written(const struct cli *c, const struct record_put *put)
{
    if (!c->is_json) {
        cli_print("activity %s: %s, saved in the workspace\n", put->row.source_id,
                  record_change_name(put->change));
        return;
    }
    json_t *v = record_value(&put->row);
    json_object_set_new(v, "change", json_string(record_change_name(put->change)));
    json_object_set_new(v, "saved", json_string("in the workspace"));
    cli_print_json(v);
    json_decref(v);
}

static int add_activity(const struct cli *c, struct store *s)
{
    struct err e = ERR_INIT;
    struct record_put *put = new_activity(c);
    int code = CLI_OK;
    if (store_exec(s, &put->op, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        print_written(c, put);
    }
    record_put_free(put);
    return code;
}

/* --- command --- */

static int read_record_args(const struct cli *c, bool is_add, enum record_kind *kind)
{
    if (is_add && c->arg_count == 1) {
        return cli_usage(c, "add what? ladle records add activity --contact ID --text TEXT");
    }
    if (!is_add && c->arg_count == 2) {
        return cli_usage(c, "\"%.40s\" is one word too many", c->args[1]);
    }
    const char *name = c->args[is_add ? 1 : 0];
    if (record_kind_parse(name, kind) == -1) {
        return cli_usage(
            c, "there are no records of kind \"%.40s\": contacts, tasks, activities or submissions",
            name);
    }
    if (is_add && *kind != RECORD_ACTIVITY) {
        return cli_usage(
            c, "only an activity is written by hand; the others mirror what services hold");
    }
    return is_add ? check_activity(c) : CLI_OK;
}

static int run_records(struct cli *c)
{
    bool is_add = strcmp(c->args[0], "add") == 0;
    enum record_kind kind;
    int code = read_record_args(c, is_add, &kind);
    if (code != CLI_OK) {
        return code;
    }
    struct cli_project_store o;
    code = cli_open(c, !is_add, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = is_add ? add_activity(c, o.store) : list_records(c, o.store, kind);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "contact", "ID", "the contact that it belongs to; in a list: only those of this contact" },
    { "text", "TEXT", "add: what happened" },
    { "title", "TEXT", "add: a heading" },
    { "kind", "KIND", "add: note, call, message …; note if not given" },
    { "id", "ID",
      "add: an id of your own, so that a repeated command writes once; in a list: only this one" },
    { "source", "NAME", "only those from this system, like highlevel" },
    { "deleted", NULL, "also those that are marked as deleted" },
    { "limit", "N", "at most so many, the newest change first; 50 if not given" },
    { NULL, NULL, NULL },
};

const struct command cmd_records = {
    .name = "records",
    .args = "KIND | add activity",
    .args_min = 1,
    .args_max = 2,
    .summary = "The workspace: contacts, tasks, activities, submissions",
    .help =
        "KIND is contacts, tasks, activities or submissions. ConvertCalculator documents no API "
        "that stores\n"
        "such records: they are saved in the workspace, the engine's own store, beside it.\n"
        "`add activity` writes a line of a contact's activity log, and recipes that begin with\n"
        "records.activity_added run. Arguments are visible to other processes of this machine.\n"
        "--json: {id kind source source_id contact_id origin version created_at updated_at "
        "deleted_at fields},\n"
        "one a line.",
    .options = options,
    .run = run_records,
    .examples =
        "  ladle records contacts --json\n"
        "  ladle records add activity --contact nmFmQEsNgz6AVpgLVUJ0 --text \"Called back\"",
    .is_quiet = true,
};
