/* Effects of unknown outcome (run/looks.h): each is there exactly once, or a person is asked. The
 * service is played: it loses answers, shows effects late, gives texts back in forms of its own, and
 * has other people and other runs write the very same. Virtual time. */
#include "fixture.h"

#include "base/log.h"
#include "store/tries.h"

/* `mark` has room for a mark, `plain` has not. Items are dated. */
#define PROBE                                                                                      \
    "'probe':{'list':'list','from':{'who':'who'},'items':'things','match':['text'],"               \
    "'forms':{'text':['html','case']},'date':'made','as':'thing'"
static const char SHOP[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{"
    "'mark':{'method':'POST','path':'/{who}/mark','idempotent':false,"
    " 'input':{'who':['string'],'text':['string']}," PROBE
    ",'mark':{'field':'text'}}},"
    "'plain':{'method':'POST','path':'/{who}/plain','idempotent':false,"
    " 'input':{'who':['string'],'text':['string']}," PROBE
    "}},"
    "'list':{'method':'GET','path':'/{who}','input':{'who':['string']}}}}";

#define TEXT "Call Jane & Joe\n about <roof> and \"tiles\" "

enum form { AS_IS, HTML, ENTITIES, SPACES, UPPER, FORMS, CUT = FORMS };
enum other { NOBODY, RUN_BEFORE, PERSON };

static const char *const form_names[] = { "as is", "html", "entities", "spaces", "upper", "cut" };
static const char *const other_names[] = { "nobody", "a run before", "a person" };

/* When the effect of a call comes to show after the connection broke; LOST: never. */
enum { LOST = -1, ANSWERED = -2, ANSWERED_LATE = -3 };

struct item {
    char who[8];
    char *text; /* as it is given back */
    int64_t made_us, seen_us;
    bool is_ours; /* a call made it */
};

struct scene {
    struct world w;
    const char *operation;
    enum form form;
    struct item items[64];
    size_t item_count;
    size_t served; /* requests that were */
    int fate;      /* of the next call that writes */
    int number;    /* of the scene: the store remembers the ids of those before */
    size_t late;   /* the request that is answered late; SENT_MAX: none */
};

/* --- the service --- */

static void append(char **out, const char *more)
{
    char *text = xasprintf("%s%s", *out, more);
    free(*out);
    *out = text;
}

static char *encoded(const char *text, bool is_html)
{
    char *out = xstrdup(is_html ? "<p>" : "");
    for (; *text != '\0'; text++) {
        char one[2] = { *text, '\0' };
        append(&out, *text == '&'               ? "&amp;"
                     : is_html && *text == '<'  ? "&lt;"
                     : is_html && *text == '"'  ? "&#34;"
                     : is_html && *text == '\n' ? "<br/>\n"
                                                : one);
    }
    append(&out, is_html ? "</p>" : "");
    return out;
}

static char *folded(const char *text)
{
    char *out = xstrdup(text);
    char *to = out;
    for (; *text != '\0'; text++) {
        bool is_space = strchr(" \n\t", *text) != NULL;
        if (!is_space) {
            *to++ = *text;
        } else if (to > out && to[-1] != ' ') {
            *to++ = ' ';
        }
    }
    *to = '\0';
    return out;
}

static char *in_form(enum form form, const char *text)
{
    char *out = xstrdup(text);
    switch (form) {
    case HTML:
    case ENTITIES:
        free(out);
        return encoded(text, form == HTML);
    case SPACES:
        free(out);
        return folded(text);
    case UPPER:
        for (char *c = out; *c != '\0'; c++) {
            *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        }
        return out;
    case CUT:
        out[6] = '\0';
        return out;
    case AS_IS:
        break;
    }
    return out;
}

static struct item *add_item(struct scene *s, const char *who, const char *text, int64_t delay_us)
{
    assert_true(s->item_count < 64);
    struct item *it = &s->items[s->item_count++];
    *it = (struct item){ .text = in_form(s->form, text),
                         .made_us = fix_wall_us + delay_us,
                         .seen_us = fix_wall_us + delay_us };
    snprintf(it->who, sizeof it->who, "%s", who);
    return it;
}

static json_t *item_json(const struct scene *s, size_t i)
{
    char made[DATE_TEXT], id[40];
    date_format(s->items[i].made_us, made);
    snprintf(id, sizeof id, "t%d-%zu", s->number, i);
    return json_pack("{s:s, s:s, s:s}", "id", id, "text", s->items[i].text, "made", made);
}

static void answer_json(struct scene *s, size_t request, json_t *v)
{
    size_t len;
    char *text = json_text(v, &len);
    fix_answer(s->w.f, request, 200, NULL, text);
    free(text);
    json_decref(v);
}

static void answer_list(struct scene *s, size_t request, const char *who)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->item_count; i++) {
        if (strcmp(s->items[i].who, who) == 0 && s->items[i].seen_us <= fix_wall_us) {
            json_array_append_new(list, item_json(s, i));
        }
    }
    answer_json(s, request, json_pack("{s:o}", "things", list));
}

