/* What goes together in the table of a connector, and which names must be there. */
#include "fixture.h"

#include "base/err.h"
#include "store/record.h"

static struct diags *look_at(const struct shape *shape, const char *table, const char *source)
{
    json_t *v = json_of(table);
    struct diags *d = diags_new("scripts/connectors/x.lua");
    if (source != NULL) {
        diags_set_text(d, source, strlen(source));
    }
    (void)shape_check(shape, v, d); /* what is found is looked at */
    json_decref(v);
    return d;
}

struct bad {
    const char *table, *message, *hint; /* hint NULL: any */
};

/* Each table has one finding: this. */
static void check_refusals(const struct shape *shape, const struct bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct diags *d = look_at(shape, cases[i].table, NULL);
        const char *hint = d->count > 0 ? d->items[0].hint : NULL;
        if (d->count != 1 || strcmp(d->items[0].message, cases[i].message) != 0 ||
            (cases[i].hint != NULL && (hint == NULL || strcmp(hint, cases[i].hint) != 0))) {
            print_error("%s\nis not refused by: %s\n", cases[i].table, cases[i].message);
            fail_with(d);
        }
        diags_free(d);
    }
}

static void check_passes(const struct shape *shape, const char *const *tables)
{
    for (; *tables != NULL; tables++) {
        struct diags *d = look_at(shape, *tables, NULL);
        if (d->count > 0) {
            print_error("%s\n", *tables);
            fail_with(d);
        }
        diags_free(d);
    }
}

#define REFUSE(shape, ...)                                                                         \
    do {                                                                                           \
        static const struct bad cases[] = { __VA_ARGS__ };                                         \
        check_refusals(shape, cases, sizeof cases / sizeof *cases);                                \
    } while (0)
#define PASS(shape, ...) check_passes(shape, (const char *const[]){ __VA_ARGS__, NULL })

/* --- the words that were found by accident ---------------------------------------------------- */

/* On a PUT the second one turned the promise off that a call is not repeated blindly. */
static void what_was_misspelt_in_silence_is_told(void **state)
{
    REFUSE(connector_shape(),
           { "{'name':'x','limts':[{'requests':1,'per_ms':1}]}", "unknown key `limts`",
             "did you mean `limits`?" },
           { "{'name':'x','operations':{'put':{'method':'PUT','path':'/','idempotnet':false}}}",
             "unknown key `operations.put.idempotnet`", "did you mean `idempotent`?" },
           { "{'name':'x','operations':{'put':{'method':'PUT','path':'/','sucess':200}}}",
             "unknown key `operations.put.sucess`", "did you mean `success`?" },
           { "{'name':'x','operations':{'put':{'method':'PUT','path':'/',"
             "'input':{'id':{'1':'string','optinal':true}}}}}",
             "unknown key `operations.put.input.id.optinal`", "did you mean `optional`?" },
           { "{'name':'x','events':{'a':{'fields':{'o':{'1':'object','fields':{"
             "'b':{'1':'list','off':['string']}}}}}}}",
             "unknown key `events.a.fields.o.fields.b.off`", "did you mean `of`?" });
}

static void an_idempotent_field_must_be_there_and_be_true_or_false(void **state)
{
    REFUSE(connector_shape(),
           { "{'name':'x','operations':{'put':{'method':'PUT','path':'/','idempotent_unless':'nwe',"
             "'input':{'new':['boolean']}}}}",
             "`operations.put.idempotent_unless` names `nwe`, which is no field of the input",
             "did you mean `new`?" },
           { "{'name':'x','operations':{'put':{'method':'PUT','path':'/','idempotent_when':'new',"
             "'input':{'new':{'1':'string','optional':true}}}}}",
             "`operations.put.idempotent_when` names `new`, which is not true or false but of the "
             "type string",
             NULL });
    PASS(connector_shape(),
         "{'name':'x','operations':{'put':{'method':'PUT','path':'/','idempotent_unless':'new',"
         "'idempotent_when':'old','input':{'new':['boolean'],'old':{'1':'boolean'}}}}}");
}

