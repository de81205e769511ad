/* Schemas: what an input may be, and what a person reads where it is not. */
#include "../service/fixture.h"

#include "connector/schema.h"

static int check(const char *schema, json_t *input, struct err *e)
{
    json_t *s = fix_json(schema);
    int rc = schema_check(s, input, e);
    json_decref(s);
    return rc;
}

static int check_text(const char *schema, const char *input, struct err *e)
{
    json_t *v = fix_json(input);
    int rc = check(schema, v, e);
    json_decref(v);
    return rc;
}

static const char task[] =
    "{'contactId':['string'],'title':{'1':'string','max':5},'dueDate':['date'],"
    "'completed':['boolean'],'body':{'1':'string','optional':true}}";

static void a_whole_input_passes(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(
        check_text(task,
                   "{'contactId':'c','title':'Call','dueDate':'2026-11-25T10:00:00+01:00',"
                   "'completed':false}",
                   &e),
        0);
}

static void every_mistake_is_named_at_once(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(check_text(task, "{'titel':'Call','dueDate':'soon','completed':'no'}", &e),
                     -1);
    assert_int_equal(e.kind, ERR_INVALID);
    assert_contains(e.message, "contactId: is missing");
    assert_contains(e.message, "title: is missing");
    assert_contains(e.message, "dueDate: is not a date");
    assert_contains(e.message, "completed: must be true or false, is text");
    assert_contains(e.message, "titel: is unknown, did you mean title?");
}

static void more_than_eight_mistakes_are_counted(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(
        check_text("{}", "{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1,'h':1,'i':1,'j':1}", &e), -1);
    assert_contains(e.message, "and 2 more");
}

static void defaults_are_filled_in(void **state)
{
    json_t *input = json_object();
    assert_int_equal(
        check("{'limit':{'1':'integer','default':100},'x':{'1':'any','optional':true}}", input,
              NULL),
        0);
    assert_int_equal(json_get_int(input, "limit", 0), 100);
    assert_int_equal(json_object_size(input), 1);
    json_decref(input);
}

static void null_is_the_same_as_nothing_unless_the_field_takes_it(void **state)
{
    json_t *input = fix_json("{'a':null,'b':null}");
    assert_int_equal(
        check("{'a':{'1':'string','optional':true},'b':{'1':'string','nullable':true}}", input,
              NULL),
        0);
    assert_null(json_object_get(input, "a"));
    assert_true(json_is_null(json_object_get(input, "b")));
    json_decref(input);
    struct err e = ERR_INIT;
    assert_int_equal(check_text("{'a':['string']}", "{'a':null}", &e), -1);
    assert_string_equal(e.message, "a: is missing");
}

static void a_whole_number_becomes_an_integer_and_others_do_not(void **state)
{
    json_t *input = fix_json("{'n':5.0}");
    assert_int_equal(check("{'n':['integer']}", input, NULL), 0);
    assert_true(json_is_integer(json_object_get(input, "n")));
    json_decref(input);
    assert_int_equal(check_text("{'n':['integer']}", "{'n':5.5}", NULL), -1);
    assert_int_equal(check_text("{'n':['number']}", "{'n':5}", NULL), 0);
    assert_int_equal(check_text("{'n':['string']}", "{'n':5}", NULL), -1);
}

static void an_empty_table_of_lua_is_a_list_or_an_object_as_the_field_wants(void **state)
{
    json_t *input = fix_json("{'tags':{},'query':[]}");
    assert_int_equal(check("{'tags':['list'],'query':['object']}", input, NULL), 0);
    assert_true(json_is_array(json_object_get(input, "tags")));
    assert_true(json_is_object(json_object_get(input, "query")));
    json_decref(input);
}

static void items_of_a_list_are_adapted_like_fields(void **state)
{
    json_t *input = fix_json("{'counts':[1,2.0],'things':[[],{'x':1}]}");
    const char *schema =
        "{'counts':{'1':'list','of':['integer']},"
        "'things':{'1':'list','of':{'1':'object','fields':{'x':{'1':'integer','optional':true}}}}}";
    assert_int_equal(check(schema, input, NULL), 0);
    assert_true(json_is_integer(json_path(input, "counts.1")));
    assert_true(json_is_object(json_path(input, "things.0")));
    json_decref(input);
}

static void items_and_inner_fields_are_checked_with_their_place(void **state)
{
    struct err e = ERR_INIT;
    const char *schema =
        "{'tags':{'1':'list','of':['string']},"
        "'o':{'1':'object','fields':{'x':['integer']}}}";
    assert_int_equal(check_text(schema, "{'tags':['a',2],'o':{'x':'1','y':2}}", &e), -1);
    assert_contains(e.message, "tags[2]: must be a text, is an integer");
    assert_contains(e.message, "o.x: must be an integer, is text");
    assert_contains(e.message, "o.y: is unknown");
}

