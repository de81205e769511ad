/* A recipe's state runs out of memory at every allocation that a run makes, one after another: the
 * walker, the bindings that act, the branches side by side, the script. Each time the run ends with
 * an error of kind `memory` or gets over it, nothing is lost or used after its end (the sanitizers
 * say so), and the next run in the same state is as good as new. */
#include "../service/fixture.h"

#include "base/log.h"
#include "run/runner.h"
#include "store/event.h"

enum { ALLOCATIONS_MAX = 20000, TURNS_MAX = 100000 };

static const char SHOP[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{'order':{'method':'POST','path':'/orders','idempotent':false},"
    "'look':{'method':'GET','path':'/look'}}}";

#define LOOK(step, more)                                                                           \
    "{'step':'" step "','use':{'connection':'shop','operation':'look'},'retry':" ONCE more "}"
#define ONCE "{'tries':1,'first_us':1000000,'longest_us':1000000,'factor':1,'jitter':'none'}"

/* Every kind of step that acts; steps that wait are walked by the attempt after this one. */
static const char STEPS[] =
    "[{'step':'order','use':{'connection':'shop','operation':'order'},'retry':" ONCE ","
    "  'with':{'t':'map','v':{'name':{'t':'text','parts':['for ',['event','id']]},"
    "    'list':{'t':'expr','s':'{ event.id, len(event.tags) }','line':2}}}},"
    " {'step':'both','parallel':[" LOOK("left", "") ","
    "   {'step':'right','do':[" LOOK("inner", ",'if':{'t':'expr','s':'event.id ~= nil','line':3}") "]}]},"
    " {'step':'many','each':{'t':'expr','s':'event.tags','line':4},'as':'tag','at_once':2,'do':["
    LOOK("one", ",'with':{'t':'map','v':{'tag':{'t':'expr','s':'tag','line':5}}}") "]},"
    " {'step':'script','use':{'script':'s'},'retry':" ONCE ","
    "  'with':{'t':'map','v':{'id':{'t':'expr','s':'event.id','line':6}}}},"
    " {'step':'pause','wait':{'t':'lit','v':'2001-01-01'}},"
    " {'step':'end','stop':{'t':'text','parts':['for ',['steps','script','id']]}}]";

static const char SCRIPT[] =
    "return { name = 's', input = { id = { 'string' }, n = { 'integer', default = 2 } },"
    " output = { id = { 'string' } }, run = function(ctx, input)"
    " local got = ctx.shop:look { id = input.id } ctx.log('got ' .. tostring(got.id))"
    " return { id = input.id .. input.n } end }";

struct world {
    struct fixture *f;
    struct strands *strands;
    struct runner *runner;
};

static bool run_strands(void *ud)
{
    return strands_run(ud);
}

static void add_recipe(struct world *w)
{
    struct err e = ERR_INIT;
    json_t *steps = fix_json(STEPS);
    json_t *bundle = json_pack(
        "{s:{s:s, s:{s:s}, s:o, s:[{s:s, s:{s:s, s:s}}]}, s:{}, s:s, s:{s:s}}", "plan", "recipe",
        "r", "needs", "shop", "shop", "do", steps, "on_error", "step", "tell", "stop", "t", "lit",
        "v", "failed", "inputs", "timezone", "UTC", "scripts", "s", SCRIPT);
    size_t len;
    char *text = json_text(bundle, &len);
    if (runner_add_recipe(w->runner, "r", "hash-1", text, len, &e) == -1) {
        fail_msg("%s", e.message);
    }
    free(text);
    json_decref(bundle);
}

static void open_world(struct world *w, struct fixture *f)
{
    struct err e = ERR_INIT;
    log_set_level(LOG_OFF);
    w->f = f;
    w->strands = strands_new();
    loop_add_tick(f->loop, run_strands, w->strands);
    w->runner = runner_new(&(struct runner_opts){
        .loop = f->loop, .strands = w->strands, .store = f->store, .service = f->service });
    fix_add(f, "shop", fix_connector(f, "shop", fix_json(SHOP)),
            "{'connector':'shop','auth':'none'}");
    add_recipe(w);
    assert_int_not_equal(runner_recover(w->runner, &e), -1);
    fix_start(f);
    runner_start(w->runner);
}

static void nothing_more(void *ud)
{
}

static void close_world(struct world *w)
{
    runner_stop(w->runner, 0, nothing_more, NULL);
    fix_pass(w->f, SECOND);
    fix_settle(w->f);
    assert_int_equal(runner_active(w->runner), 0);
    runner_free(w->runner);
    loop_remove_tick(w->f->loop, run_strands, w->strands);
    strands_free(w->strands);
}

/* Submits the op and waits until it is committed. */
static void commit(struct world *w, struct store_op *op)
{
    bool is_done = false;
    op->done = fix_barrier_done;
    op->ud = &is_done;
    store_submit(w->f->store, op);
    while (!is_done) {
        loop_turn(w->f->loop, true);
    }
}

static struct id store_run(struct world *w, json_t *event)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("shop");
    put->event.type = xstrdup("happened");
    put->event.received_us = fix_wall_us;
    put->event.payload = json_text(event, &put->event.payload_len);
    put->event.is_routed = true;
    put->runs = xcalloc(1, sizeof *put->runs);
    put->run_count = 1;
    put->runs[0] = (struct run_seed){
        .id = id_new(), .recipe = xstrdup("r"), .version = xstrdup("hash-1"), .state = RUN_RUNNING
    };
    struct id id = put->runs[0].id;
    commit(w, &put->op);
    event_put_free(put);
    return id;
}

static void answer_all(struct world *w)
{
    for (size_t i = 0; i < w->f->http.count; i++) {
        if (w->f->http.sent[i].done != NULL) {
            fix_answer(w->f, i, 200, NULL, "{'id':'t1','list':[1,2.5,null]}");
        }
    }
}

/* Until the attempt is over; every request is answered. */
static void run_to_its_end(struct world *w)
{
    for (int i = 0; runner_active(w->runner) > 0; i++) {
        assert_true(i < TURNS_MAX);
        answer_all(w);
        if (runner_active(w->runner) > 0) {
            loop_turn(w->f->loop, store_queue_len(w->f->store) > 0);
        }
    }
    fake_fini(&w->f->http);
    w->f->http.count = 0;
}

static enum run_state end_of(struct world *w, struct id id, struct err *e)
{
    struct run_list *list = run_list_new();
    list->only = id;
    list->limit = 1;
    commit(w, &list->op);
    assert_int_equal(list->count, 1);
    enum run_state state = list->rows[0].state;
    *e = list->rows[0].err;
    run_list_free(list);
    return state;
}

/* One run whose state fails every allocation after the first `count`; -1: none. */
static enum run_state run_with(struct world *w, int64_t count, struct err *e)
{
    json_t *event = fix_json("{'id':'c1','tags':['a','b','c']}");
    struct vm *vm = program_vm(runner_program(w->runner, "r"));
    struct id id = store_run(w, event);
    vm_fail_alloc_after(vm, count);
    runner_begin(w->runner, id, runner_program(w->runner, "r"), event, json_object(), fix_wall_us);
    run_to_its_end(w);
    vm_fail_alloc_after(vm, -1);
    return end_of(w, id, e);
}

static void a_run_survives_the_lack_of_memory_at_every_allocation(void **state)
{
    struct world w;
    struct err e = ERR_INIT;
    open_world(&w, *state);
    assert_int_equal(run_with(&w, -1, &e), RUN_DONE);
    int64_t count = 0;
    while (run_with(&w, count, &e) != RUN_DONE && count < ALLOCATIONS_MAX) {
        if (e.kind != ERR_MEMORY) {
            fail_msg("after %d allocations: %s: %s", (int)count, err_kind_name(e.kind), e.message);
        }
        count++;
    }
    assert_in_range(count, 100, ALLOCATIONS_MAX - 1);
    assert_int_equal(run_with(&w, -1, &e), RUN_DONE);
    print_message("# %d allocations\n", (int)count);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_survives_the_lack_of_memory_at_every_allocation,
                                        fix_setup, fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