static void answer_made(struct scene *s, size_t request, size_t item)
{
    answer_json(s, request, json_pack("{s:o}", "thing", item_json(s, item)));
}

static void serve_write(struct scene *s, size_t request, const char *who)
{
    json_t *body =
        json_parse(s->w.f->http.sent[request].body, strlen(s->w.f->http.sent[request].body), NULL);
    int fate = s->fate;
    s->fate = ANSWERED;
    if (fate != LOST) {
        add_item(s, who, json_get_text(body, "text"), fate > 0 ? fate * SECOND : 0)->is_ours = true;
    }
    json_decref(body);
    if (fate == ANSWERED) {
        answer_made(s, request, s->item_count - 1);
    } else if (fate == ANSWERED_LATE) {
        s->late = request;
    } else {
        fix_break(s->w.f, request, ERR_UNKNOWN);
    }
}

/* What is there to be answered. */
static void serve(struct scene *s)
{
    fix_settle(s->w.f);
    for (; s->served < s->w.f->http.count; fix_settle(s->w.f)) {
        size_t request = s->served++;
        const char *path = s->w.f->http.sent[request].url + strlen("https://shop.example/");
        char who[8];
        snprintf(who, sizeof who, "%.*s", (int)strcspn(path, "/"), path);
        if (strcmp(s->w.f->http.sent[request].method, "GET") == 0) {
            answer_list(s, request, who);
        } else {
            serve_write(s, request, who);
        }
    }
}

static void pass(struct scene *s, int64_t us)
{
    fix_pass(s->w.f, us);
    serve(s);
}

/* --- the engine --- */

static void open_engine(struct scene *s, struct fixture *f)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':[{'step':'a','use':{'connection':'shop'"
        ","
        "'operation':'%s'},'retry':{'tries':2,'first_us':1000000,'longest_us':1000000,'factor':1,"
        "'jitter':'none'},'with':{'t':'map','v':{'who':{'t':'expr','s':'event.who'},"
        "'text':{'t':'expr','s':'event.text'}}}}]},'inputs':{},'timezone':'UTC'}",
        s->operation);
    world_open(&s->w, f);
    world_connect(&s->w, "shop", SHOP);
    world_add(&s->w, "r", "hash-1", fix_json(text));
    world_start(&s->w);
    free(text);
}

static void open_scene(struct scene *s, struct fixture *f, const char *operation, enum form form)
{
    static int number;
    *s = (struct scene){
        .number = ++number, .operation = operation, .form = form, .fate = ANSWERED, .late = SENT_MAX
    };
    open_engine(s, f);
}

static void close_scene(struct scene *s)
{
    world_close(&s->w);
    for (size_t i = 0; i < s->item_count; i++) {
        free(s->items[i].text);
    }
}

/* Another process on the same store; what is under way is gone. */
static void restart(struct scene *s)
{
    struct fixture *f = s->w.f;
    world_close(&s->w);
    fix_restart(f);
    s->served = 0;
    open_engine(s, f);
    serve(s);
}

static struct id write_text(struct scene *s, const char *who, int fate)
{
    json_t *event = json_pack("{s:s, s:s}", "who", who, "text", TEXT);
    s->fate = fate;
    struct id id = world_store_run(&s->w, event);
    world_begin_run(&s->w, id, event);
    serve(s);
    return id;
}

static enum run_state state_of(struct scene *s, struct id id)
{
    struct run_list *list = world_read_run(&s->w, id);
    enum run_state state = list->rows[0].state;
    run_list_free(list);
    return state;
}

static int ours(const struct scene *s, const char *who)
{
    int count = 0;
    for (size_t i = 0; i < s->item_count; i++) {
        count += s->items[i].is_ours && strcmp(s->items[i].who, who) == 0;
    }
    return count;
}

/* --- the table --- */

static const int fates[] = { LOST, 0, 3, 9, 31, 60 };
enum { FATES = sizeof fates / sizeof *fates };

/* One contact for each fate: what others do there, and the call whose answer is lost. */
static struct id play(struct scene *s, enum other other, int fate, const char *who,
                      struct id *another)
{
    *another = (struct id){ { 0 } };
    if (other == RUN_BEFORE) {
        *another = write_text(s, who, ANSWERED);
    }
    struct id id = write_text(s, who, fate);
    if (other == PERSON) {
        (void)add_item(s, who, TEXT, SECOND);
    }
    return id;
}

