/* A recipe's state runs out of memory at every allocation that a run makes, one after another: the
 * walker, the bindings that act, the branches side by side, the script. Each time the run ends with
 * an error of kind `memory` or gets over it, nothing is lost or used after its end (the sanitizers
 * say so), and the next run in the same state is as good as new. */
#include "fixture.h"

#include "base/log.h"

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

static void open_world(struct world *w, struct fixture *f)
{
    log_set_level(LOG_OFF);
    world_open(w, f);
    world_connect(w, "shop", SHOP);
    json_t *steps = fix_json(STEPS);
    world_add(w, "r", "hash-1",
              json_pack("{s:{s:s, s:{s:s}, s:o, s:[{s:s, s:{s:s, s:s}}]}, s:{}, s:s, s:{s:s}}",
                        "plan", "recipe", "r", "needs", "shop", "shop", "do", steps, "on_error",
                        "step", "tell", "stop", "t", "lit", "v", "failed", "inputs", "timezone",
                        "UTC", "scripts", "s", SCRIPT));
    world_start(w);
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
    struct run_list *list = world_read_run(w, id);
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
    struct id id = world_store_run(w, event);
    vm_fail_alloc_after(vm, count);
    world_begin_run(w, id, event);
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
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_survives_the_lack_of_memory_at_every_allocation,
                                        fix_setup, fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
