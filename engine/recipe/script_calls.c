/* Reads a script for the operations that it calls. Who walks around this reading gains nothing: what
 * is not found here, the run is refused (run/reach.h). So it need not be perfect; where it is in doubt
 * it says so, and the script is granted all that the recipe's `needs` name. Pure; any thread. */
#include "recipe/script_calls.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/token.h"

static bool is_text(const struct token *t, const char *text)
{
    return t->kind != TOKEN_STRING && t->len == strlen(text) && memcmp(t->text, text, t->len) == 0;
}

static bool is_same(const struct token *a, const struct token *b)
{
    return a->kind == TOKEN_NAME && b->kind == TOKEN_NAME && a->len == b->len &&
           memcmp(a->text, b->text, a->len) == 0;
}

/* --- the action's function --- */

/* What is known of `run`: the name of its first parameter. */
struct action {
    bool is_found;
    bool is_unclear; /* `run` is something else than a function that stands there */
    struct token ctx;
};

/* Reads on behind the word `function`: its name, if it has one, and its first parameter. */
static void read_function(struct cursor *c, bool is_run, struct action *a)
{
    struct token t = scan_token(c);
    while (t.kind == TOKEN_NAME || is_text(&t, ".") || is_text(&t, ":")) {
        is_run = is_run || is_text(&t, "run");
        t = scan_token(c);
    }
    struct cursor ahead = *c;
    struct token first = scan_token(&ahead);
    if (!is_run || !is_text(&t, "(")) {
        return;
    }
    a->is_unclear = a->is_unclear || is_text(&first, "...") ||
                    (a->is_found && first.kind == TOKEN_NAME && !is_same(&a->ctx, &first));
    a->is_found = true;
    a->ctx = first;
}

/* `run = function(ctx, …)`, `local function run(ctx, …)`, `function action.run(ctx, …)`. */
static struct action find_action(const char *text, size_t len)
{
    struct cursor c = { text, text + len };
    struct action a = { .is_found = false };
    struct token one = { .kind = TOKEN_OTHER }, two = one;
    for (struct token t = scan_token(&c); t.kind != TOKEN_END; t = scan_token(&c)) {
        bool is_run = is_text(&one, "run") && is_text(&two, "=");
        if (is_text(&t, "function")) {
            read_function(&c, is_run, &a);
        } else if (is_run && !is_text(&t, "run") && !is_text(&t, "=")) {
            a.is_unclear = true;
        }
        one = two;
        two = t;
    }
    return a;
}

/* --- what it does with ctx --- */

struct reading {
    struct cursor cursor;
    struct token ctx;
    script_calls_fn tell;
    void *ud;
};

static void tell_call(const struct reading *r, const struct token *connection,
                      const struct token *operation)
{
    char *name = xstrndup(connection->text, connection->len);
    char *called = operation != NULL ? xstrndup(operation->text, operation->len) : NULL;
    r->tell(r->ud, name, called);
    free(called);
    free(name);
}

/* `["name"]` behind the bracket; false where it is computed. */
static bool read_index(struct cursor *c, struct token *name)
{
    *name = scan_token(c);
    struct token close = scan_token(c);
    return name->kind == TOKEN_STRING && is_text(&close, "]");
}

/* `.name`, `:name` or `["name"]` at the cursor, which moves behind it. False: something else. */
static bool read_member(struct cursor *c, struct token *name)
{
    struct cursor ahead = *c;
    struct token sign = scan_token(&ahead);
    if (is_text(&sign, "[")) {
        if (!read_index(&ahead, name)) {
            return false;
        }
    } else {
        *name = scan_token(&ahead);
        if ((!is_text(&sign, ".") && !is_text(&sign, ":")) || name->kind != TOKEN_NAME) {
            return false;
        }
    }
    *c = ahead;
    return true;
}

/* The operation of pages('search', …), pages 'search'; false where it is computed. */
static bool read_paged(struct cursor *c, struct token *operation)
{
    *operation = scan_token(c);
    if (is_text(operation, "(")) {
        *operation = scan_token(c);
    }
    return operation->kind == TOKEN_STRING;
}

/* pcall(ctx.crm.op, ctx.crm, …): the second one is the call's self. */
static void skip_self(struct reading *r, const struct token *connection)
{
    struct cursor c = r->cursor;
    struct token comma = scan_token(&c), ctx = scan_token(&c), name = { .kind = TOKEN_OTHER };
    if (is_text(&comma, ",") && is_same(&ctx, &r->ctx) && read_member(&c, &name) &&
        is_same(&name, connection)) {
        struct cursor ahead = c;
        struct token after = scan_token(&ahead);
        if (is_text(&after, ",") || is_text(&after, ")")) {
            r->cursor = c;
        }
    }
}

static bool is_no_connection(const struct token *t)
{
    static const char *const fields[] = { "inputs", "event", "meta", "now", "log" };
    bool is_field = false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        is_field = is_field || (t->len == strlen(fields[i]) && !memcmp(t->text, fields[i], t->len));
    }
    return is_field;
}

/* The cursor stands behind `ctx`. */
static void read_use(struct reading *r)
{
    struct token connection, operation;
    if (!read_member(&r->cursor, &connection)) {
        r->tell(r->ud, NULL, NULL);
        return;
    }
    if (is_no_connection(&connection)) {
        return;
    }
    bool is_known = read_member(&r->cursor, &operation);
    if (is_known && is_text(&operation, "pages")) {
        is_known = read_paged(&r->cursor, &operation);
    }
    tell_call(r, &connection, is_known ? &operation : NULL);
    if (is_known) {
        skip_self(r, &connection);
    }
}

/* Moves behind the parameters of a function: they are names and nothing else. */
static void skip_parameters(struct cursor *c)
{
    struct token t = scan_token(c);
    while (t.kind != TOKEN_END && !is_text(&t, ")")) {
        t = scan_token(c);
    }
}

void script_calls(const char *text, size_t len, script_calls_fn tell, void *ud)
{
    struct action a = find_action(text, len);
    if (!a.is_found || a.is_unclear) {
        tell(ud, NULL, NULL);
        return;
    }
    struct reading r = { .cursor = { text, text + len }, .ctx = a.ctx, .tell = tell, .ud = ud };
    struct token before = { .kind = TOKEN_OTHER };
    for (struct token t = scan_token(&r.cursor); t.kind != TOKEN_END; t = scan_token(&r.cursor)) {
        bool is_field = is_text(&before, ".") || is_text(&before, ":");
        if (is_text(&t, "function")) {
            skip_parameters(&r.cursor);
        } else if (!is_field && is_same(&t, &r.ctx)) {
            read_use(&r);
        }
        before = t;
    }
}
