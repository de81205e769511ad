/* The commands that read and write a project, run as a whole inside the test's process. No engine
 * runs. */
#include "fixture.h"

#include <ctype.h>

#include "cli/commands.h"
#include "project/secrets.h"

static const char good_recipe[] =
    "recipe: note-it\n"
    "needs:\n"
    "  crm: highlevel\n"
    "when:\n"
    "  - crm.contact_created\n"
    "do:\n"
    "  - step: save\n"
    "    use: records.append_activity\n"
    "    with:\n"
    "      activity_id: = event.webhookId\n"
    "      contact_id: = event.id\n"
    "      body: hello\n";

static char *id_text(struct id id)
{
    char text[ID_TEXT + 1];
    id_format(&id, text);
    return xstrdup(text);
}

/* --- help and usage --- */

static void every_command_is_listed_and_explained(void **state)
{
    struct fixture *f = *state;
    for (const struct command_group *g = commands_groups(); g->title != NULL; g++) {
        for (const struct command *const *at = g->commands; *at != NULL; at++) {
            assert_int_equal(fix_run(f, "--help"), CLI_OK);
            assert_contains(f->out, (*at)->summary);
            assert_int_equal(fix_run(f, (*at)->name, "--help"), CLI_OK);
            assert_contains(f->out, "usage: ladle ");
            assert_contains(f->out, "--json");
            char *example = xasprintf("  ladle %s", (*at)->name);
            assert_contains(f->out, example);
            free(example);
        }
    }
}

static void a_mistyped_command_exits_2_with_a_suggestion(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "conections"), CLI_USAGE);
    assert_contains(f->err, "is \"connections\" meant?");
    assert_string_equal(f->out, "");
}

static void an_error_is_a_document_with_json(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "show", "0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f", "--json"), CLI_NO);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "error.kind", "not_found");
    assert_non_null(json_path_text(v, "error.message"));
    assert_string_equal(f->err, "");
    json_decref(v);
}

static void a_number_out_of_bounds_is_wrong_usage(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[] = { "0", "x", "", "5x", "-1", "99999999999999999999" };
    for (size_t i = 0; i < sizeof wrong / sizeof(*wrong); i++) {
        assert_int_equal(fix_run(f, "runs", "--limit", wrong[i]), CLI_USAGE);
        assert_contains(f->err, "a whole number from 1 to 100000 is expected");
    }
}

static void a_broken_project_file_stops_every_command_with_2(void **state)
{
    struct fixture *f = *state;
    fix_write_text(f, "ladle.yaml", "listne: x\n");
    assert_int_equal(fix_run(f, "runs"), CLI_USAGE);
    assert_contains(f->err, "ladle.yaml:1:1:");
    assert_int_equal(fix_run(f, "runs", "--json"), CLI_USAGE);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "error.kind", "config");
    assert_int_equal(json_get_int(json_path(v, "error.errors.0"), "line", 0), 1);
    json_decref(v);
}

/* --- check --- */

static void set_inbox_secret(struct fixture *f, const char *text)
{
    const char *const set[] = { "secret", "set", "inbox_secret", NULL };
    assert_int_equal(fix_run_with(f, text, set), CLI_OK);
}

