/* Migration: a store of version 1, as the first release made it, becomes one of today: nothing is
 * lost, a copy is kept, and an interruption at any moment changes nothing. */
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fault.h"
#include "fixture.h"

enum { CRASHED = 70 };

/* What the first release wrote; never to be changed. */
static const char tables_of_version_1[] =
    "create table event ("
    "    number integer primary key,"
    "    id blob not null unique,"
    "    connection text not null,"
    "    type text not null,"
    "    dedupe_key text,"
    "    received_us integer not null,"
    "    is_routed integer not null,"
    "    replay integer not null,"
    "    duplicate_of blob,"
    "    headers text,"
    "    payload text"
    ");"
    "create unique index event_dedupe on event (connection, dedupe_key)"
    "    where dedupe_key is not null and duplicate_of is null;"
    "create index event_unrouted on event (id)"
    "    where is_routed = 0;"

    "create table run ("
    "    id blob primary key,"
    "    recipe text not null,"
    "    version text,"
    "    event_id blob not null,"
    "    replay integer not null,"
    "    order_key text,"
    "    state integer not null,"
    "    attempts integer not null,"
    "    step text,"
    "    due_us integer not null,"
    "    created_us integer not null,"
    "    updated_us integer not null,"
    "    error_kind text,"
    "    error_message text,"
    "    error_status integer,"
    "    error_retry_us integer,"
    "    error_detail text"
    ") without rowid;"
    "create unique index run_event on run (event_id, recipe, replay);"
    "create unique index run_active on run (recipe, order_key)"
    "    where order_key is not null and state < 4 and due_us < 9223372036854775807;"
    "create index run_blocked on run (recipe, order_key)"
    "    where order_key is not null and state < 4 and due_us = 9223372036854775807;"
    "create index run_due on run (due_us)"
    "    where state < 3;"
    "create index run_stuck on run (state)"
    "    where state in (3, 5);"

    "create table journal ("
    "    run_id blob not null,"
    "    path text not null,"
    "    number integer not null,"
    "    state integer not null,"
    "    attempts integer not null,"
    "    started_us integer not null,"
    "    ended_us integer not null,"
    "    input text,"
    "    output text,"
    "    error text,"
    "    primary key (run_id, path)"
    ") without rowid;"

    "create table version ("
    "    hash text primary key,"
    "    recipe text not null,"
    "    created_us integer not null,"
    "    bundle blob not null"
    ");"

    "create table secret ("
    "    name text primary key,"
    "    updated_us integer not null,"
    "    sealed blob not null"
    ") without rowid;"

    "create table connection ("
    "    name text primary key,"
    "    state text not null,"
    "    reason text,"
    "    scopes text,"
    "    account text,"
    "    since_us integer not null,"
    "    expires_us integer not null"
    ") without rowid;"

    "create table record ("
    "    id blob primary key,"
    "    kind integer not null,"
    "    source text not null,"
    "    source_id text not null,"
    "    contact_id text,"
    "    origin text not null,"
    "    version integer not null,"
    "    created_us integer not null,"
    "    updated_us integer not null,"
    "    deleted_us integer not null,"
    "    fields text not null"
    ") without rowid;"
    "create unique index record_source on record (source_id, kind, source);"
    "create index record_contact on record (contact_id)"
    "    where contact_id is not null;"
    "create index record_updated on record (updated_us);"

    "create table record_version ("
    "    record_id blob not null,"
    "    version integer not null,"
    "    contact_id text,"
    "    origin text not null,"
    "    updated_us integer not null,"
    "    deleted_us integer not null,"
    "    fields text not null,"
    "    primary key (record_id, version)"
    ") without rowid;"

    "create table counter ("
    "    id integer primary key,"
    "    n integer not null"
    ");"
    "insert into counter (id, n)"
    " values (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, "
    "0);";

