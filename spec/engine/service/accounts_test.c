/* Agencies and their accounts; connections that are suspended. */
#include "fixture.h"

#include "base/log.h"
#include "crypto/sign.h"
#include "lua_table.h"
#include "service/accounts.h"
#include "store/event.h"

#define AGENCY                                                                                     \
    "{'auth':'oauth','client_id':'app-1','client_secret':'client-secret-1','agency':'C1',"         \
    "'base_url':'https://api.test'}"
#define ONE                                                                                        \
    "{'auth':'oauth','client_id':'app-1','client_secret':'client-secret-1','location':'L1',"       \
    "'base_url':'https://api.test'}"
#define GET "{'contactId':'c1'}"
#define LOCATION_TOKEN(n)                                                                          \
    "{'access_token':'location-" #n "','refresh_token':'location-refresh-" #n                      \
    "',"                                                                                           \
    "'expires_in':86399,'locationId':'L1'}"

static void ignore(void *ud, const struct err *e)
{
    (void)ud;
    assert_null(e);
}

/* A connection with the pair access-1, refresh-1; the exchange is request 0. */
static struct connection *connect(struct fixture *f, const char *config)
{
    struct connection *c =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), config);
    struct secret *code = secret_new("code-1", 6);
    fix_start(f);
    token_exchange_code(c, &(struct token_code){ .code = code }, ignore, NULL);
    secret_free(code);
    fix_settle(f);
    fix_answer(f, 0, 200, NULL,
               "{'access_token':'access-1','refresh_token':'refresh-1','expires_in':86399}");
    fix_settle(f);
    return c;
}

static struct limiter *limiter_of(struct fixture *f, struct connection *c)
{
    return limits_limiter(call_set_limits(service_calls(f->service)), c);
}

/* Calls get_contact for the account, as a run does. */
static void call(struct fixture *f, struct connection *agency, const char *account,
                 struct outcome *o)
{
    const struct operation *op = connector_operation(connection_connector(agency), "get_contact");
    json_t *input = fix_json(GET);
    struct connection *c = accounts_choose(f->service, agency, op, input, account);
    (void)call_start(
        service_calls(f->service),
        &(struct call_opts){
            .connection = c, .operation = op, .input = input, .done = fix_done, .ud = o });
    account_let_go(c);
    fix_settle(f);
}

static const struct sent *last(const struct fixture *f)
{
    return &f->http.sent[f->http.count - 1];
}

static void answer(struct fixture *f, int status, const char *body)
{
    fix_answer(f, f->http.count - 1, status, NULL, body);
    fix_settle(f);
}

static const char *state_of(const struct connection *c)
{
    static char text[32];
    json_t *v = connection_json(c);
    snprintf(text, sizeof text, "%s", json_get_text(v, "state"));
    json_decref(v);
    return text;
}

static const char *account_state(struct fixture *f, struct connection *agency, const char *account)
{
    struct connection *c = accounts_hold(f->service, agency, account);
    const char *text = state_of(c);
    account_let_go(c);
    return text;
}

/* Connects, and makes one call for L1 that ends well. */
static struct connection *connect_location(struct fixture *f)
{
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 200, LOCATION_TOKEN(1));
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
    return agency;
}

/* --- tokens --- */