static void check(struct scene *s, enum other other, int fate, const char *who, struct id id,
                  struct id another)
{
    bool has_another = !id_is_zero(&another);
    enum run_state state = state_of(s, id);
    int made = ours(s, who) - (has_another ? 1 : 0);
    /* Without a mark what a person wrote, equal in all that can be seen, is taken for the effect. */
    bool is_taken = other == PERSON && made == 0 && strcmp(s->operation, "plain") == 0;
    bool is_right = (state == RUN_DONE && (made == 1 || is_taken)) ||
                    (state == RUN_PARKED && (made == 0 || made == 1));
    if (!is_right || (has_another && state_of(s, another) != RUN_DONE)) {
        fail_msg("%s, %s, %s, the effect %d s late: the run is %s, and it is there %d times",
                 s->operation, form_names[s->form], other_names[other], fate, run_state_name(state),
                 made);
    }
    bool must_be_known = other != PERSON || strcmp(s->operation, "mark") == 0;
    if (state == RUN_PARKED && must_be_known) {
        fail_msg("%s, %s, %s, the effect %d s late: parked", s->operation, form_names[s->form],
                 other_names[other], fate);
    }
}

static void play_all(struct fixture *f, const char *operation, enum form form, enum other other)
{
    struct scene s;
    struct id ids[FATES], others[FATES];
    char who[FATES][8];
    open_scene(&s, f, operation, form);
    for (int i = 0; i < FATES; i++) {
        snprintf(who[i], sizeof who[i], "c%d", i);
        ids[i] = play(&s, other, fates[i], who[i], &others[i]);
    }
    for (int i = 0; i < 10; i++) {
        pass(&s, 10 * SECOND);
    }
    for (int i = 0; i < FATES; i++) {
        check(&s, other, fates[i], who[i], ids[i], others[i]);
    }
    close_scene(&s);
}

static void play_forms(void **state, const char *operation)
{
    static const enum other others[] = { NOBODY, RUN_BEFORE, PERSON };
    for (enum form form = AS_IS; form < FORMS; form++) {
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            play_all(*state, operation, form, others[i]);
            fix_restart(*state);
        }
    }
}

static void with_a_mark_each_effect_is_there_once_or_a_person_is_asked(void **state)
{
    play_forms(state, "mark");
}

static void without_a_mark_each_effect_is_there_once_or_a_person_is_asked(void **state)
{
    play_forms(state, "plain");
}

/* --- equal effects that are under way --- */

/* The other call has taken effect, and its answer is still to come: what the look finds is its. */
static void what_an_equal_call_may_just_have_made_is_not_taken(void **state)
{
    static const char *const operations[] = { "mark", "plain" };
    for (int i = 0; i < 2; i++) {
        struct scene s;
        open_scene(&s, *state, operations[i], HTML);
        struct id late = write_text(&s, "c", ANSWERED_LATE);
        struct id lost = write_text(&s, "c", LOST);
        pass(&s, 6 * SECOND);
        assert_int_equal(state_of(&s, lost), RUN_WAITING);
        answer_made(&s, s.late, 0);
        for (int k = 0; k < 10; k++) {
            pass(&s, 10 * SECOND);
        }
        assert_int_equal(state_of(&s, late), RUN_DONE);
        assert_int_equal(state_of(&s, lost), RUN_DONE);
        assert_int_equal(ours(&s, "c"), 2);
        close_scene(&s);
        fix_restart(*state);
    }
}

/* Two that are lost, of which one took effect: each is there once, whoever takes which. */
static void of_two_equal_calls_one_is_made_again(void **state)
{
    struct scene s;
    open_scene(&s, *state, "plain", AS_IS);
    struct id a = write_text(&s, "c", LOST);
    struct id b = write_text(&s, "c", 20);
    for (int k = 0; k < 12; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, a), RUN_DONE);
    assert_int_equal(state_of(&s, b), RUN_DONE);
    assert_int_equal(ours(&s, "c"), 2);
    close_scene(&s);
}

/* --- what cannot be decided --- */

static void a_thing_in_a_form_that_the_connector_does_not_tell_is_for_a_person(void **state)
{
    struct scene s;
    open_scene(&s, *state, "plain", CUT);
    struct id id = write_text(&s, "c", 3);
    for (int k = 0; k < 10; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_PARKED);
    assert_int_equal(ours(&s, "c"), 1);
    close_scene(&s);
}

/* --- restarts --- */

static json_t *looks_of(struct scene *s, struct id id)
{
    struct run_list *list = world_read_run(&s->w, id);
    assert_int_equal(list->journal_count, 1);
    const char *text = list->journal[0].error;
    json_t *error = text != NULL ? json_parse(text, strlen(text), NULL) : NULL;
    json_t *looks = json_incref(json_path(error, "looks"));
    if (looks == NULL) {
        looks = json_incref(json_path(error, "tries.0.looks"));
    }
    json_decref(error);
    run_list_free(list);
    return looks;
}