static const char rows_of_version_1[] =
    "insert into event (id, connection, type, dedupe_key, received_us, is_routed, replay, headers,"
    "    payload)"
    " values (x'01900000000070008000000000000001', 'crm', 'contact_created', 'e1', "
    "1764000000000000,"
    "    1, 0, '{}', '{\"id\":\"c1\"}'),"
    "    (x'01900000000070008000000000000002', 'crm', 'contact_created', 'e2', 1764000000000001, 0,"
    "    0, null, '{}');"
    "insert into run (id, recipe, version, event_id, replay, order_key, state, attempts, step,"
    "    due_us, created_us, updated_us)"
    " values (x'01900000000070008000000000000011', 'greet', 'h1',"
    "    x'01900000000070008000000000000001', 0, 'k', 2, 1, 'push', 1764000000000500,"
    "    1764000000000000, 1764000000000000),"
    "    (x'01900000000070008000000000000012', 'greet', 'h1', x'01900000000070008000000000000002',"
    "    0, 'k', 0, 0, null, 9223372036854775807, 1764000000000000, 1764000000000000);"
    "insert into journal (run_id, path, number, state, attempts, started_us, ended_us, input,"
    "    output)"
    " values (x'01900000000070008000000000000011', 'first', 1, 1, 1, 1764000000000000,"
    "    1764000000000001, '{}', '{\"a\":1}'),"
    "    (x'01900000000070008000000000000011', 'push', 2, 3, 2, 1764000000000002, 0, '{}', null);"
    "insert into version (hash, recipe, created_us, bundle) values ('h1', 'greet', 1, x'7b7d');"
    "insert into secret (name, updated_us, sealed) values ('token', 1, x'00ff');"
    "insert into connection (name, state, reason, scopes, account, since_us, expires_us)"
    " values ('crm', 'broken', 'spent', 'contacts.write', 'loc1', 5, 77);"
    "insert into record (id, kind, source, source_id, contact_id, origin, version, created_us,"
    "    updated_us, deleted_us, fields)"
    " values (x'01900000000070008000000000000021', 0, 'crm', 'c1', null, 'workspace', 2, 3, 4, 0,"
    "    '{\"name\":\"Jane\"}');"
    "insert into record_version (record_id, version, contact_id, origin, updated_us, deleted_us,"
    "    fields)"
    " values (x'01900000000070008000000000000021', 1, null, 'workspace', 3, 0, '{}');"
    "update counter set n = 2 where id = 8;"
    "update counter set n = 1 where id in (0, 2, 10);"
    "pragma application_id = 1281451116;"
    "pragma user_version = 1";

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    struct err e = ERR_INIT;
    fix_freeze_clock();
    fix_make_folder(f);
    struct db *db = db_open(f->path, false, &e);
    assert_non_null(db);
    assert_int_equal(db_set_durable(db, &e), 0);
    assert_int_equal(db_run_script(db, tables_of_version_1, &e), 0);
    assert_int_equal(db_run_script(db, rows_of_version_1, &e), 0);
    db_close(db);
    *state = f;
    return 0;
}

/* The fixture of the copy that is kept; its store is not open. */
static struct fixture copy_of(const struct fixture *f)
{
    struct fixture copy = *f;
    snprintf(copy.path, sizeof copy.path, "%.280s.v1", f->path);
    snprintf(copy.url, sizeof copy.url, "sqlite:%s", copy.path);
    copy.store = NULL;
    return copy;
}

static void check_version_1(const struct fixture *f)
{
    assert_int_equal(fix_number(f, "pragma user_version"), 1);
    assert_int_equal(fix_number(f, "select count(*) from event"), 2);
    assert_int_equal(fix_number(f, "select count(*) from run"), 2);
    assert_int_equal(fix_number(f, "select count(*) from journal"), 2);
    assert_int_equal(fix_number(f, "select count(*) from sqlite_master where name = 'wait'"), 0);
    assert_int_equal(fix_number(f,
                                "select count(*) from pragma_integrity_check where"
                                " integrity_check <> 'ok'"),
                     0);
}

static struct err refuse(const struct fixture *f)
{
    struct err e = ERR_INIT;
    assert_null(store_open(&(struct store_opts){ .url = f->url, .is_exclusive = true }, &e));
    return e;
}

static bool exists(const struct fixture *f, const char *suffix)
{
    char *path = xasprintf("%s%s", f->path, suffix);
    bool result = access(path, F_OK) == 0;
    free(path);
    return result;
}