/* --- names ------------------------------------------------------------------------------------ */

#define GET(more) "{'name':'x','operations':{'a':{'method':'GET'," more "}}}"

static void a_path_and_what_goes_into_a_call_name_fields_of_the_input(void **state)
{
    REFUSE(connector_shape(),
           { GET("'path':'a'"), "`operations.a.path` takes a path that begins with /", NULL },
           { GET("'path':'/{id}'"),
             "`operations.a.path` names {id}, which is no field of the input", NULL },
           { GET("'path':'/{idd}','input':{'id':['string']}"),
             "`operations.a.path` names {idd}, which is no field of the input",
             "did you mean `id`?" },
           { GET("'path':'/{id','input':{'id':['string']}"),
             "`operations.a.path` has a { without its }", NULL },
           { GET("'path':'/','query':['q']"),
             "`operations.a.query[1]` names `q`, which is no field of the input", NULL },
           { GET("'path':'/','joined':['q'],'input':{}"),
             "`operations.a.joined[1]` names `q`, which is no field of the input", NULL },
           { GET("'path':'/','body':['q']"),
             "`operations.a.body[1]` names `q`, which is no field of the input", NULL },
           { GET("'path':'/','body_as':'q'"),
             "`operations.a.body_as` names `q`, which is no field of the input", NULL },
           { GET("'path':'/','one_of':['q']"),
             "`operations.a.one_of[1]` names `q`, which is no field of the input", NULL },
           { GET("'free':{'url':'ulr'},'input':{'url':['string']}"),
             "`operations.a.free.url` names `ulr`, which is no field of the input",
             "did you mean `url`?" },
           { GET("'path':'/','pages':{'items':'rows','next':{'cursr':'next'}},"
                 "'input':{'cursor':['string']}"),
             "`operations.a.pages.next` names `cursr`, which is no field of the input",
             "did you mean `cursor`?" },
           { GET("'path':'/','run':{'function':true},'run_when':['verfy',{'map':'b'}],"
                 "'input':{'verify':['boolean'],'b':['object']}"),
             "`operations.a.run_when[1]` names `verfy`, which is no field of the input",
             "did you mean `verify`?" },
           { GET("'path':'/','input':{'o':{'1':'object','fields':{'tags':{'1':'list',"
                 "'needs':'replce'},'replace':['boolean']}}}"),
             "`operations.a.input.o.fields.tags.needs` names `replce`, which is no field of the "
             "input",
             "did you mean `replace`?" });
    PASS(connector_shape(),
         GET("'path':'/{id}/x/{n}','query':['q'],'input':{'id':['string'],'n':['integer'],"
             "'q':{'1':'string','optional':true}}"),
         GET("'path':'/','run':{'function':true},'run_when':['a',['a','b'],{'map':'b'}],"
             "'input':{'a':['string'],'b':['object']}"));
}

#define WITH_PROBE(probe)                                                                          \
    "{'name':'x','operations':{'list':{'method':'GET','path':'/'},'find':{'method':'POST',"        \
    "'path':'/f'},'a':{'method':'POST','path':'/','input':{'t':['string']},'probe':" probe "}}}"

static void what_looks_for_an_effect_only_reads(void **state)
{
    REFUSE(connector_shape(),
           { WITH_PROBE("{'list':'lists','items':'i','as':'t','match':['t']}"),
             "`operations.a.probe.list` names `lists`, which is no operation of this table",
             "did you mean `list`?" },
           { WITH_PROBE("{'list':'find','items':'i','as':'t','match':['t']}"),
             "`operations.a.probe.list` names `find`, which does not only read",
             "an operation with the method GET" },
           { WITH_PROBE("{'list':'list','items':'i','as':'t','match':[]}"),
             "`operations.a.probe.match` has 0 items, and 1 is the least", NULL },
           { WITH_PROBE("{'list':'list','items':'i','as':'t','match':['x']}"),
             "`operations.a.probe.match[1]` names `x`, which is no field of the input", NULL },
           { WITH_PROBE("{'list':'list','items':'i','as':'t','match':['t'],'from':{'q':'x'}}"),
             "`operations.a.probe.from.q` names `x`, which is no field of the input", NULL },
           { WITH_PROBE("{'list':'list','as':'t','match':['t']}"),
             "`operations.a.probe` needs `items`", NULL });
    PASS(connector_shape(),
         WITH_PROBE("{'list':'list','items':'i','as':'t','match':['t'],'from':{'q':'t'}}"));
}