static void check_says_yes_to_a_good_project(void **state)
{
    struct fixture *f = *state;
    set_inbox_secret(f, "correct-horse-battery\n");
    fix_write_text(f, "recipes/good.yaml", good_recipe);
    assert_int_equal(fix_run(f, "check"), CLI_OK);
    assert_contains(f->out, "no errors: 1 recipe, 2 files checked\n");
    assert_int_equal(fix_run(f, "check", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_true(json_get_bool(v, "ok", false));
    assert_int_equal(json_get_int(v, "recipes", 0), 1);
    assert_int_equal(json_array_size(json_object_get(v, "errors")), 0);
    json_decref(v);
}

static void check_tells_every_error_with_its_place(void **state)
{
    struct fixture *f = *state;
    fix_write_text(f, "recipes/bad.yaml",
                   "recipe: bad\nneeds:\n  crm: highlevel\nwhen:\n  - crm.contact_crated\n"
                   "do:\n  - step: save\n    uze: records.append_activity\n");
    set_inbox_secret(f, "correct-horse-battery\n");
    assert_int_equal(fix_run(f, "check"), CLI_NO);
    assert_contains(f->out, "recipes/bad.yaml:5:5:");
    assert_contains(f->out, "recipes/bad.yaml:8:5:");
    assert_int_equal(fix_run(f, "check", "--json"), CLI_NO);
    json_t *v = fix_line(f, 0);
    assert_false(json_get_bool(v, "ok", true));
    char *path = fix_path(f, "recipes/bad.yaml"); /* as -C names the folder */
    assert_text_at(v, "errors.0.file", path);
    free(path);
    assert_int_equal(json_get_int(json_path(v, "errors.0"), "line", 0), 5);
    assert_non_null(json_path_text(v, "errors.0.hint"));
    json_decref(v);
}

static void check_of_one_file_leaves_the_others_alone(void **state)
{
    struct fixture *f = *state;
    fix_write_text(f, "recipes/good.yaml", good_recipe);
    fix_write_text(f, "recipes/bad.yaml", "recipe: bad\n");
    char *path = fix_path(f, "recipes/good.yaml");
    assert_int_equal(fix_run(f, "check", path), CLI_OK);
    free(path);
    path = fix_path(f, "recipes");
    assert_int_equal(fix_run(f, "check", path), CLI_NO);
    free(path);
    assert_int_equal(fix_run(f, "check", "/nonexistent.yaml"), CLI_USAGE);
}

static void check_tells_a_secret_that_is_missing_or_too_short_where_it_is_named(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "check"), CLI_USAGE);
    assert_contains(f->out,
                    "ladle.yaml:12:13: the secret `inbox_secret` is not set: run `ladle "
                    "secret set inbox_secret`");
    char *store = fix_path(f, "data");
    assert_int_equal(access(store, F_OK), -1); /* a look writes nothing */
    free(store);
    set_inbox_secret(f, "short\n");
    assert_int_equal(fix_run(f, "check"), CLI_USAGE);
    assert_contains(f->out,
                    "ladle.yaml:12:5: the connection `inbox`: `secret` is too short: a "
                    "secret has 8 characters at least");
}

static void check_tells_errors_of_the_project_file_and_of_recipes_at_once(void **state)
{
    struct fixture *f = *state;
    set_inbox_secret(f, "correct-horse-battery\n");
    char *wrong = xasprintf("listne: x\n%s", fix_ladle_yaml);
    fix_write_text(f, "ladle.yaml", wrong);
    fix_write_text(f, "recipes/bad.yaml", "recipe: bad\nneeds: { crm: highlevel }\n");
    assert_int_equal(fix_run(f, "check"), CLI_USAGE);
    assert_contains(f->out, "ladle.yaml:1:1: unknown key `listne`");
    assert_contains(f->out, "recipes/bad.yaml:1:1: a recipe needs `do`");
    assert_contains(f->out, "2 errors");
    fix_write_text(f, "ladle.yaml", "connections:\n  - crm\n");
    assert_int_equal(fix_run(f, "check"), CLI_USAGE);
    assert_contains(f->out, "ladle.yaml:2:3: `connections` takes a map");
    assert_contains(f->out, "recipes/bad.yaml:1:1: a recipe needs `do`");
    assert_contains(f->out, "2 errors"); /* a connection that could not be read is not missed */
    free(wrong);
}

static void check_exits_2_where_the_project_file_is_wrong(void **state)
{
    struct fixture *f = *state;
    fix_write_text(f, "ladle.yaml", "listen: nowhere\n");
    assert_int_equal(fix_run(f, "check", "--json"), CLI_USAGE);
    json_t *v = fix_line(f, 0);
    assert_false(json_get_bool(v, "ok", true));
    assert_int_equal(json_array_size(json_object_get(v, "errors")), 1);
    json_decref(v);
}

/* xorshift64, so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void check_of_any_bytes_gives_an_answer(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = UINT64_C(88172645463325252);
    char *path = fix_path(f, "recipes/any.yaml");
    for (int round = 0; round < 100; round++) {
        char text[sizeof good_recipe];
        size_t len = sizeof good_recipe - 1;
        memcpy(text, good_recipe, len);
        for (int i = 0; i < 8; i++) {
            text[next_random(&seed) % len] = (char)next_random(&seed);
        }
        fix_write(f, "recipes/any.yaml", text, next_random(&seed) % 2 ? len : (size_t)round);
        int code = fix_run(f, "check", path, "--json");
        assert_true(code == CLI_OK || code == CLI_NO);
        json_t *v = fix_line(f, 0);
        assert_int_equal(json_get_bool(v, "ok", false), code == CLI_OK);
        json_decref(v);
    }
    free(path);
}

/* --- secret --- */

