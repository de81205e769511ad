/* How an operation's answers come in pages, by the names of its fields. */
#include "../service/fixture.h"

#include "connector/paging.h"

static void expect(const char *operation, const char *wanted)
{
    json_t *op = fix_json(operation), *paging = paging_of(op);
    json_t *want = wanted != NULL ? fix_json(wanted) : NULL;
    assert_true(want == NULL ? paging == NULL : json_equal(paging, want));
    json_decref(want);
    json_decref(paging);
    json_decref(op);
}

static void what_the_table_says_comes_first(void **state)
{
    (void)state;
    expect("{'pages':{'items':'tasks'},'input':{'page':['integer']},'output':{'a':['list']}}",
           "{'items':'tasks'}");
}

static void counted_pages_are_known_by_their_field(void **state)
{
    (void)state;
    expect("{'input':{'skip':['integer'],'limit':['integer']},'output':{'a':['list']}}",
           "{'style':'offset','offset':'skip','items':'a'}");
    expect("{'input':{'page':['string']},'output':{'a':['list']}}",
           "{'style':'page','page':'page','as_text':true,'items':'a'}");
}

static void what_the_answer_hands_on_is_sent_next(void **state)
{
    (void)state;
    expect("{'input':{'cursor':['string']},'output':{'a':['list'],'nextCursor':['string']}}",
           "{'style':'token','next':{'cursor':'nextCursor'},'items':'a'}");
    expect(
        "{'input':{'lastMessageId':['string'],'limit':['number']},"
        "'output':{'messages':['list'],'lastMessageId':['string'],'nextPage':['boolean']}}",
        "{'style':'token','next':{'lastMessageId':'lastMessageId'},'items':'messages'}");
}

static void what_is_not_certain_is_no_paging(void **state)
{
    (void)state;
    expect("{'input':{'cursor':['string']},'output':{'a':['list']}}", NULL);
    expect("{'input':{'skip':['integer']},'output':{'a':['list']}}", NULL);
    expect("{'input':{'page':['integer']},'output':{'a':['list'],'b':['list']}}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_table_says_comes_first),
        cmocka_unit_test(counted_pages_are_known_by_their_field),
        cmocka_unit_test(what_the_answer_hands_on_is_sent_next),
        cmocka_unit_test(what_is_not_certain_is_no_paging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