/* … also where the connector has parts: a call in doubt is no time to find out. */
static void what_a_part_looks_with_may_stand_in_another_file(void **state)
{
    REFUSE(connector_shape(),
           { "{'name':'x','areas':true,'operations':{'a':{'method':'POST','path':'/',"
             "'input':{'t':['string']},'probe':{'list':'b','items':'i','as':'t','match':['t']}}}}",
             "`operations.a.probe.list` names `b`, which is no operation of this table", NULL });
    PASS(connector_part_shape("calendars"),
         "{'operations':{'a':{'method':'POST','path':'/','input':{'t':['string']},"
         "'probe':{'list':'b','items':'i','as':'t','match':['t']}}}}");
}

static void names_of_operations_and_events_must_be_there(void **state)
{
    REFUSE(connector_shape(),
           { "{'name':'x','operations':{'a':{'method':'POST','path':'/','input':{'t':['string']},"
             "'batch':{'use':'b','each':'t','into':'ts'}}}}",
             "`operations.a.batch.use` names `b`, which is no operation of this connector", NULL },
           { "{'name':'x','events':{'a':{'of':'b','any':[{'field':'f','is':'s'}]}}}",
             "`events.a.of` names `b`, which is no event of this connector", NULL },
           { "{'name':'x','events':{'made':{}},'webhook':{'event':'mde','verify':'config'}}",
             "`webhook.event` names `mde`, which is no event of this connector",
             "did you mean `made`?" },
           { "{'name':'x','events':{'made':{}},'prepare':{'mad':{}}}",
             "`prepare` names `mad`, which is no event of this connector",
             "did you mean `made`?" });
    /* A connector with parts has more than its own table says, and a part is not all of it. */
    PASS(connector_shape(),
         "{'name':'x','areas':true,'events':{'a':{'of':'b','any':[{'field':'f','is':'s'}]}}}");
    PASS(connector_part_shape("calendars"),
         "{'operations':{'a':{'method':'POST','path':'/','input':{'t':['string']},"
         "'batch':{'use':'b','each':'t','into':'ts'}}}}");
}

/* --- what goes together ----------------------------------------------------------------------- */