static void runs_of_version_1_go_on(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    struct run_claim *claim = run_claim_new(10, fix_now_us + 1000);
    fix_exec(f, &claim->op);
    assert_int_equal(claim->count, 1);
    const struct run_load *load = &claim->runs[0];
    assert_string_equal(load->run.version, "h1");
    assert_string_equal(load->payload, "{\"id\":\"c1\"}");
    assert_int_equal(load->row_count, 2);
    assert_int_equal(load->rows[0].state, JOURNAL_DONE);
    assert_string_equal(load->rows[0].output, "{\"a\":1}");
    assert_int_equal(load->rows[1].state, JOURNAL_WAITING);
    assert_int_equal(load->rows[1].attempts, 2);
    assert_int_equal(load->rows[1].due_us, 0);
    struct id released = fix_move(f, load->run.id, RUN_DONE);
    assert_int_equal(released.bytes[15], 0x12);
    run_claim_free(claim);
    struct run_counts c = fix_counts(f);
    assert_int_equal(c.events, 2);
    assert_int_equal(c.unrouted, 1);
    assert_int_equal(c.by_state[RUN_DONE], 1);
    struct event_put *again = fix_event("e1");
    fix_exec(f, &again->op);
    assert_true(again->is_duplicate);
    event_put_free(again);
}

/* The text that a query gives, on a connection of its own; sql is a static text. Yours. */
static char *text_of(const struct fixture *f, const char *sql)
{
    struct err e = ERR_INIT;
    struct db *db = db_open(f->path, true, &e);
    assert_non_null(db);
    struct query *q = db_query(db, sql);
    assert_int_equal(query_next(q, &e), 1);
    char *text = query_text(q, 0);
    assert_non_null(text);
    query_end(q);
    db_close(db);
    return text;
}

static void assert_same_text(const struct fixture *a, const struct fixture *b, const char *sql)
{
    char *one = text_of(a, sql);
    char *other = text_of(b, sql);
    assert_string_equal(one, other);
    free(one);
    free(other);
}

static void a_migrated_store_has_the_tables_of_a_new_one(void **state)
{
    static const char everything[] =
        "select group_concat(type || ' ' || name || ': ' || sql, char(10))"
        " from (select type, name, sql from sqlite_master where sql is not null order by type,"
        "    name)";
    static const char counters[] =
        "select group_concat(id, ' ') from (select id from counter order by id)";
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    struct fixture fresh = *f;
    snprintf(fresh.path, sizeof fresh.path, "%s/fresh.db", f->folder);
    snprintf(fresh.url, sizeof fresh.url, "sqlite:%s", fresh.path);
    store_close(fix_open_store(&fresh, false, false));
    assert_same_text(f, &fresh, everything);
    assert_same_text(f, &fresh, counters);
    assert_int_equal(fix_number(f, "pragma user_version"),
                     fix_number(&fresh, "pragma user_version"));
    assert_false(exists(&fresh, ".v0"));
    assert_false(exists(&fresh, ".v1"));
}

/* All that version 1 knew of its rows, table by table. */
static const char *const contents[] = {
    "select group_concat(quote(number) || quote(id) || quote(connection) || quote(type) ||"
    "    quote(dedupe_key) || quote(received_us) || quote(is_routed) || quote(replay) ||"
    "    quote(duplicate_of) || quote(headers) || quote(payload), char(10))"
    " from (select * from event order by number)",
    "select group_concat(quote(id) || quote(recipe) || quote(version) || quote(event_id) ||"
    "    quote(replay) || quote(order_key) || quote(state) || quote(attempts) || quote(step) ||"
    "    quote(due_us) || quote(created_us) || quote(updated_us) || quote(error_kind) ||"
    "    quote(error_message) || quote(error_status) || quote(error_retry_us) ||"
    "    quote(error_detail), char(10))"
    " from (select * from run order by id)",
    "select group_concat(quote(run_id) || quote(path) || quote(number) || quote(state) ||"
    "    quote(attempts) || quote(started_us) || quote(ended_us) || quote(input) ||"
    "    quote(output) || quote(error), char(10))"
    " from (select * from journal order by run_id, path)",
    "select group_concat(quote(hash) || quote(recipe) || quote(created_us) || quote(bundle),"
    "    char(10)) from (select * from version order by hash)",
    "select group_concat(quote(name) || quote(updated_us) || quote(sealed), char(10))"
    " from (select * from secret order by name)",
    "select group_concat(quote(name) || quote(state) || quote(reason) || quote(scopes) ||"
    "    quote(account) || quote(since_us) || quote(expires_us), char(10))"
    " from (select * from connection order by name)",
    "select group_concat(quote(id) || quote(kind) || quote(source) || quote(source_id) ||"
    "    quote(contact_id) || quote(origin) || quote(version) || quote(created_us) ||"
    "    quote(updated_us) || quote(deleted_us) || quote(fields), char(10))"
    " from (select * from record order by id)",
    "select group_concat(quote(record_id) || quote(version) || quote(contact_id) ||"
    "    quote(origin) || quote(updated_us) || quote(deleted_us) || quote(fields), char(10))"
    " from (select * from record_version order by record_id, version)",
    "select group_concat(id || ' ' || n, char(10))"
    " from (select * from counter where id < 11 order by id)",
};
enum { CONTENTS = sizeof contents / sizeof contents[0] };