static bool file_holds(const struct fixture *f, const char *name, const char *text)
{
    char *path = fix_path(f, name);
    size_t len = 0;
    char *bytes = folder_read(path, 16 << 20, &len, NULL);
    free(path);
    bool is_found = bytes != NULL && memmem(bytes, len, text, strlen(text)) != NULL;
    free(bytes);
    return is_found;
}

static void a_secret_is_kept_sealed_and_only_its_name_is_shown(void **state)
{
    struct fixture *f = *state;
    const char *const set[] = { "secret", "set", "inbox_secret", NULL };
    assert_int_equal(fix_run_with(f, "correct-horse-battery\n", set), CLI_OK);
    assert_false(file_holds(f, "data/ladle.db", "correct-horse-battery"));
    assert_false(file_holds(f, "data/ladle.db-wal", "correct-horse-battery"));
    assert_int_equal(fix_run(f, "secret", "list", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "name", "inbox_secret");
    assert_non_null(json_get_text(v, "updated_at"));
    json_decref(v);
    assert_null(strstr(f->out, "correct-horse"));
    assert_int_equal(fix_run(f, "secret", "rm", "inbox_secret"), CLI_OK);
    assert_int_equal(fix_run(f, "secret", "rm", "inbox_secret"), CLI_NO);
}

static void a_secret_is_read_back_without_its_line_end(void **state)
{
    struct fixture *f = *state;
    const char *const set[] = { "secret", "set", "inbox_secret", NULL };
    assert_int_equal(fix_run_with(f, "two words \r\n", set), CLI_OK);
    struct cli c = { .folder = f->folder };
    struct cli_project_store o;
    int code = CLI_OK;
    assert_int_equal(cli_open(&c, false, &o), CLI_OK);
    struct vault *vault = cli_vault(&c, o.project, o.store, &code);
    assert_non_null(vault);
    char *text = secrets_find(o.store, vault, "inbox_secret");
    assert_string_equal(text, "two words ");
    assert_null(secrets_find(o.store, vault, "other"));
    free(text);
    vault_free(vault);
    cli_close(&o);
    catalogue_free(c.catalogue);
}

static void a_secret_that_is_empty_too_long_or_misnamed_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *const set[] = { "secret", "set", "inbox_secret", NULL };
    assert_int_equal(fix_run_with(f, "\n", set), CLI_USAGE);
    char *big = xcalloc(1, (64 << 10) + 2);
    memset(big, 'x', (64 << 10) + 1);
    assert_int_equal(fix_run_with(f, big, set), CLI_USAGE);
    free(big);
    assert_int_equal(fix_run(f, "secret", "set", "Not A Name"), CLI_USAGE);
    assert_int_equal(fix_run(f, "secret", "set"), CLI_USAGE);
    assert_int_equal(fix_run(f, "secret", "show", "x"), CLI_USAGE);
    assert_int_equal(fix_run(f, "secret", "list"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
}

/* --- ops and connections --- */

static void ops_tells_what_an_action_takes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "ops", "crm.create_task", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "name", "highlevel.create_task");
    assert_text_at(v, "kind", "action");
    assert_text_at(v, "method", "POST");
    assert_text_at(v, "path", "/contacts/{contactId}/tasks");
    assert_text_at(v, "scopes.0", "contacts.write");
    assert_text_at(v, "input.title.type", "string");
    assert_true(json_is_true(json_path(v, "input.title.required")));
    assert_true(json_is_false(json_path(v, "input.body.required")));
    assert_null(json_path(v, "input.title.1"));
    json_decref(v);
}

static void ops_lists_one_kind_of_one_connector(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "ops", "highlevel", "--kind", "trigger", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 73 + 1); /* all that there are, and new_lead */
    assert_int_equal(fix_run(f, "ops", "highlevel", "--kind", "action", "--json"), CLI_OK);
    assert_true(fix_count_lines(f) >= 576);
    assert_int_equal(fix_run(f, "ops", "webhook", "--kind", "action", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 0);
    assert_int_equal(fix_run(f, "ops", "--kind", "thing"), CLI_USAGE);
}