static void keys_that_go_together_are_asked_for_together(void **state)
{
    REFUSE(connector_shape(),
           { "{'name':'x','operations':{'a':{'method':'GET'}}}",
             "`operations.a` has a `method`, and needs a `path` or `free`", NULL },
           { "{'name':'x','operations':{'a':{'summary':'s'}}}",
             "`operations.a` needs a `method`, or a function `run`", NULL },
           { "{'name':'x','events':{'a':{},'b':{'of':'a','any':[]}}}",
             "`events.b` needs both `of` and `any`, or none of them", NULL },
           { "{'name':'x','events':{'b':{'any':[{'field':'f','is':'s'}]}}}",
             "`events.b` needs both `of` and `any`, or none of them", NULL },
           { "{'name':'x','events':{'a':{},'b':{'of':'a','any':[{'field':'f'}]}}}",
             "`events.b.any[1]` needs one of `has`, `is` and `missing`", NULL },
           { "{'name':'x','events':{'a':{}},'operations':{'get':{'method':'GET','path':'/'}},"
             "'prepare':{'a':{'hydrate':[{'fields':['f'],'use':'get','items':'i'}]}}}",
             "`prepare.a.hydrate[1]` needs `item`, or `items` and `match`", NULL },
           { GET("'path':'/','pages':{'items':'rows'}"),
             "`operations.a.pages` needs one of `offset`, `page`, `next` and `last`", NULL },
           { GET("'path':'/','store':{'action':'get','kind':'task'}"),
             "`operations.a.store` needs `id`: the field with the id of the record", NULL },
           { "{'name':'x','auth':{'accounts':{'name':'room','parent':'house','field':'room'}}}",
             "`auth.accounts` needs `parent`, `exchange` and `field`, or none of them", NULL },
           { "{'name':'x','auth':{'accounts':{'name':'room','parent':'house','field':'room',"
             "'exchange':{'method':'POST','path':'/','input':{'place':['string']}}}}}",
             "`auth.accounts` names a `field` that the input of `exchange` does not have", NULL },
           { "{'name':'x','webhook':{'verify':'config'}}",
             "`webhook` needs `type` or `event`, as the connector has no function `receive`",
             NULL },
           { "{'name':'x','webhook':{'type':'t','verify':[{'kind':'none'},{'kind':'hmac_sha1'}]}}",
             "`webhook` has a rule `verify[2]` of the kind `hmac_sha1` without a `header`", NULL });
    PASS(connector_shape(), "{'name':'x','operations':{'a':{'run':{'function':true}}}}",
         "{'name':'x','auth':{'accounts':{'name':'room'}}}",
         "{'name':'x','receive':{'function':true},'webhook':{'verify':'config'}}",
         "{'name':'x','webhook':{'type':'t','verify':[{'kind':'token'},{'kind':'hmac_sha1',"
         "'header':'X'}]}}");
}

/* --- forms of tables -------------------------------------------------------------------------- */

static void a_descriptor_has_its_type_in_front_and_nothing_behind_it(void **state)
{
    REFUSE(action_shape(),
           { "{'name':'x','run':{'function':true},'input':{'a':['string','integer']}}",
             "`input.a` takes one item without a name, not 2", NULL },
           { "{'name':'x','run':{'function':true},'input':{'a':'string'}}",
             "`input.a` takes a descriptor, such as { 'string', optional = true }, not `string`",
             NULL },
           { "{'name':'x','run':{'function':true},'input':{'a':{'optional':true}}}",
             "`input.a` needs its type in front", NULL },
           { "{'name':'x','run':{'function':true},'input':{'a':['text']}}",
             "`input.a[1]` takes `string`, `integer`, `number`, `boolean`, `date`, `list`, "
             "`object` or `any`, not `text`",
             NULL },
           { "{'name':'x','run':1}", "`run` takes a function, not 1", NULL });
    PASS(action_shape(), "{'name':'x','run':{'function':true}}",
         "{'name':'x','run':{'function':true},'input':{},'output':[]}",
         "{'name':'x','run':{'function':true},'input':{'a':['string'],'b':{'1':'list','of':['any'],"
         "'max':3}}}");
}

static void a_name_that_lua_would_quote_is_quoted_in_the_place(void **state)
{
    REFUSE(connector_shape(),
           { GET("'path':'/','dates':{'events[].start':'noon'}"),
             "`operations.a.dates['events[].start']` takes `naive`, `day`, `epoch_ms` or "
             "`epoch_s`, not `noon`",
             NULL });
}