static void an_agency_asks_for_a_company_and_a_location_is_exchanged(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    assert_non_null(strstr(f->http.sent[0].body, "user_type=Company"));
    call(f, agency, "L1", &o);
    assert_int_equal(f->http.count, 2);
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    assert_contains(last(f)->body, "companyId=C1");
    assert_contains(last(f)->body, "locationId=L1");
    assert_string_equal(sent_header(last(f), "Content-Type"), "application/x-www-form-urlencoded");
    assert_string_equal(sent_header(last(f), "Authorization"), "Bearer access-1");
    assert_string_equal(sent_header(last(f), "Version"), "2021-07-28");
    answer(f, 200, LOCATION_TOKEN(1));
    assert_string_equal(last(f)->url, "https://api.test/contacts/c1");
    assert_string_equal(sent_header(last(f), "Authorization"), "Bearer location-1");
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

static void many_calls_of_a_location_wait_for_one_exchange(void **state)
{
    struct fixture *f = *state;
    struct outcome o[50] = { { .count = 0 } };
    struct connection *agency = connect(f, AGENCY);
    for (int i = 0; i < 50; i++) {
        call(f, agency, "L1", &o[i]);
    }
    assert_int_equal(f->http.count, 2);
    answer(f, 200, LOCATION_TOKEN(1));
    assert_int_equal(f->http.count, 3); /* a young limiter lets one call go alone */
}

static void a_location_without_a_refresh_token_is_exchanged_again(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 200, "{'access_token':'location-1','expires_in':86399,'locationId':'L1'}");
    answer(f, 401, "{'message':'Invalid JWT'}");
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    answer(f, 200, LOCATION_TOKEN(2));
    assert_string_equal(sent_header(last(f), "Authorization"), "Bearer location-2");
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

/* The call for L1 is refused with 401, and its refresh ends as `status` and `body` say (0: no
 * answer). */
static void refresh_badly(struct fixture *f, struct connection *agency, struct outcome *o,
                          int status, const char *body)
{
    call(f, agency, "L1", o);
    answer(f, 401, "{'message':'Invalid JWT'}");
    assert_non_null(strstr(last(f)->body, "refresh_token=location-refresh-1"));
    if (status == 0) {
        fix_break(f, f->http.count - 1, ERR_UNKNOWN);
        fix_settle(f);
    } else {
        answer(f, status, body);
    }
}

static void a_refused_refresh_token_of_a_location_is_no_loss(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect_location(f);
    refresh_badly(f, agency, &o, 400, "{'error':'invalid_grant'}");
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    answer(f, 200, LOCATION_TOKEN(2));
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_string_equal(account_state(f, agency, "L1"), "connected");
    outcome_fini(&o);
}

static void a_lost_answer_of_a_location_is_resolved_by_its_agency(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect_location(f);
    refresh_badly(f, agency, &o, 0, NULL);
    assert_int_equal(o.err.kind, ERR_UNAVAILABLE);
    fix_pass(f, 3 * SECOND);
    call(f, agency, "L1", &o); /* the old access token is tried first */
    assert_string_equal(sent_header(last(f), "Authorization"), "Bearer location-1");
    answer(f, 401, "{'message':'Invalid JWT'}");
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    answer(f, 200, LOCATION_TOKEN(2));
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_string_equal(account_state(f, agency, "L1"), "connected");
    outcome_fini(&o);
}

static void a_token_of_another_location_is_not_taken(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 200, "{'access_token':'x','expires_in':86399,'locationId':'L2'}");
    assert_int_equal(o.err.kind, ERR_PROTOCOL);
    outcome_fini(&o);
}

static void a_location_that_gets_no_token_is_broken_until_its_agency_is_connected(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 400, "{'message':'no app there'}");
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_contains(o.err.message, "no app there");
    assert_contains(o.err.message, "ladle connect crm");
    assert_string_equal(account_state(f, agency, "L1"), "broken");
    size_t sent = f->http.count;
    call(f, agency, "L1", &o);
    assert_int_equal(f->http.count, sent); /* nothing is asked for again */
    accounts_revive(f->service, agency);
    fix_settle(f);
    call(f, agency, "L1", &o);
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    outcome_fini(&o);
}

static void a_scope_that_the_agency_lacks_does_not_break_its_locations(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 401, "{'message':'The token is not authorized for this scope.'}");
    assert_int_equal(o.err.kind, ERR_AUTH); /* the run is parked, and goes on after a connect */
    assert_contains(o.err.message, "oauth.write");
    assert_string_equal(account_state(f, agency, "L1"), "new");
    outcome_fini(&o);
}

static void an_agency_that_is_not_connected_does_not_break_its_locations(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), AGENCY);
    fix_start(f);
    call(f, agency, "L1", &o);
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_contains(o.err.message, "ladle connect crm");
    assert_string_equal(account_state(f, agency, "L1"), "new");
    outcome_fini(&o);
}

/* --- which account --- */

static void a_call_without_a_location_is_refused(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, NULL, &o);
    assert_int_equal(o.err.kind, ERR_INVALID);
    assert_contains(o.err.message, "locationId");
    call(f, agency, "../L1", &o); /* no id */
    assert_int_equal(o.err.kind, ERR_INVALID);
    assert_int_equal(f->http.count, 1);
    outcome_fini(&o);
}

static void the_input_may_name_another_location(void **state)
{
    struct fixture *f = *state;
    struct connection *agency = connect(f, AGENCY);
    const struct operation *op =
        connector_operation(connection_connector(agency), "create_contact");
    json_t *input = fix_json("{'locationId':'L2'}"), *other = json_object();
    struct connection *named = accounts_choose(f->service, agency, op, input, "L1");
    struct connection *usual = accounts_choose(f->service, agency, op, other, "L1");
    assert_string_equal(connection_name(named), "crm/L2");
    assert_string_equal(connection_name(usual), "crm/L1");
    account_let_go(named);
    account_let_go(usual);
    json_decref(input);
    json_decref(other);
}

