/* One refresh in flight over two processes on one store, each with 25 callers. */
#include "../service/fixture.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../service/lua_table.h"
#include "base/log.h"
#include "token/token_state.h"

#define CONFIG                                                                                     \
    "{'auth':'oauth','client_id':'app-1','client_secret':'client-secret-1','location':'L1',"       \
    "'base_url':'https://api.test'}"

enum { CALLERS = 25, PATIENCE_S = 60 };

/* What both processes see. */
struct shared {
    atomic_int ready;         /* processes that have opened the store */
    atomic_int asked;         /* requests for a new token */
    atomic_int is_waiting[2]; /* for the other one's token */
};

/* Real time, two days later than the token was stored. */
static int64_t later(void *ud)
{
    struct timespec now;
    (void)clock_gettime(*(clockid_t *)ud, &now);
    return INT64_C(2) * 86400 * SECOND + now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static int64_t later_wall(void *ud)
{
    static clockid_t real = CLOCK_REALTIME;
    return later(&real);
}

static int64_t later_mono(void *ud)
{
    static clockid_t mono = CLOCK_MONOTONIC;
    return later(&mono);
}

static struct connection *crm(struct fixture *f)
{
    return fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), CONFIG);
}

static void ignore(void *ud, const struct err *e)
{
    (void)ud;
    (void)e;
}

/* Stores the pair access-1, refresh-1, good for a day. */
static void store_pair(struct fixture *f)
{
    struct connection *c = crm(f);
    struct secret *code = secret_new("code-1", 6);
    fix_start(f);
    token_exchange_code(c, &(struct token_code){ .code = code }, ignore, NULL);
    secret_free(code);
    fix_settle(f);
    fix_answer(f, 0, 200, NULL,
               "{'access_token':'access-1','refresh_token':'refresh-1','expires_in':86399}");
    fix_settle(f);
}

struct waiter {
    struct token_wait wait;
    bool is_done;
    struct err err;
};

static void on_ready(struct token_wait *w, const struct err *e)
{
    struct waiter *one = list_entry(w, struct waiter, wait);
    one->is_done = true;
    one->err = e != NULL ? *e : ERR_INIT;
}

static bool all_done(const struct waiter *waiters)
{
    for (int i = 0; i < CALLERS; i++) {
        if (!waiters[i].is_done) {
            return false;
        }
    }
    return true;
}

/* The token endpoint: it answers once the other process has had its chance to ask as well. */
static void serve(struct fixture *f, struct shared *s, int other)
{
    static bool is_counted;
    if (f->http.count == 0) {
        return;
    }
    if (!is_counted) {
        is_counted = true;
        s->asked++;
    }
    if (f->http.sent[0].done != NULL && (s->is_waiting[other] || s->asked > 1)) {
        fix_answer(f, 0, 200, NULL,
                   "{'access_token':'access-2','refresh_token':'refresh-2','expires_in':86399}");
    }
}

static int run(struct fixture *f, struct shared *s, int me)
{
    struct waiter waiters[CALLERS];
    struct err e = ERR_INIT;
    struct connection *c = crm(f);
    int64_t deadline = clock_mono_us() + PATIENCE_S * SECOND;
    if (service_load(f->service, &e) == -1 ||
        store_start(f->store, f->loop, NULL, NULL, &e) == -1) {
        return 2;
    }
    for (s->ready++; s->ready < 2;) {
        sched_yield();
    }
    for (int i = 0; i < CALLERS; i++) {
        waiters[i] = (struct waiter){ .wait.ready = on_ready };
        list_init(&waiters[i].wait.link);
        waiters[i].is_done = token_get(c->token, 0, &waiters[i].wait, &waiters[i].err) != 0;
    }
    while (!all_done(waiters) && clock_mono_us() < deadline) {
        loop_turn(f->loop, false);
        s->is_waiting[me] = c->token->phase == PHASE_WAITING || s->is_waiting[me];
        serve(f, s, 1 - me);
        sched_yield();
    }
    bool is_good = all_done(waiters) && waiters[0].err.kind == ERR_NONE &&
                   strcmp(secret_bytes(token_access(c->token)), "access-2") == 0;
    return is_good ? 0 : 3;
}

static int child(const char *folder, struct shared *s, int me)
{
    static const struct clock clock = { later_wall, later_mono, fix_random, NULL };
    struct fixture *f = xcalloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "%s", folder);
    clock_replace(&clock);
    for (int i = 0; i < me; i++) { /* the two are not to draw the same numbers */
        (void)clock_random_below(2);
    }
    fix_open_beside(f);
    int code = run(f, s, me);
    fix_close(f);
    free(f);
    return code;
}

static void two_processes_refresh_an_expired_token_once(void **state)
{
    struct fixture *f = *state;
    struct shared *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(s, MAP_FAILED);
    store_pair(f);
    fix_close(f); /* no threads in a fork */
    pid_t pids[2];
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        assert_int_not_equal(pids[i], -1);
        if (pids[i] == 0) {
            _exit(child(f->folder, s, i));
        }
    }
    int codes[2] = { -1, -1 };
    for (int i = 0; i < 2; i++) {
        (void)waitpid(pids[i], &codes[i], 0); /* what it does not fill in is no success */
    }
    fix_open(f);
    assert_int_equal(s->asked, 1);
    assert_int_equal(codes[0], 0);
    assert_int_equal(codes[1], 0);
    (void)munmap(s, sizeof *s);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_processes_refresh_an_expired_token_once, fix_setup,
                                        fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