static void every_row_is_as_it_was_in_the_store_and_in_the_copy(void **state)
{
    struct fixture *f = *state;
    char *before[CONTENTS];
    for (int i = 0; i < CONTENTS; i++) {
        before[i] = text_of(f, contents[i]);
    }
    f->store = fix_open_store(f, false, true);
    struct fixture copy = copy_of(f);
    for (int i = 0; i < CONTENTS; i++) {
        char *after = text_of(f, contents[i]);
        char *kept = text_of(&copy, contents[i]);
        assert_string_equal(after, before[i]);
        assert_string_equal(kept, before[i]);
        free(after);
        free(kept);
        free(before[i]);
    }
}

static void what_version_1_did_not_know_is_as_its_rows_meant_it(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    assert_int_equal(fix_number(f,
                                "select count(*) from run where mode = 0 and is_woken = 0"
                                " and settle_until_us = 0 and parked_for is null"
                                " and is_backfill = 0"),
                     2);
    assert_int_equal(fix_number(f,
                                "select count(*) from journal where due_us = 0"
                                " and fails_run = 0"),
                     2);
    assert_int_equal(fix_number(f, "select count(*) from event where note is null"), 2);
    assert_int_equal(fix_number(f, "select count(*) from connection where health is null"), 1);
}

static void a_copy_of_what_was_there_is_kept(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    struct fixture copy = copy_of(f);
    check_version_1(&copy);
    struct stat st;
    assert_int_equal(stat(copy.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(exists(f, ".v1.part"));
    store_close(f->store);
    f->store = fix_open_store(f, false, true);
    check_version_1(&copy); /* opened again, nothing is copied over it */
}

static void a_store_to_read_only_is_not_migrated(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    assert_null(store_open(&(struct store_opts){ .url = f->url, .is_read_only = true }, &e));
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "ladle run"));
    check_version_1(f);
}

static void without_room_for_the_copy_nothing_is_changed(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    assert_int_equal(fault_arm("store.backup_full=fail", &e), 0);
    e = refuse(f);
    fault_disarm();
    assert_int_equal(e.kind, ERR_STORE_FULL);
    assert_non_null(strstr(e.message, "not brought up to date"));
    check_version_1(f);
    assert_false(exists(f, ".v1"));
    assert_false(exists(f, ".v1.part"));
    f->store = fix_open_store(f, false, true);
}

/* An engine that dies at that passage of the fault point while it opens the store. */
static void die_at(const struct fixture *f, const char *fault)
{
    pid_t child = fork();
    if (child == 0) {
        struct err e = ERR_INIT;
        if (fault_arm(fault, &e) == 0) {
            (void)store_open(&(struct store_opts){ .url = f->url, .is_exclusive = true }, &e);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CRASHED);
}

static void what_was_interrupted_is_taken_up_again(void **state)
{
    struct fixture *f = *state;
    static const char *const faults[] = { "store.backup=crash", "store.migrate=crash@1",
                                          "store.migrate=crash@2", "store.migrate=crash@3" };
    for (int i = 0; i < 4; i++) {
        die_at(f, faults[i]);
        check_version_1(f);
        assert_int_equal(exists(f, ".v1"), i > 0);
    }
    f->store = fix_open_store(f, false, true);
    struct fixture copy = copy_of(f);
    check_version_1(&copy);
    assert_false(exists(f, ".v1.part"));
    assert_int_equal(fix_number(f, "select count(*) from journal where due_us = 0"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_of_version_1_go_on),
        TEST(a_migrated_store_has_the_tables_of_a_new_one),
        TEST(every_row_is_as_it_was_in_the_store_and_in_the_copy),
        TEST(what_version_1_did_not_know_is_as_its_rows_meant_it),
        TEST(a_copy_of_what_was_there_is_kept),
        TEST(a_store_to_read_only_is_not_migrated),
        TEST(without_room_for_the_copy_nothing_is_changed),
        TEST(what_was_interrupted_is_taken_up_again),
    };
    return cmocka_run_group_tests_name("store/migrate", tests, NULL, NULL);
}