static void locations_have_limiters_of_their_own_and_one_breaker(void **state)
{
    struct fixture *f = *state;
    struct connection *agency = connect(f, AGENCY);
    struct connection *a = accounts_hold(f->service, agency, "L1"),
                      *b = accounts_hold(f->service, agency, "L2");
    assert_ptr_not_equal(limiter_of(f, a), limiter_of(f, b));
    assert_ptr_not_equal(limiter_of(f, a), limiter_of(f, agency));
    assert_ptr_equal(connection_root(a), connection_root(b));
    account_let_go(a);
    account_let_go(b);
}

static void what_nobody_uses_is_dropped(void **state)
{
    struct fixture *f = *state;
    struct connection *agency = connect(f, AGENCY);
    char id[16];
    struct connection *held = accounts_hold(f->service, agency, "L1");
    for (int i = 0; i < 500; i++) {
        snprintf(id, sizeof id, "loc-%04d", i);
        account_let_go(accounts_hold(f->service, agency, id));
    }
    assert_int_equal(map_len(f->service->accounts), 501);
    fix_pass(f, 600 * SECOND);
    assert_int_equal(map_len(f->service->accounts), 1);
    account_let_go(held);
    fix_pass(f, 600 * SECOND);
    assert_int_equal(map_len(f->service->accounts), 0);
}

static void what_a_location_has_counted_outlives_its_memory(void **state)
{
    struct fixture *f = *state;
    struct outcome o[3] = { { .count = 0 } };
    struct connection *agency = connect_location(f);
    fix_pass(f, 600 * SECOND);
    fix_settle(f);
    assert_int_equal(map_len(f->service->accounts), 0);
    size_t sent = f->http.count;
    for (int i = 0; i < 3; i++) { /* one that knew nothing would let a single call go */
        call(f, agency, "L1", &o[i]);
    }
    assert_int_equal(f->http.count, sent + 3);
    struct connection *c = accounts_hold(f->service, agency, "L1");
    json_t *counted = limiter_state(limiter_of(f, c), true);
    size_t len;
    char *text = json_text(counted, &len);
    assert_contains(text, ",1,0]]"); /* the call from before, in the day's window */
    free(text);
    json_decref(counted);
    account_let_go(c);
}

/* --- what comes in --- */

static struct account_note change;

/* The note of an event; "" where it may start runs. */
static const char *judge(struct fixture *f, struct connection *c, const char *payload)
{
    static char text[300];
    json_t *v = fix_json(payload);
    account_note_fini(&change);
    char *note = accounts_judge(f->service, c, v, &change);
    snprintf(text, sizeof text, "%s", note != NULL ? note : "");
    free(note);
    json_decref(v);
    return text;
}

static void events_of_others_start_nothing(void **state)
{
    struct fixture *f = *state;
    struct connection *agency = connect(f, AGENCY);
    assert_string_equal(judge(f, agency, "{'locationId':'L1'}"), "");
    assert_string_equal(judge(f, agency, "{'locationId':'L1','companyId':'C1'}"), "");
    assert_string_equal(judge(f, agency, "{}"), "");
    assert_contains(judge(f, agency, "{'locationId':'L1','companyId':'C2'}"), "C2");
    struct connection *one =
        fix_add(f, "one", fix_connector(f, "highlevel", connector_file("highlevel")), ONE);
    assert_string_equal(judge(f, one, "{'locationId':'L1'}"), "");
    assert_string_equal(judge(f, one, "{}"), "");
    assert_contains(judge(f, one, "{'locationId':'L2'}"), "L2");
    assert_contains(judge(f, one, "{'altId':'L2','altType':'location'}"), "L2"); /* an invoice */
}

static void installs_change_an_account(void **state)
{
    struct fixture *f = *state;
    struct connection *agency = connect(f, AGENCY);
    (void)judge(f, agency, "{'type':'INSTALL','locationId':'L1','companyId':'C1','appId':'app'}");
    assert_int_equal(change.change, ACCOUNT_ADDED);
    assert_string_equal(change.name, "crm/L1");
    (void)judge(f, agency, "{'type':'UNINSTALL','locationId':'L1'}");
    assert_int_equal(change.change, ACCOUNT_REMOVED);
    assert_false(change.keeps_token);
    assert_contains(judge(f, agency, "{'type':'UNINSTALL','locationId':'L1','appId':'other'}"),
                    "app");
    assert_int_equal(change.change, ACCOUNT_UNCHANGED);
    (void)judge(f, agency, "{'type':'UNINSTALL','companyId':'C1'}"); /* the agency itself */
    assert_int_equal(change.change, ACCOUNT_REMOVED);
    assert_string_equal(change.name, "crm");
    (void)judge(f, agency, "{'type':'INSTALL','locationId':'a/b'}");
    assert_int_equal(change.change, ACCOUNT_UNCHANGED);
    account_note_fini(&change);
}