static void ops_in_a_project_are_those_of_its_connections_as_recipes_name_them(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "ops"), CLI_OK);
    assert_contains(f->out, "\ncrm.create_task\taction\tPOST\t");
    assert_contains(f->out, "\ninbox.received\ttrigger\t");
    assert_contains(f->out, "\nrecords.upsert_task\taction\t");
    assert_contains(f->out, "\nladle.run_dead\ttrigger\t");
    assert_null(strstr(f->out, "highlevel."));
    assert_null(strstr(f->out, "\nhttp."));
    assert_int_equal(fix_run(f, "ops", "--all"), CLI_OK);
    assert_contains(f->out, "\ncrm.create_task\t");
    assert_contains(f->out, "\nhttp.get\t");
    assert_int_equal(fix_run(f, "ops", "crm", "--search", "create_task"), CLI_OK);
    assert_contains(f->out, "\ncrm.create_task\t");
    assert_int_equal(fix_run(f, "ops", "highlevel", "--search", "create_task"), CLI_OK);
    assert_contains(f->out, "\nhighlevel.create_task\t");
}

static void programs_get_the_connectors_name_and_the_one_in_recipes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "ops", "crm.create_task", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "name", "highlevel.create_task");
    assert_text_at(v, "use", "crm.create_task");
    json_decref(v);
    assert_int_equal(fix_run(f, "ops", "http.get", "--json"), CLI_OK);
    v = fix_line(f, 0);
    assert_true(json_is_null(json_object_get(v, "use")));
    json_decref(v);
}

static void ops_outside_a_project_are_all_under_their_connectors_names(void **state)
{
    struct fixture *f = *state;
    char *path = fix_path(f, "ladle.yaml");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fix_run(f, "ops"), CLI_OK);
    assert_contains(f->out, "\nhighlevel.create_task\t");
    assert_contains(f->out, "\nhttp.get\t");
    assert_string_equal(f->err, "");
    fix_write_text(f, "ladle.yaml", "listne: x\n");
    assert_int_equal(fix_run(f, "ops"), CLI_OK);
    assert_contains(f->out, "\nhighlevel.create_task\t");
    assert_contains(f->err, "ladle.yaml has errors");
    free(path);
}

static void ops_of_an_unknown_name_suggests_one(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "ops", "highlevle"), CLI_NO);
    assert_contains(f->err, "is \"highlevel\" meant?");
    assert_int_equal(fix_run(f, "ops", "highlevel.no_such"), CLI_NO);
}

static void connections_shows_all_of_the_project_file(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "connections", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 2);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "name", "crm");
    assert_text_at(v, "connector", "highlevel");
    assert_text_at(v, "state", "connected");
    assert_text_at(v, "account", "ve9EPM428h8vShlRW1KT");
    assert_true(json_is_null(json_object_get(v, "expires_at")));
    json_decref(v);
    assert_null(strstr(f->out, "given-private-token"));
}

/* --- records --- */

