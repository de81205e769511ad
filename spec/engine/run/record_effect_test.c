/* Changes of the workspace as effects of a run: what is told of them, also where the run is gone
 * before the commit is. */
#include "run/effect.h"

#include "fixture.h"

#include "store/record.h"

static const char WORKSPACE[] =
    "{'name':'records','base_url':'https://records.example','auth':{'kinds':['none']},"
    "'operations':{'append':{'method':'POST','path':'/activities',"
    "'input':{'activity_id':['string'],'contact_id':['string'],'body':['string'],"
    "'source':['string'],'origin':['string']},"
    "'store':{'action':'upsert','kind':'activity','id':'activity_id','contact':'contact_id'}}}}";

/* An effect as a strand has one, with nobody that waits for it. */
struct stand {
    struct world w;
    struct run run;
    struct branch branch;
    struct effect *fx;
};

static void set_up(struct stand *s, struct fixture *f)
{
    *s = (struct stand){ .branch = { .run = &s->run } };
    world_open(&s->w, f);
    world_connect(&s->w, "records", WORKSPACE);
    world_start(&s->w);
    s->run.runner = s->w.runner;
    s->run.meta = meta_new(&(struct meta_source){ .connection = NULL });
    list_init(&s->run.dirty_link);
}

/* Begins to write the activity `id`. */
static void begin(struct stand *s, const char *id, const char *origin)
{
    struct effect *fx = effect_new(&s->branch, "append", NULL);
    fx->connection = service_find(s->w.f->service, "records");
    fx->operation = connector_operation(connection_connector(fx->connection), "append");
    fx->input = json_pack("{s:s, s:s, s:s, s:s, s:s}", "activity_id", id, "contact_id", "c1",
                          "body", "hello", "source", "workspace", "origin", origin);
    assert_true(record_effect_is_local(fx));
    effect_begin(fx);
    s->fx = fx;
}

static void tear_down(struct stand *s)
{
    meta_unref(s->run.meta);
    world_close(&s->w);
}

static int64_t activities(struct stand *s)
{
    struct record_list *list = record_list_new();
    list->kind = RECORD_ACTIVITY;
    list->limit = 10;
    world_commit(&s->w, &list->op);
    int64_t count = (int64_t)list->count;
    record_list_free(list);
    return count;
}

static void the_event_of_an_activity_is_told_of_where_its_run_was_cancelled(void **state)
{
    struct stand s;
    set_up(&s, *state);
    begin(&s, "a1", "workspace");
    effect_close(s.fx);
    fix_settle(s.w.f);
    assert_int_equal(activities(&s), 1);
    assert_int_equal(s.w.told, 1);
    tear_down(&s);
}

static void an_activity_that_is_there_or_is_mirrored_tells_of_none(void **state)
{
    struct stand s;
    static const char *const origins[] = { "workspace", "workspace", "crm" };
    static const char *const ids[] = { "a1", "a1", "a2" };
    set_up(&s, *state);
    for (int i = 0; i < 3; i++) {
        begin(&s, ids[i], origins[i]);
        effect_close(s.fx);
        fix_settle(s.w.f);
        assert_int_equal(s.w.told, 1);
    }
    assert_int_equal(activities(&s), 2);
    tear_down(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_event_of_an_activity_is_told_of_where_its_run_was_cancelled),
        TEST(an_activity_that_is_there_or_is_mirrored_tells_of_none),
    };
    return cmocka_run_group_tests_name("run/record_effect", tests, NULL, NULL);
}