static void routed(struct store_op *op, const struct err *e)
{
    assert_null(e);
    struct event_put *put = list_entry(op, struct event_put, op);
    accounts_changed(op->ud, service_find(op->ud, put->event.connection), &put->account);
    event_put_free(put);
}

/* As the router does. */
static void apply(struct fixture *f, struct connection *c, const char *payload)
{
    (void)judge(f, c, payload);
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("app");
    put->event.payload = xstrdup("{}");
    put->event.payload_len = 2;
    put->event.is_routed = true;
    put->account = change;
    change = (struct account_note){ .change = ACCOUNT_UNCHANGED };
    put->op.done = routed;
    put->op.ud = f->service;
    store_submit(f->store, &put->op);
    fix_settle(f);
}

static void an_uninstalled_location_is_asked_for_again_later_and_later(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect_location(f);
    apply(f, agency, "{'type':'UNINSTALL','locationId':'L1'}");
    assert_string_equal(account_state(f, agency, "L1"), "suspended");
    assert_contains(judge(f, agency, "{'locationId':'L1'}"), "not installed");
    call(f, agency, "L1", &o);
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_contains(o.err.message, "uninstalled");
    size_t sent = f->http.count;
    fix_pass(f, 3599 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, sent);
    fix_pass(f, 400 * SECOND); /* the first pause is an hour, and a little */
    fix_settle(f);
    fix_settle(f);
    assert_int_equal(f->http.count, sent + 1);
    answer(f, 400, "{'message':'Location is not active'}");
    assert_string_equal(account_state(f, agency, "L1"), "suspended");
    fix_pass(f, 3700 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, sent + 1); /* the second is two */
    int recovered = f->recovered;
    apply(f, agency, "{'type':'INSTALL','locationId':'L1','companyId':'C1'}");
    assert_int_equal(f->recovered, recovered + 1);
    call(f, agency, "L1", &o);
    answer(f, 200, LOCATION_TOKEN(2));
    answer(f, 200, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

static void what_is_refused_after_an_uninstall_is_no_news(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect_location(f);
    call(f, agency, "L1", &o);
    answer(f, 401, "{'message':'Invalid JWT'}");
    apply(f, agency, "{'type':'UNINSTALL','locationId':'L1'}");
    answer(f, 400, "{'error':'invalid_grant'}");
    assert_string_equal(last(f)->url, "https://api.test/oauth/locationToken");
    answer(f, 400, "{'message':'The app is not installed in this location.'}");
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_string_equal(account_state(f, agency, "L1"), "suspended");
    assert_contains(judge(f, agency, "{'locationId':'L1'}"), "not installed");
    outcome_fini(&o);
}

/* --- suspended --- */

static void taken(struct store_op *op, const struct err *e)
{
    assert_null(e);
}

/* Whether another process would get the lease of crm now. */
static bool is_lease_free(struct fixture *f)
{
    struct lease_take *l = lease_take_new("crm", "engine:other");
    struct secret_get *get = secret_get_new("token:crm");
    get->op.done = l->op.done = taken;
    store_submit_read(f->store, &get->op);
    fix_settle(f);
    sign_sha256_hex(get->sealed, get->len, l->expected);
    store_submit(f->store, &l->op);
    fix_settle(f);
    bool is_free = l->verdict == LEASE_TAKEN;
    secret_get_free(get);
    lease_take_free(l);
    return is_free;
}

static void a_location_that_is_not_active_is_suspended_and_tried_again(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = connect(f, ONE);
    fix_call(f, c, "get_contact", GET, &o);
    answer(f, 400, "{'message':'Location is not active'}");
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_string_equal(state_of(c), "suspended");
    int recovered = f->recovered;
    fix_pass(f, 4000 * SECOND);
    fix_settle(f);
    assert_string_equal(state_of(c), "connected"); /* what it has may serve again */
    assert_int_equal(f->recovered, recovered + 1);
    outcome_fini(&o);
}

/* How many minutes until it is tried again. */
static int minutes_suspended(struct fixture *f, struct connection *c)
{
    int minutes = 0;
    while (strcmp(state_of(c), "suspended") == 0) {
        fix_pass(f, 60 * SECOND);
        fix_settle(f);
        minutes++;
        assert_true(minutes < 3 * 24 * 60);
    }
    return minutes;
}

static void what_stays_suspended_is_tried_after_one_two_and_four_hours(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connect(f, ONE);
    for (int hours = 1; hours <= 4; hours *= 2) {
        struct outcome o = { .count = 0 };
        fix_call(f, c, "get_contact", GET, &o);
        answer(f, 400, "{'message':'Location is not active'}");
        assert_in_range(minutes_suspended(f, c), hours * 60, hours * 66 + 1);
        outcome_fini(&o);
    }
}

static void a_suspension_during_a_refresh_leaves_its_lease_alone(void **state)
{
    struct fixture *f = *state;
    struct outcome o[2] = { { .count = 0 } };
    struct connection *c = connect(f, ONE);
    fix_call(f, c, "get_contact", GET, &o[0]);
    fix_answer(f, 1, 200, "x-ratelimit-remaining: 90", "{'contact':{}}");
    fix_call(f, c, "get_contact", GET, &o[0]);
    fix_call(f, c, "get_contact", GET, &o[1]);
    fix_answer(f, 2, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f); /* the refresh is request 4 */
    fix_answer(f, 3, 400, NULL, "{'message':'Location is not active'}");
    fix_settle(f);
    assert_string_equal(state_of(c), "suspended");
    assert_false(is_lease_free(f));
    fix_answer(f, 4, 200, NULL,
               "{'access_token':'access-2','refresh_token':'refresh-2','expires_in':86399}");
    fix_settle(f);
    assert_string_equal(state_of(c), "connected");
    assert_true(is_lease_free(f));
    outcome_fini(&o[0]);
    outcome_fini(&o[1]);
}

static void a_refresh_refused_in_known_words_suspends(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = connect(f, ONE);
    fix_call(f, c, "get_contact", GET, &o);
    answer(f, 401, "{'message':'Invalid JWT'}");
    answer(f, 400, "{'message':'Location is not active'}");
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_string_equal(state_of(c), "suspended");
    fix_restart(f);
    c = fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), ONE);
    fix_start(f);
    assert_string_equal(state_of(c), "suspended");
    outcome_fini(&o);
}