static void an_activity_is_saved_with_the_event_that_starts_recipes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", "c1", "--text",
                             "Called back", "--json"),
                     CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "change", "created");
    assert_text_at(v, "saved", "in the workspace");
    assert_text_at(v, "fields.body", "Called back");
    char *id = xstrdup(json_get_text(v, "source_id"));
    json_decref(v);
    assert_int_equal(fix_run(f, "events", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
    v = fix_line(f, 0);
    assert_text_at(v, "connection", "records");
    assert_text_at(v, "type", "activity_added");
    char *event_id = xstrdup(json_get_text(v, "id"));
    json_decref(v);
    assert_int_equal(fix_run(f, "show", event_id, "--json"), CLI_OK);
    v = fix_line(f, 0);
    assert_text_at(v, "payload.activity_id", id);
    assert_text_at(v, "payload.contact_id", "c1");
    assert_text_at(v, "payload.origin", "workspace");
    assert_text_at(v, "payload.body", "Called back");
    assert_false(json_get_bool(v, "is_routed", true));
    json_decref(v);
    free(event_id);
    free(id);
}

static void an_activity_of_ones_own_id_is_written_once(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", "c1", "--text", "x",
                                 "--id", "mine"),
                         CLI_OK);
    }
    assert_int_equal(fix_run(f, "events", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
    assert_int_equal(fix_run(f, "records", "activities", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
}

static void records_are_listed_by_kind_and_contact(void **state)
{
    struct fixture *f = *state;
    (void)fix_run(f, "records", "add", "activity", "--contact", "c1", "--text", "one");
    (void)fix_run(f, "records", "add", "activity", "--contact", "c2", "--text", "two");
    assert_int_equal(fix_run(f, "records", "activity", "--contact", "c2", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "fields.body", "two");
    assert_text_at(v, "kind", "activity");
    json_decref(v);
    assert_int_equal(fix_run(f, "records", "contacts"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
}

static void what_cannot_be_a_record_is_wrong_usage(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fix_run(f, "records", "things"), CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "add"), CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "add", "contact", "--text", "x"), CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", "c1"), CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", "c1", "--text", "\xff"),
                     CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", "c1", "--text", "x",
                             "--kind", "poem"),
                     CLI_USAGE);
    assert_int_equal(fix_run(f, "records", "activities", "activities"), CLI_USAGE);
}

/* --- events, runs, dead, show --- */

static void an_event_is_listed_with_its_runs_and_a_duplicate_with_its_first(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run, other;
    struct id first = fix_event(s, "k1", "{\"id\":\"c1\"}", RUN_QUEUED, &run);
    (void)fix_event(s, "k1", "{\"id\":\"c1\"}", RUN_QUEUED, &other);
    store_close(s);
    char *first_text = id_text(first);
    assert_int_equal(fix_run(f, "events", "--type", "contact_created", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 2);
    json_t *duplicate = fix_line(f, 0), *v = fix_line(f, 1);
    assert_text_at(duplicate, "duplicate_of", first_text);
    assert_int_equal(json_get_int(duplicate, "runs", -1), 0);
    assert_text_at(v, "id", first_text);
    assert_text_at(v, "key", "k1");
    assert_text_at(v, "received_at", "2025-11-24T16:00:00.000Z");
    assert_int_equal(json_get_int(v, "runs", -1), 1);
    assert_true(json_is_null(json_object_get(v, "duplicate_of")));
    json_decref(duplicate);
    json_decref(v);
    free(first_text);
    assert_int_equal(fix_run(f, "events", "--connection", "inbox", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 0);
}

static void runs_are_filtered_by_state_recipe_and_time(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run, dead;
    (void)fix_event(s, "k1", "{}", RUN_QUEUED, &run);
    (void)fix_event(s, "k2", "{}", RUN_RUNNING, &dead);
    fix_kill(s, dead, "no title");
    store_close(s);
    char *text = id_text(dead);
    assert_int_equal(fix_run(f, "runs", "--state", "dead,parked", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "id", text);
    assert_text_at(v, "recipe", "contact-sync");
    assert_text_at(v, "state", "dead");
    assert_text_at(v, "step", "fetch");
    assert_text_at(v, "error.kind", "invalid");
    assert_text_at(v, "error.message", "no title");
    assert_int_equal(json_get_int(json_object_get(v, "error"), "status", 0), 422);
    assert_int_equal(json_get_int(v, "attempts", 0), 2);
    json_decref(v);
    free(text);
    assert_int_equal(fix_run(f, "runs", "--recipe", "other", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 0);
    assert_int_equal(fix_run(f, "runs", "--since", "9999-01-01", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 0);
    assert_int_equal(fix_run(f, "runs", "--state", "dying"), CLI_USAGE);
    assert_int_equal(fix_run(f, "runs", "--since", "yesterday"), CLI_USAGE);
}

/* `count` runs that an `if` skipped. */
static void add_skipped(struct store *s, const char *key, int count)
{
    for (int i = 0; i < count; i++) {
        char own[32];
        snprintf(own, sizeof own, "%s%d", key, i);
        struct id run;
        (void)fix_skipped_event(s, own, "if: event.n > 1 (event.n is 1)", &run);
    }
}

static void skipped_runs_are_left_out_and_counted_unless_asked_for(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id first, last;
    add_skipped(s, "old", 1);
    (void)fix_event(s, "k1", "{}", RUN_DONE, &first);
    add_skipped(s, "more", 700); /* more than a page */
    (void)fix_event(s, "k2", "{}", RUN_DONE, &last);
    store_close(s);
    assert_int_equal(fix_run(f, "runs"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1 + 2);
    assert_null(strstr(f->out, "skipped"));
    assert_contains(f->err,
                    "701 skipped runs were left out; --skipped shows them, --all everything\n");
    assert_int_equal(fix_run(f, "runs", "--limit", "1"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1 + 1);
    assert_string_equal(f->err, ""); /* none is newer than what is shown */
    assert_int_equal(fix_run(f, "runs", "--skipped", "--limit", "1000"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1 + 701);
    assert_contains(f->out, "\tif: event.n > 1 (event.n is 1)\n");
    assert_string_equal(f->err, "");
    assert_int_equal(fix_run(f, "runs", "--all", "--limit", "1000"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1 + 703);
    assert_int_equal(fix_run(f, "runs", "--state", "done,skipped", "--limit", "1000"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1 + 703);
    assert_int_equal(fix_run(f, "runs", "--all", "--skipped"), CLI_USAGE);
    assert_int_equal(fix_run(f, "runs", "--state", "done", "--all"), CLI_USAGE);
}

static void programs_get_skipped_runs_with_their_reason(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    add_skipped(s, "k", 1);
    store_close(s);
    assert_int_equal(fix_run(f, "runs", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "state", "skipped");
    assert_text_at(v, "error.kind", "cancelled");
    assert_text_at(v, "error.message", "if: event.n > 1 (event.n is 1)");
    json_decref(v);
    assert_int_equal(fix_run(f, "runs"), CLI_OK);
    assert_contains(f->err, "1 skipped run was left out; --skipped shows it, --all everything\n");
}

static void a_limit_takes_the_newest_over_many_pages(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run;
    for (int i = 0; i < 1100; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        (void)fix_event(s, key, "{}", RUN_QUEUED, &run);
    }
    store_close(s);
    char *newest = id_text(run);
    assert_int_equal(fix_run(f, "runs", "--limit", "1050", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1050);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "id", newest);
    json_decref(v);
    free(newest);
    assert_int_equal(fix_run(f, "events", "--limit", "5000", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 1100);
}

static void dead_runs_of_one_cause_are_one_line(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    static const char *const causes[] = { "no title", "no title", "no date" };
    for (size_t i = 0; i < 3; i++) {
        struct id run;
        char key[16];
        snprintf(key, sizeof key, "k%zu", i);
        (void)fix_event(s, key, "{}", RUN_RUNNING, &run);
        fix_kill(s, run, causes[i]);
    }
    store_close(s);
    assert_int_equal(fix_run(f, "dead"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 3);
    assert_contains(f->out, "\t2\tdead\tcontact-sync\tfetch\tinvalid\t");
    assert_contains(f->out, "\t1\tdead\tcontact-sync\tfetch\tinvalid\t");
    assert_int_equal(fix_run(f, "dead", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 3);
}

static void show_tells_each_step_with_its_calls(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run;
    (void)fix_event(s, "k1", "{}", RUN_RUNNING, &run);
    fix_kill(s, run, "no title");
    store_close(s);
    char *text = id_text(run);
    assert_int_equal(fix_run(f, "show", text, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "state", "dead");
    assert_int_equal(json_array_size(json_object_get(v, "steps")), 1);
    assert_text_at(v, "steps.0.name", "fetch");
    assert_text_at(v, "steps.0.state", "failed");
    assert_text_at(v, "steps.0.input.contactId", "c1");
    assert_text_at(v, "steps.0.error.message", "no title");
    assert_text_at(v, "steps.0.started_at", "2025-11-24T16:00:01.000Z");
    assert_text_at(v, "steps.0.ended_at", "2025-11-24T16:00:02.000Z");
    assert_text_at(v, "steps.0.effects.0.name", "fetch/1");
    assert_true(json_is_true(json_path(v, "steps.0.effects.0.output.ok")));
    json_decref(v);
    assert_int_equal(fix_run(f, "show", text), CLI_OK);
    assert_contains(f->out, "fetch  failed  tries 2");
    assert_contains(f->out, "fetch/1  done");
    free(text);
}

static void the_end_of_an_id_is_enough(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run;
    struct id event = fix_event(s, "k1", "{\"id\":\"c1\"}", RUN_QUEUED, &run);
    store_close(s);
    char *event_text = id_text(event), *run_text = id_text(run);
    assert_int_equal(fix_run(f, "show", event_text + 24, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "id", event_text);
    assert_text_at(v, "started.0.id", run_text);
    assert_text_at(v, "payload.id", "c1");
    json_decref(v);
    assert_int_equal(fix_run(f, "show", run_text + 24), CLI_OK);
    assert_int_equal(fix_run(f, "show", "abc"), CLI_USAGE);
    assert_int_equal(fix_run(f, "show", "no-id-at-all"), CLI_USAGE);
    assert_int_equal(fix_run(f, "show", "ffffff"), CLI_NO);
    free(event_text);
    free(run_text);
}

static void a_beginning_of_an_id_is_enough_too(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run;
    (void)fix_event(s, "k1", "{}", RUN_QUEUED, &run);
    store_close(s);
    char *text = id_text(run);
    text[23] = '\0'; /* the time, the counter and some of the random bits */
    assert_int_equal(fix_run(f, "cancel", text), CLI_OK);
    for (char *at = text; *at != '\0'; at++) {
        *at = (char)toupper(*at);
    }
    assert_int_equal(fix_run(f, "show", text, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "state", "cancelled");
    json_decref(v);
    free(text);
}

static void an_ambiguous_id_lists_what_may_be_meant(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id runs[2], event = fix_event(s, "k1", "{}", RUN_QUEUED, &runs[0]);
    (void)fix_event(s, "k2", "{}", RUN_QUEUED, &runs[1]);
    store_close(s);
    char *first = id_text(runs[0]), *second = id_text(runs[1]), *event_text = id_text(event);
    char *beginning = xstrndup(first, 6); /* all were made within hours */
    assert_int_equal(fix_run(f, "show", beginning), CLI_NO);
    assert_contains(f->err, "4 ids begin or end with");
    assert_contains(f->err, first);
    assert_contains(f->err, second);
    assert_contains(f->err, event_text);
    /* Of runs only runs may be meant. */
    assert_int_equal(fix_run(f, "cancel", beginning), CLI_NO);
    assert_contains(f->err, "2 ids begin or end with");
    assert_contains(f->err, first);
    assert_null(strstr(f->err, event_text));
    free(beginning);
    free(first);
    free(second);
    free(event_text);
}

static void no_command_prints_a_secret_that_it_meets(void **state)
{
    struct fixture *f = *state;
    const char *const set[] = { "secret", "set", "inbox_secret", NULL };
    assert_int_equal(fix_run_with(f, "correct-horse-battery", set), CLI_OK);
    struct store *s = fix_open_store(f);
    struct id run;
    struct id event =
        fix_event(s, "k1", "{\"a\":\"x correct-horse-battery y\",\"b\":\"given-private-token\"}",
                  RUN_RUNNING, &run);
    fix_kill(s, run, "refused: correct-horse-battery");
    store_close(s);
    char *event_text = id_text(event), *run_text = id_text(run);
    const char *const shows[][4] = {
        { "show", event_text, "--json", NULL },
        { "show", event_text, NULL },
        { "show", run_text, "--json", NULL },
        { "show", run_text, NULL },
        { "runs", "--json", NULL },
        { "runs", NULL },
        { "dead", NULL },
        { "events", "--json", NULL },
    };
    for (size_t i = 0; i < sizeof shows / sizeof(*shows); i++) {
        assert_int_equal(fix_run_with(f, "", shows[i]), CLI_OK);
        assert_null(strstr(f->out, "correct-horse"));
        assert_null(strstr(f->out, "given-private"));
    }
    free(event_text);
    free(run_text);
}

/* --- retry and replay --- */

static void assert_run_state(struct fixture *f, const char *id, const char *expected)
{
    assert_int_equal(fix_run(f, "show", id, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "state", expected);
    json_decref(v);
}

static void retry_puts_a_dead_run_back_and_names_what_it_cannot(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id dead, queued;
    struct id event = fix_event(s, "k1", "{}", RUN_RUNNING, &dead);
    fix_kill(s, dead, "no title");
    (void)fix_event(s, "k2", "{}", RUN_RUNNING, &queued);
    store_close(s);
    char *dead_text = id_text(dead), *queued_text = id_text(queued), *event_text = id_text(event);
    assert_int_equal(fix_run(f, "retry", queued_text, dead_text), CLI_NO);
    assert_contains(f->out, "goes on from the failed step");
    assert_contains(f->err, queued_text);
    assert_run_state(f, dead_text, "queued");
    assert_int_equal(fix_run(f, "retry", event_text), CLI_NO);
    assert_contains(f->err, "ladle replay");
    assert_int_equal(fix_run(f, "retry"), CLI_USAGE);
    assert_int_equal(fix_run(f, "retry", "--all", dead_text), CLI_USAGE);
    free(dead_text);
    free(queued_text);
    free(event_text);
}

static void retry_all_takes_every_dead_run_of_a_recipe(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id a, b;
    (void)fix_event(s, "k1", "{}", RUN_RUNNING, &a);
    (void)fix_event(s, "k2", "{}", RUN_RUNNING, &b);
    fix_kill(s, a, "no title");
    fix_kill(s, b, "no title");
    store_close(s);
    assert_int_equal(fix_run(f, "retry", "--all", "--recipe", "other", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_int_equal(json_get_int(v, "runs", -1), 0);
    json_decref(v);
    assert_int_equal(fix_run(f, "retry", "--all", "--recipe", "contact-sync", "--json"), CLI_OK);
    v = fix_line(f, 0);
    assert_int_equal(json_get_int(v, "runs", -1), 2);
    json_decref(v);
    assert_int_equal(fix_run(f, "dead", "--json"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 0);
}

static void replay_marks_the_event_for_the_engine(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run, other_run;
    struct id events[] = { fix_event(s, "k1", "{}", RUN_DONE, &run),
                           fix_event(s, "k2", "{}", RUN_DONE, &other_run) };
    store_close(s);
    char *event_text = id_text(events[0]), *run_text = id_text(other_run);
    assert_int_equal(fix_run(f, "replay", event_text, run_text), CLI_OK); /* a run: its event */
    for (size_t i = 0; i < 2; i++) {
        char *text = id_text(events[i]);
        assert_int_equal(fix_run(f, "show", text, "--json"), CLI_OK);
        json_t *v = fix_line(f, 0);
        assert_int_equal(json_get_int(v, "replays", 0), 1);
        assert_false(json_get_bool(v, "is_routed", true));
        json_decref(v);
        free(text);
    }
    assert_int_equal(fix_run(f, "replay", "0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f"), CLI_NO);
    free(event_text);
    free(run_text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_command_is_listed_and_explained),
        TEST(a_mistyped_command_exits_2_with_a_suggestion),
        TEST(an_error_is_a_document_with_json),
        TEST(a_number_out_of_bounds_is_wrong_usage),
        TEST(a_broken_project_file_stops_every_command_with_2),
        TEST(check_says_yes_to_a_good_project),
        TEST(check_tells_every_error_with_its_place),
        TEST(check_of_one_file_leaves_the_others_alone),
        TEST(check_tells_a_secret_that_is_missing_or_too_short_where_it_is_named),
        TEST(check_tells_errors_of_the_project_file_and_of_recipes_at_once),
        TEST(check_exits_2_where_the_project_file_is_wrong),
        TEST(check_of_any_bytes_gives_an_answer),
        TEST(a_secret_is_kept_sealed_and_only_its_name_is_shown),
        TEST(a_secret_is_read_back_without_its_line_end),
        TEST(a_secret_that_is_empty_too_long_or_misnamed_is_refused),
        TEST(ops_tells_what_an_action_takes),
        TEST(ops_lists_one_kind_of_one_connector),
        TEST(ops_in_a_project_are_those_of_its_connections_as_recipes_name_them),
        TEST(programs_get_the_connectors_name_and_the_one_in_recipes),
        TEST(ops_outside_a_project_are_all_under_their_connectors_names),
        TEST(ops_of_an_unknown_name_suggests_one),
        TEST(connections_shows_all_of_the_project_file),
        TEST(an_activity_is_saved_with_the_event_that_starts_recipes),
        TEST(an_activity_of_ones_own_id_is_written_once),
        TEST(records_are_listed_by_kind_and_contact),
        TEST(what_cannot_be_a_record_is_wrong_usage),
        TEST(an_event_is_listed_with_its_runs_and_a_duplicate_with_its_first),
        TEST(runs_are_filtered_by_state_recipe_and_time),
        TEST(skipped_runs_are_left_out_and_counted_unless_asked_for),
        TEST(programs_get_skipped_runs_with_their_reason),
        TEST(a_limit_takes_the_newest_over_many_pages),
        TEST(dead_runs_of_one_cause_are_one_line),
        TEST(show_tells_each_step_with_its_calls),
        TEST(the_end_of_an_id_is_enough),
        TEST(a_beginning_of_an_id_is_enough_too),
        TEST(an_ambiguous_id_lists_what_may_be_meant),
        TEST(no_command_prints_a_secret_that_it_meets),
        TEST(retry_puts_a_dead_run_back_and_names_what_it_cannot),
        TEST(retry_all_takes_every_dead_run_of_a_recipe),
        TEST(replay_marks_the_event_for_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
