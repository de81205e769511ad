/* The table of a connector, as JSON: any table is told what is wrong with it, and one that is right
 * can be worked with. Its operations become requests, its rules read deliveries and answers, and
 * nothing of that looks for a key in a form that the check lets through in another. */
#include "fuzz.h"

#include "base/utf8.h"
#include "call/answer.h"
#include "call/request.h"
#include "connection/connection_state.h"
#include "connector/connector_shape.h"
#include "connector/paging.h"
#include "connector/schema.h"
#include "webhook/verify.h"

static struct connection_env nobody; /* what a connection asks of it here is the zone, which is UTC */

static void check_findings(const struct diags *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const char *message = d->items[i].message;
        FUZZ_CHECK(message[0] != '\0' && utf8_is_valid(message, strlen(message)));
        FUZZ_CHECK((d->items[i].line > 0) == (d->items[i].column > 0));
    }
}

/* Whether the table is of that shape; the table itself is the text that lines are looked for in. */
static bool has_shape(const struct shape *shape, const json_t *table, const char *text, size_t len)
{
    struct diags *d = diags_new("fuzz.lua");
    diags_set_text(d, text, len);
    bool is_fine = shape_check(shape, table, d) == 0;
    FUZZ_CHECK(is_fine == (d->count + d->dropped == 0));
    check_findings(d);
    diags_free(d);
    return is_fine;
}

/* A value of the type that the descriptor names, so that requests get further than their check. */
static json_t *value_of(const json_t *descriptor)
{
    const char *type = schema_type(descriptor);
    return strcmp(type, "string") == 0    ? json_string("a b/c")
           : strcmp(type, "integer") == 0 ? json_integer(7)
           : strcmp(type, "number") == 0  ? json_real(7.5)
           : strcmp(type, "boolean") == 0 ? json_true()
           : strcmp(type, "date") == 0    ? json_string("2026-11-25T10:00:00+01:00")
           : strcmp(type, "list") == 0    ? json_pack("[s]", "x")
           : strcmp(type, "object") == 0  ? json_object()
                                          : json_null();
}

static json_t *input_of(const struct operation *op)
{
    json_t *input = json_object();
    const char *name;
    json_t *descriptor;
    json_object_foreach (op->input, name, descriptor) {
        json_object_set_new(input, name, value_of(descriptor));
    }
    return input;
}

static void check_request(const struct connection *c, const struct operation *op)
{
    struct err e = ERR_INIT;
    struct request request = { .url = NULL };
    json_t *input = input_of(op);
    (void)operation_is_idempotent(op, input); /* either is fine */
    if (request_check(c, op, input, &e) == 0 &&
        request_build(&request, c, op, input, "key", &e) == 0) {
        FUZZ_CHECK(request.url != NULL && request.host != NULL);
        request_fini(&request);
    } else {
        FUZZ_CHECK(e.kind != ERR_NONE && e.message[0] != '\0');
    }
    json_decref(input);
}

static void check_answer(const struct connection *c, const struct operation *op, int status)
{
    struct err e = ERR_INIT;
    json_t *output = NULL;
    struct http_response res = { .status = status };
    buf_init(&res.body, 100);
    (void)buf_puts(&res.body, "{\"message\":\"no\",\"id\":\"1\"}");
    if (answer_read(c, op, "a.example", &res, &output, &e) == -1) {
        FUZZ_CHECK(output == NULL && e.kind != ERR_NONE);
    }
    json_decref(output);
    buf_fini(&res.body);
}

static void check_operations(const struct connection *c)
{
    for (const char *const *n = connector_operation_names(c->connector); *n != NULL; n++) {
        const struct operation *op = connector_operation(c->connector, *n);
        FUZZ_CHECK(op != NULL && (op->method == NULL || strlen(op->method) < 8));
        json_decref(paging_of(op->table));
        check_request(c, op);
        check_answer(c, op, 200);
        check_answer(c, op, 404);
    }
}

static void check_events(const struct connection *c)
{
    static const char body[] = "{\"type\":\"x\",\"id\":\"1\",\"tags\":[\"a\"]}";
    struct err e = ERR_INIT;
    json_t *payload = json_parse(body, sizeof body - 1, &e);
    (void)connector_event_of(c->connector, payload); /* any is fine */
    for (const char *const *n = connector_event_names(c->connector); *n != NULL; n++) {
        (void)connector_event_matches(c->connector, *n, payload, c->config);
    }
    char *key = connector_dedupe_key(c->connector, payload, c->config, body, sizeof body - 1);
    FUZZ_CHECK(key != NULL);
    free(key);
    json_decref(payload);
}

static void work_with(json_t *table)
{
    struct err e = ERR_INIT;
    static char name[] = "fuzz", base_url[] = "https://a.example";
    struct connection c = { .env = &nobody, .name = name, .base_url = base_url };
    c.config = json_object();
    c.connector = connector_new("fuzz", table);
    check_operations(&c);
    check_events(&c);
    verifier_free(verifier_new(table, c.config, &e)); /* without a secret: NULL is fine */
    connector_free(c.connector);
    json_decref(c.config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = ERR_INIT;
    const char *text = (const char *)data;
    json_t *table = json_parse(text, size, &e);
    if (table == NULL) {
        return 0;
    }
    if (has_shape(connector_shape(), table, text, size)) {
        work_with(table);
    }
    (void)has_shape(connector_part_shape("index"), table, text, size); /* either is fine */
    (void)has_shape(connector_part_shape("events"), table, text, size);
    (void)has_shape(connector_part_shape("area"), table, text, size);
    (void)has_shape(action_shape(), table, text, size);
    json_decref(table);
    return 0;
}