static void limits_of_a_field_are_kept(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(check_text("{'t':{'1':'string','max':3}}", "{'t':'äöü'}", &e), 0);
    assert_int_equal(check_text("{'t':{'1':'string','max':3}}", "{'t':'abcd'}", &e), -1);
    assert_contains(e.message, "longer than 3");
    assert_int_equal(check_text("{'s':{'1':'string','enum':['on','off']}}", "{'s':'of'}", &e), -1);
    assert_contains(e.message, "one of [\"on\",\"off\"]");
    assert_int_equal(check_text("{'m':{'1':'string','format':'email'}}", "{'m':'a@b.c'}", &e), 0);
    assert_int_equal(check_text("{'m':{'1':'string','format':'email'}}", "{'m':'a@b@c'}", &e), -1);
}

static void a_field_may_need_another_to_be_true(void **state)
{
    const char *schema =
        "{'tags':{'1':'list','optional':true,'needs':'replace_tags','why':'they "
        "overwrite all tags'},"
        "'replace_tags':{'1':'boolean','optional':true}}";
    struct err e = ERR_INIT;
    assert_int_equal(check_text(schema, "{'tags':['a']}", &e), -1);
    assert_string_equal(e.message, "tags: they overwrite all tags");
    assert_int_equal(check_text(schema, "{'tags':['a'],'replace_tags':false}", &e), -1);
    assert_int_equal(check_text(schema, "{'tags':['a'],'replace_tags':true}", &e), 0);
    assert_int_equal(check_text(schema, "{}", &e), 0);
}

static void an_input_that_is_no_object_is_an_error(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(check_text("{}", "[1]", &e), -1);
    assert_contains(e.message, "must be an object");
    assert_int_equal(schema_check(NULL, NULL, &e), -1);
}

static void deep_values_do_not_recurse_without_end(void **state)
{
    struct err e = ERR_INIT;
    json_t *d = fix_json("['list']"), *v = json_array();
    for (int i = 0; i < 60; i++) {
        json_t *outer = fix_json("{'1':'list'}");
        json_object_set_new(outer, "of", d);
        d = outer;
        json_t *list = json_array();
        json_array_append_new(list, v);
        v = list;
    }
    json_t *schema = json_object(), *input = json_object();
    json_object_set_new(schema, "x", d);
    json_object_set_new(input, "x", v);
    assert_int_equal(schema_check(schema, input, &e), 0);
    json_decref(schema);
    json_decref(input);
}

/* It came as a text with all of its digits (format/json.h). */
static void an_integer_of_more_than_64_bits_is_a_number_in_answers_only(void **state)
{
    struct err e = ERR_INIT;
    json_t *s = fix_json("{'id':['integer'],'sum':['number']}");
    json_t *big = fix_json("{'id':123456789012345678901,'sum':-99999999999999999999}");
    json_t *text = fix_json("{'id':'12','sum':1}");
    assert_int_equal(schema_check_output(s, big, &e), 0);
    assert_int_equal(schema_check_output(s, text, &e), -1);
    assert_int_equal(schema_check(s, big, &e), -1);
    assert_string_equal(e.message,
                        "id: must be an integer, is a whole number of more than 64 bits; "
                        "sum: must be a number, is a whole number of more than 64 bits");
    json_decref(s);
    json_decref(big);
    json_decref(text);
}

static void an_answer_must_have_what_was_promised_and_may_have_more(void **state)
{
    struct err e = ERR_INIT;
    json_t *s = fix_json("{'task':['object'],'traceId':{'1':'string','optional':true}}");
    json_t *good = fix_json("{'task':{},'more':1}"), *bad = fix_json("{'task':'x'}"),
           *none = fix_json("{}");
    assert_int_equal(schema_check_output(s, good, &e), 0);
    assert_int_equal(schema_check_output(s, bad, &e), -1);
    assert_int_equal(e.kind, ERR_PROTOCOL);
    assert_int_equal(schema_check_output(s, none, &e), -1);
    assert_contains(e.message, "task: is missing");
    json_decref(s);
    json_decref(good);
    json_decref(bad);
    json_decref(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_input_passes),
        cmocka_unit_test(every_mistake_is_named_at_once),
        cmocka_unit_test(more_than_eight_mistakes_are_counted),
        cmocka_unit_test(defaults_are_filled_in),
        cmocka_unit_test(null_is_the_same_as_nothing_unless_the_field_takes_it),
        cmocka_unit_test(a_whole_number_becomes_an_integer_and_others_do_not),
        cmocka_unit_test(an_empty_table_of_lua_is_a_list_or_an_object_as_the_field_wants),
        cmocka_unit_test(items_of_a_list_are_adapted_like_fields),
        cmocka_unit_test(items_and_inner_fields_are_checked_with_their_place),
        cmocka_unit_test(limits_of_a_field_are_kept),
        cmocka_unit_test(a_field_may_need_another_to_be_true),
        cmocka_unit_test(an_input_that_is_no_object_is_an_error),
        cmocka_unit_test(deep_values_do_not_recurse_without_end),
        cmocka_unit_test(an_integer_of_more_than_64_bits_is_a_number_in_answers_only),
        cmocka_unit_test(an_answer_must_have_what_was_promised_and_may_have_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