static void nesting_has_an_end(void **state)
{
    json_t *d = json_of("['list']");
    for (int i = 0; i < 50; i++) {
        d = json_pack("{s:s, s:o}", "1", "list", "of", d);
    }
    json_t *table =
        json_pack("{s:s, s:{s:b}, s:{s:o}}", "name", "x", "run", "function", 1, "input", "a", d);
    struct diags *found = diags_new("x.lua");
    assert_int_equal(shape_check(action_shape(), table, found), -1);
    assert_int_equal(found->count, 1);
    assert_non_null(strstr(found->items[0].message, "is nested more than 40 levels deep"));
    diags_free(found);
    json_decref(table);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void a_word_that_stands_once_in_the_source_gives_the_line(void **state)
{
    struct diags *d = look_at(connector_shape(), "{'name':'x','limts':[],'auth':{'client':'hdr'}}",
                              "return {\n  name = 'x', limts = {},\n"
                              "  auth = { client = 'hdr' }, -- my_hdr, hdrs\n}\n");
    assert_int_equal(d->count, 2);
    assert_string_equal(d->items[0].message, "unknown key `limts`");
    assert_int_equal(d->items[0].line, 2);
    assert_int_equal(d->items[0].column, 15);
    assert_int_equal(d->items[1].line, 3);
    assert_int_equal(d->items[1].column, 22); /* the word that is wrong, not its key */
    diags_free(d);
}

static void a_name_that_is_not_there_gives_the_line_that_it_stands_in(void **state)
{
    struct diags *d = look_at(
        connector_shape(), GET("'path':'/','query':['subjct'],'input':{'subject':['string']}"),
        "query = {},\nquery = { 'subjct' },\ninput = { subject = { 'string' } },\n");
    assert_int_equal(d->count, 1);
    assert_int_equal(d->items[0].line, 2);
    assert_int_equal(d->items[0].column, 12);
    diags_free(d);
}

static void a_word_that_stands_twice_gives_none(void **state)
{
    struct diags *d = look_at(connector_shape(), "{'name':'x','limts':[]}",
                              "local limts = {}\nreturn { name = 'x', limts = limts }\n");
    assert_int_equal(d->count, 1);
    assert_int_equal(d->items[0].line, 0);
    diags_free(d);
}

/* --- words that others know, too -------------------------------------------------------------- */

static const struct shape *value_of(const struct shape *table, const char *key)
{
    for (const struct shape_key *k = table->keys; k->name != NULL; k++) {
        if (strcmp(k->name, key) == 0) {
            return k->shape;
        }
    }
    fail_msg("there is no key %s", key);
    return NULL;
}

static bool has_word(const struct shape *s, const char *word)
{
    const char *const *w = s->words;
    while (*w != NULL && strcmp(*w, word) != 0) {
        w++;
    }
    return *w != NULL;
}

static size_t count_words(const struct shape *s)
{
    size_t count = 0;
    while (s->words[count] != NULL) {
        count++;
    }
    return count;
}

static void the_kinds_of_errors_are_those_of_the_engine(void **state)
{
    const struct shape *kind = value_of(value_of(connector_shape(), "classify")->of, "kind");
    for (int k = ERR_NONE + 1; k < ERR_KIND_COUNT; k++) {
        assert_true(has_word(kind, err_kind_name((enum err_kind)k)));
    }
    assert_int_equal(count_words(kind), ERR_KIND_COUNT - 1);
}

static void the_kinds_of_records_are_those_of_the_store(void **state)
{
    const struct shape *operation = value_of(connector_shape(), "operations")->of;
    const struct shape *kind = value_of(value_of(operation, "store"), "kind");
    enum record_kind parsed;
    for (const char *const *word = kind->words; *word != NULL; word++) {
        assert_int_equal(record_kind_parse(*word, &parsed), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_misspelt_in_silence_is_told),
        cmocka_unit_test(an_idempotent_field_must_be_there_and_be_true_or_false),
        cmocka_unit_test(a_path_and_what_goes_into_a_call_name_fields_of_the_input),
        cmocka_unit_test(what_looks_for_an_effect_only_reads),
        cmocka_unit_test(what_a_part_looks_with_may_stand_in_another_file),
        cmocka_unit_test(names_of_operations_and_events_must_be_there),
        cmocka_unit_test(keys_that_go_together_are_asked_for_together),
        cmocka_unit_test(a_descriptor_has_its_type_in_front_and_nothing_behind_it),
        cmocka_unit_test(a_name_that_lua_would_quote_is_quoted_in_the_place),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(a_word_that_stands_once_in_the_source_gives_the_line),
        cmocka_unit_test(a_name_that_is_not_there_gives_the_line_that_it_stands_in),
        cmocka_unit_test(a_word_that_stands_twice_gives_none),
        cmocka_unit_test(the_kinds_of_errors_are_those_of_the_engine),
        cmocka_unit_test(the_kinds_of_records_are_those_of_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