static void a_suspended_location_is_tried_again_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *agency = connect(f, AGENCY);
    call(f, agency, "L1", &o);
    answer(f, 400, "{'message':'Location is not active'}");
    assert_string_equal(account_state(f, agency, "L1"), "suspended");
    fix_restart(f);
    agency = fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), AGENCY);
    fix_start(f);
    assert_int_equal(map_len(f->service->accounts), 1);
    fix_pass(f, 3601 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    answer(f, 200, LOCATION_TOKEN(1));
    assert_string_equal(account_state(f, agency, "L1"), "connected");
    outcome_fini(&o);
}

#define WITH(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        WITH(an_agency_asks_for_a_company_and_a_location_is_exchanged),
        WITH(many_calls_of_a_location_wait_for_one_exchange),
        WITH(a_location_without_a_refresh_token_is_exchanged_again),
        WITH(a_refused_refresh_token_of_a_location_is_no_loss),
        WITH(a_lost_answer_of_a_location_is_resolved_by_its_agency),
        WITH(a_token_of_another_location_is_not_taken),
        WITH(a_location_that_gets_no_token_is_broken_until_its_agency_is_connected),
        WITH(a_scope_that_the_agency_lacks_does_not_break_its_locations),
        WITH(an_agency_that_is_not_connected_does_not_break_its_locations),
        WITH(a_call_without_a_location_is_refused),
        WITH(the_input_may_name_another_location),
        WITH(locations_have_limiters_of_their_own_and_one_breaker),
        WITH(what_nobody_uses_is_dropped),
        WITH(what_a_location_has_counted_outlives_its_memory),
        WITH(events_of_others_start_nothing),
        WITH(installs_change_an_account),
        WITH(an_uninstalled_location_is_asked_for_again_later_and_later),
        WITH(what_is_refused_after_an_uninstall_is_no_news),
        WITH(a_location_that_is_not_active_is_suspended_and_tried_again),
        WITH(what_stays_suspended_is_tried_after_one_two_and_four_hours),
        WITH(a_suspension_during_a_refresh_leaves_its_lease_alone),
        WITH(a_refresh_refused_in_known_words_suspends),
        WITH(a_suspended_location_is_tried_again_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