static void a_restart_goes_on_with_the_looks(void **state)
{
    struct scene s;
    open_scene(&s, *state, "plain", HTML);
    struct id earlier = write_text(&s, "c", ANSWERED); /* its owner is known to the store alone */
    struct id id = write_text(&s, "c", 31);
    pass(&s, 6 * SECOND);
    assert_int_equal(state_of(&s, id), RUN_WAITING);
    json_t *looks = looks_of(&s, id);
    assert_int_equal(json_array_size(looks), 1);
    json_decref(looks);
    restart(&s);
    assert_int_equal(s.w.f->http.count, 0); /* not sooner for the restart */
    for (int k = 0; k < 5; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_DONE);
    assert_int_equal(state_of(&s, earlier), RUN_DONE);
    assert_int_equal(ours(&s, "c"), 2);
    looks = looks_of(&s, id); /* at 5, 10, 20 and 40 s */
    assert_int_equal(json_array_size(looks), 4);
    assert_string_equal(json_get_text(json_array_get(looks, 3), "found"), "its effect");
    json_decref(looks);
    close_scene(&s);
}

/* The process ends while the call is under way: nobody knows when its time is over. */
static void a_call_that_a_crash_cut_off_is_looked_for_as_long(void **state)
{
    struct scene s;
    open_scene(&s, *state, "mark", ENTITIES);
    json_t *event = json_pack("{s:s, s:s}", "who", "c", "text", TEXT);
    struct id id = world_store_run(&s.w, event);
    world_begin_run(&s.w, id, event);
    fix_settle(s.w.f);
    json_t *body = json_parse(s.w.f->http.sent[0].body, strlen(s.w.f->http.sent[0].body), NULL);
    add_item(&s, "c", json_get_text(body, "text"), 45 * SECOND)->is_ours = true;
    json_decref(body);
    restart(&s);
    assert_int_equal(s.w.f->http.count, 0); /* it may still be on its way */
    for (int k = 0; k < 10; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_DONE);
    assert_int_equal(ours(&s, "c"), 1);
    close_scene(&s);
}

/* Sent, lost, looked for, sent again and lost again: the time of the second call counts. */
static void a_call_that_is_made_again_is_looked_for_from_then_on(void **state)
{
    struct scene s;
    open_scene(&s, *state, "plain", AS_IS);
    struct id id = write_text(&s, "c", LOST);
    s.fate = 40;
    for (int k = 0; k < 8; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_WAITING);
    restart(&s);
    for (int k = 0; k < 10; k++) {
        pass(&s, 10 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_DONE);
    assert_int_equal(ours(&s, "c"), 1);
    close_scene(&s);
}

/* --- a service that does not let us look --- */

static void a_look_that_fails_is_made_again_and_one_that_is_refused_parks(void **state)
{
    struct scene s;
    open_scene(&s, *state, "mark", AS_IS);
    struct id id = write_text(&s, "c", 3);
    for (int k = 0; k < 6; k++) { /* three times the tries that the step may have */
        fix_pass(s.w.f, 6 * SECOND);
        fix_settle(s.w.f);
        for (; s.served < s.w.f->http.count; s.served++) {
            assert_string_equal(s.w.f->http.sent[s.served].method, "GET");
            fix_answer(s.w.f, s.served, 500, NULL, "");
            fix_settle(s.w.f);
        }
        assert_int_equal(state_of(&s, id), RUN_WAITING);
    }
    for (int k = 0; k < 6; k++) { /* the breaker may have opened */
        pass(&s, 20 * SECOND);
    }
    assert_int_equal(state_of(&s, id), RUN_DONE);
    assert_int_equal(ours(&s, "c"), 1);
    id = write_text(&s, "d", 3);
    fix_pass(s.w.f, 6 * SECOND);
    fix_settle(s.w.f);
    fix_answer(s.w.f, s.served++, 403, NULL, "");
    fix_settle(s.w.f);
    assert_int_equal(state_of(&s, id), RUN_PARKED);
    close_scene(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(with_a_mark_each_effect_is_there_once_or_a_person_is_asked),
        TEST(without_a_mark_each_effect_is_there_once_or_a_person_is_asked),
        TEST(what_an_equal_call_may_just_have_made_is_not_taken),
        TEST(of_two_equal_calls_one_is_made_again),
        TEST(a_thing_in_a_form_that_the_connector_does_not_tell_is_for_a_person),
        TEST(a_restart_goes_on_with_the_looks),
        TEST(a_call_that_a_crash_cut_off_is_looked_for_as_long),
        TEST(a_call_that_is_made_again_is_looked_for_from_then_on),
        TEST(a_look_that_fails_is_made_again_and_one_that_is_refused_parks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
