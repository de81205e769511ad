/* Checks an expression of a recipe before it runs. Lua itself says whether it is one: it must
 * compile behind `return` and between brackets, which together leave no room for a second value, a
 * statement or a bracket that closes ours. Then its words are read for free names, and each must be
 * one that expressions see: so a typing mistake is found when the recipe is checked, and not at
 * night. What people write who come from other languages (`!=`, `&&`, `null`, `{{ }}`) is told in
 * the words of this one. The names of the helpers come from scripts/lib/helpers.lua, read once. The
 * state and the names live until expr_forget. Loop thread. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/diag.h"
#include "script/catalog.h"
#include "script/vm.h"

enum {
    TEXT_MAX = 8 * 1024,  /* bytes of an expression */
    NAME_COUNT_MAX = 512, /* helpers */
    OTHERS_MAX = 64,      /* names of the environment and of the caller that are suggested */
    LOCALS_MAX = 64,
    BLOCKS_MAX = 32, /* that lie in each other */
};

static const char *const ENVIRONMENT[] = { "event", "meta", "inputs", "steps",
                                           "item",  "now",  "error",  NULL };
static const char *const KEYWORDS[] = {
    "and",      "break",  "do",   "else", "elseif", "end",   "false", "for",
    "function", "goto",   "if",   "in",   "local",  "nil",   "not",   "or",
    "repeat",   "return", "then", "true", "until",  "while", NULL,
};

/* --- the names that expressions see --- */

static struct {
    struct vm *vm;
    char *helpers[NAME_COUNT_MAX];
    size_t helper_count;
} checker;

static bool is_listed(const char *const *words, const char *name, size_t len)
{
    for (; words != NULL && *words != NULL; words++) {
        if (strncmp(*words, name, len) == 0 && (*words)[len] == '\0') {
            return true;
        }
    }
    return false;
}

/* Copies the texts of require('lib.helpers').names.   [-1, +0, raises] */
static int read_helpers(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "lib.helpers");
    lua_call(L, 1, 1);                                // … helpers
    if (lua_getfield(L, -1, "names") != LUA_TTABLE) { // … helpers names
        return luaL_error(L, "scripts/lib/helpers.lua does not list its names");
    }
    lua_Integer count = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= count && checker.helper_count < NAME_COUNT_MAX; i++) {
        if (lua_geti(L, -1, i) == LUA_TSTRING) {
            checker.helpers[checker.helper_count++] = xstrdup(lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    return 0;
}

/* The names are read once; a program without helpers.lua has none. */
static int checker_open(struct err *e)
{
    if (checker.vm != NULL) {
        return 0;
    }
    size_t len;
    char *helpers = source_find(NULL, "lib/helpers", &len);
    checker.vm = vm_new(&(struct vm_opts){ .find_module = source_find_module }, e);
    int rc = checker.vm != NULL ? 0 : -1;
    if (rc == 0 && helpers != NULL) {
        rc = vm_enter(checker.vm, read_helpers, NULL, e);
    }
    free(helpers);
    if (rc == -1) {
        expr_forget();
    }
    return rc;
}

void expr_forget(void)
{
    vm_free(checker.vm);
    checker.vm = NULL;
    while (checker.helper_count > 0) {
        free(checker.helpers[--checker.helper_count]);
    }
}

static bool is_helper(const char *name, size_t len)
{
    for (size_t i = 0; i < checker.helper_count; i++) {
        if (strncmp(checker.helpers[i], name, len) == 0 && checker.helpers[i][len] == '\0') {
            return true;
        }
    }
    return false;
}

/* --- syntax --- */

struct expression {
    const char *text;
    size_t len;
    const char *const *extra;
};

static void try_compile(lua_State *L, const char *before, const struct expression *x,
                        const char *after)
{
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    luaL_addstring(&b, before);
    luaL_addlstring(&b, x->text, x->len);
    luaL_addstring(&b, after);
    luaL_pushresult(&b);
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    vm_load(L, text, len, "=expr");
}

/* Raises what is wrong with the syntax.   [-1, +0, raises] */
static int compile_expression(lua_State *L)
{
    const struct expression *x = lua_touserdata(L, 1);
    try_compile(L, "return ", x, "\n");
    try_compile(L, "local _ = (", x, "\n)");
    return 0;
}

/* Lua's message without "expr:1: ", and with what `<eof>` means here. */
static int clean_message(struct err *e)
{
    char text[ERR_MESSAGE_MAX];
    const char *start = strncmp(e->message, "expr:", 5) == 0 ? strchr(e->message + 5, ' ') : NULL;
    (void)snprintf(text, sizeof text, "%s",
                   start != NULL ? start + 1 : e->message); /* it fitted before */
    char *eof = strstr(text, "near <eof>");
    if (eof != NULL) {
        *eof = '\0';
        return err_set(e, ERR_SCRIPT, "%sat the end of the expression", text);
    }
    return err_set(e, ERR_SCRIPT, "%s", text);
}

static int check_bytes(const struct expression *x, struct err *e)
{
    if (x->len > TEXT_MAX) {
        return err_set(e, ERR_SCRIPT, "an expression of more than %d bytes: write an action in Lua",
                       TEXT_MAX);
    }
    if (memchr(x->text, '\0', x->len) != NULL) {
        return err_set(e, ERR_SCRIPT, "an expression holds no NUL");
    }
    return 0;
}

static int check_syntax(const struct expression *x, struct err *e)
{
    if (vm_enter(checker.vm, compile_expression, (void *)x, e) == -1) {
        return e != NULL ? clean_message(e) : -1;
    }
    return 0;
}

/* --- words --- */

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_KEYWORD, TOKEN_NUMBER, TOKEN_STRING, TOKEN_OTHER };

struct token {
    enum token_kind kind;
    const char *start;
    size_t len;
};

/* Reads tokens. In a text that compiles quotes and brackets are closed; in any other they may reach
 * to its end. */
struct reader {
    const char *at;
    const char *end;
};

/* The level of a long bracket at p ("[[" 0, "[=[" 1 …), or -1. */
static int bracket_level(const char *p, const char *end)
{
    const char *q = p + 1;
    if (p >= end || *p != '[') {
        return -1;
    }
    while (q < end && *q == '=') {
        q++;
    }
    return q < end && *q == '[' ? (int)(q - p - 1) : -1;
}

/* Behind the long bracket of that level that begins at p. */
static const char *skip_long(const char *p, const char *end, int level)
{
    for (p += level + 2; p < end; p++) {
        int count = 0;
        while (p[0] == ']' && p + 1 + count < end && p[1 + count] == '=') {
            count++;
        }
        if (p[0] == ']' && count == level && p + 1 + count < end && p[1 + count] == ']') {
            return p + level + 2;
        }
    }
    return end;
}

static const char *skip_quoted(const char *p, const char *end)
{
    char quote = *p;
    for (p++; p < end && *p != quote; p++) {
        p += *p == '\\' && p + 1 < end;
    }
    return p < end ? p + 1 : end;
}

static const char *skip_comment(const char *p, const char *end)
{
    int level = bracket_level(p + 2, end);
    if (level >= 0) {
        return skip_long(p + 2, end, level);
    }
    const char *line = memchr(p, '\n', (size_t)(end - p));
    return line != NULL ? line : end;
}

static const char *skip_blank(const char *p, const char *end)
{
    for (;;) {
        while (p < end && isspace((unsigned char)*p)) {
            p++;
        }
        if (end - p < 2 || p[0] != '-' || p[1] != '-') {
            return p;
        }
        p = skip_comment(p, end);
    }
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *skip_number(const char *p, const char *end)
{
    while (p < end && (is_name_char(*p) || *p == '.')) {
        bool has_sign = strchr("eEpP", *p) != NULL && p + 1 < end && (p[1] == '+' || p[1] == '-');
        p += has_sign ? 2 : 1;
    }
    return p;
}

/* Operators of more characters, some of them of other languages; the others are their one
 * character. */
static const char *skip_operator(const char *p, const char *end)
{
    static const char *const longer[] = { "...", "..", "::", "==", "~=", "<=", ">=",
                                          "//",  "<<", ">>", "!=", "&&", "||", "${" };
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        size_t len = strlen(longer[i]);
        if ((size_t)(end - p) >= len && memcmp(p, longer[i], len) == 0) {
            return p + len;
        }
    }
    return p + 1;
}

static struct token read_token(struct reader *r)
{
    const char *p = skip_blank(r->at, r->end);
    struct token t = { .kind = TOKEN_OTHER, .start = p };
    int level = bracket_level(p, r->end);
    if (p >= r->end) {
        t.kind = TOKEN_END;
    } else if (isdigit((unsigned char)*p) ||
               (*p == '.' && p + 1 < r->end && isdigit((unsigned char)p[1]))) {
        p = skip_number(p, r->end);
        t.kind = TOKEN_NUMBER;
    } else if (is_name_char(*p)) {
        while (p < r->end && is_name_char(*p)) {
            p++;
        }
        t.kind = is_listed(KEYWORDS, t.start, (size_t)(p - t.start)) ? TOKEN_KEYWORD : TOKEN_NAME;
    } else if (*p == '"' || *p == '\'') {
        p = skip_quoted(p, r->end);
        t.kind = TOKEN_STRING;
    } else if (level >= 0) {
        p = skip_long(p, r->end, level);
        t.kind = TOKEN_STRING;
    } else {
        p = skip_operator(p, r->end);
    }
    t.len = (size_t)(p - t.start);
    r->at = p;
    return t;
}

static bool is_token(const struct token *t, const char *text)
{
    return strlen(text) == t->len && memcmp(t->start, text, t->len) == 0;
}

/* --- free names --- */

/* The blocks around a place in the text, and the names that the expression makes itself: parameters
 * and locals of functions in it. A name is known within its block only. What does not fit in is not
 * known, and so refused. */
struct block {
    size_t name_count; /* before it */
    bool is_function;
    bool awaits_do; /* `for`: its names hold in the block that the `do` opens */
};
struct scope {
    struct token names[LOCALS_MAX];
    size_t count;
    struct block blocks[BLOCKS_MAX];
    size_t depth; /* may pass BLOCKS_MAX: then names are not kept */
};

static void open_block(struct scope *s, bool is_function, bool awaits_do)
{
    if (s->depth < BLOCKS_MAX) {
        s->blocks[s->depth] = (struct block){ s->count, is_function, awaits_do };
    }
    s->depth++;
}

static void close_block(struct scope *s)
{
    if (s->depth > 0 && --s->depth < BLOCKS_MAX) {
        s->count = s->blocks[s->depth].name_count;
    }
}

static void open_do(struct scope *s)
{
    struct block *last = s->depth > 0 && s->depth <= BLOCKS_MAX ? &s->blocks[s->depth - 1] : NULL;
    if (last != NULL && last->awaits_do) {
        last->awaits_do = false;
    } else {
        open_block(s, false, false);
    }
}

static bool is_in_function(const struct scope *s)
{
    bool is_in = s->depth > BLOCKS_MAX;
    for (size_t i = 0; i < s->depth && i < BLOCKS_MAX; i++) {
        is_in = is_in || s->blocks[i].is_function;
    }
    return is_in;
}

/* Follows a keyword that opens or closes a block. */
static void follow_keyword(struct scope *s, const struct token *t)
{
    if (is_token(t, "function")) {
        open_block(s, true, false);
    } else if (is_token(t, "for")) {
        open_block(s, false, true);
    } else if (is_token(t, "do")) {
        open_do(s);
    } else if (is_token(t, "then") || is_token(t, "repeat")) {
        open_block(s, false, false);
    } else if (is_token(t, "else")) {
        close_block(s);
        open_block(s, false, false);
    } else if (is_token(t, "elseif") || is_token(t, "end") || is_token(t, "until")) {
        close_block(s);
    }
}

static bool is_local_name(const struct scope *s, const struct token *t)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->names[i].len == t->len && memcmp(s->names[i].start, t->start, t->len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_known_name(const struct expression *x, const struct scope *s, const struct token *t)
{
    return is_listed(ENVIRONMENT, t->start, t->len) || is_listed(x->extra, t->start, t->len) ||
           is_helper(t->start, t->len) || is_local_name(s, t);
}

/* Whether a name behind `before` and in front of `after` names a variable: not a field, not a key
 * of a table. */
static bool is_variable(const struct token *before, const struct token *after)
{
    if (is_token(before, ".") || is_token(before, ":") || is_token(before, "::")) {
        return false;
    }
    bool may_be_key = is_token(before, "{") || is_token(before, ",") || is_token(before, ";");
    return !(may_be_key && is_token(after, "="));
}

/* A name in a list of names that are declared; `_ENV` would make names known that are not. False:
 * it cannot be. */
static bool declare(struct scope *s, const struct token *t)
{
    if (is_token(t, "_ENV") || s->count == LOCALS_MAX || s->depth > BLOCKS_MAX) {
        return false;
    }
    s->names[s->count++] = *t;
    return true;
}

/* Whether the token is a part of a list of names that `function`, `local` or `for` begins. */
static bool goes_on_list(bool is_list, const struct token *t)
{
    if (t->kind == TOKEN_KEYWORD) {
        return is_token(t, "function") || is_token(t, "local") || is_token(t, "for");
    }
    return is_list && (t->kind == TOKEN_NAME || is_token(t, "(") || is_token(t, ","));
}

/* The first free name that nobody knows, of kind TOKEN_END where there is none. `...` outside of a
 * function would be the environment itself. */
static struct token find_unknown_name(const struct expression *x)
{
    struct reader r = { .at = x->text, .end = x->text + x->len };
    struct token before = { .kind = TOKEN_OTHER, .start = "" };
    struct scope s = { .count = 0 };
    bool is_list = false;
    struct token t = read_token(&r);
    while (t.kind != TOKEN_END) {
        struct token after = read_token(&r);
        is_list = goes_on_list(is_list, &t);
        bool is_named = t.kind == TOKEN_NAME && (is_list || is_variable(&before, &after));
        if (is_named && !(is_list ? declare(&s, &t) : is_known_name(x, &s, &t))) {
            return t;
        }
        if (is_token(&t, "...") && !is_in_function(&s)) {
            return t;
        }
        bool is_named_function = is_token(&t, "function") && after.kind == TOKEN_NAME;
        if (is_named_function && is_token(&before, "local") && !declare(&s, &after)) {
            return after;
        }
        if (t.kind == TOKEN_KEYWORD) {
            follow_keyword(&s, &t);
        }
        before = t;
        t = after;
    }
    return t;
}

/* A known name that is close to the unknown one, as a sentence; yours, or NULL. */
static char *suggest(const struct expression *x, const char *name)
{
    const char *words[OTHERS_MAX + NAME_COUNT_MAX + 1];
    size_t count = 0;
    for (const char *const *w = ENVIRONMENT; *w != NULL; w++) {
        words[count++] = *w;
    }
    for (const char *const *w = x->extra; w != NULL && *w != NULL && count < OTHERS_MAX; w++) {
        words[count++] = *w;
    }
    for (size_t i = 0; i < checker.helper_count; i++) {
        words[count++] = checker.helpers[i];
    }
    words[count] = NULL;
    const char *close = diag_closest(name, words);
    return close != NULL ? xasprintf("did you mean `%s`?", close) : NULL;
}

/* --- habits --- */

/* Words and signs of other languages, and how they are written here. */
static const struct {
    const char *word, *hint;
} HABITS[] = {
    { "!=", "write `~=`" },
    { "&&", "write `and`" },
    { "||", "write `or`" },
    { "!", "write `not`" },
    { "?", "write `condition and one or other`" },
    { "${", "`${…}` is for texts; an expression names the value itself, such as event.id" },
    { "null", "write `nil`" },
    { "None", "write `nil`" },
    { "undefined", "write `nil`" },
    { "True", "write `true`" },
    { "False", "write `false`" },
    { "AND", "write `and`" },
    { "OR", "write `or`" },
    { "NOT", "write `not`" },
};

static const char *habit_hint(const struct token *t)
{
    for (size_t i = 0; i < sizeof HABITS / sizeof *HABITS; i++) {
        if (is_token(t, HABITS[i].word)) {
            return HABITS[i].hint;
        }
    }
    return NULL;
}

static int tell_habit(const struct token *t, const char *what, const char *better, char **hint,
                      struct err *e)
{
    *hint = xstrdup(better);
    return what != NULL
               ? err_set(e, ERR_SCRIPT, "%s", what)
               : err_set(e, ERR_SCRIPT, "there is no `%.*s` in expressions", (int)t->len, t->start);
}

/* `event.end`: the word is Lua's own. */
static int tell_field(const struct token *t, char **hint, struct err *e)
{
    *hint = xasprintf("write event[\"%.*s\"]", (int)t->len, t->start);
    return err_set(e, ERR_SCRIPT, "`%.*s` is a word of Lua, and no name behind a dot", (int)t->len,
                   t->start);
}

/* In a text that does not compile: a word or sign of another language, or one `=` where no table is
 * made. -1 with the error in e; 0 where there is none. */
static int find_foreign(const struct expression *x, char **hint, struct err *e)
{
    struct reader r = { .at = x->text, .end = x->text + x->len };
    struct token before = { .kind = TOKEN_OTHER, .start = "" };
    int depth = 0;
    bool has_function = false;
    for (struct token t = read_token(&r); t.kind != TOKEN_END; t = read_token(&r)) {
        bool may_be = t.kind == TOKEN_OTHER || (t.kind == TOKEN_NAME && !is_token(&before, "."));
        const char *better = may_be ? habit_hint(&t) : NULL;
        if (better != NULL) {
            return tell_habit(&t, NULL, better, hint, e);
        }
        if (t.kind == TOKEN_KEYWORD && is_token(&before, ".")) {
            return tell_field(&t, hint, e);
        }
        has_function = has_function || (t.kind == TOKEN_KEYWORD && is_token(&t, "function"));
        depth += is_token(&t, "{") - is_token(&t, "}");
        if (is_token(&t, "=") && depth <= 0 && !has_function) {
            return tell_habit(&t, "one `=` sets a value, and an expression sets none",
                              "write `==` to compare", hint, e);
        }
        before = t;
    }
    return 0;
}

/* The first two and the last two tokens. */
struct ends {
    struct token first[2], last[2];
    bool has_inner; /* `=` or `,` in between */
};

static struct ends read_ends(const struct expression *x)
{
    struct ends ends = { .has_inner = false };
    struct reader r = { .at = x->text, .end = x->text + x->len };
    size_t count = 0;
    for (struct token t = read_token(&r); t.kind != TOKEN_END; t = read_token(&r)) {
        if (count < 2) {
            ends.first[count] = t;
        }
        ends.last[0] = ends.last[1];
        ends.last[1] = t;
        ends.has_inner = ends.has_inner || is_token(&t, "=") || is_token(&t, ",");
        count++;
    }
    return count >= 5 ? ends : (struct ends){ .has_inner = true };
}

/* `{{ event.id }}`: a table with a table in it for Lua, and hardly for who wrote it. */
static int find_double_braces(const struct expression *x, char **hint, struct err *e)
{
    struct ends n = read_ends(x);
    if (n.has_inner || !is_token(&n.first[0], "{") || !is_token(&n.first[1], "{") ||
        !is_token(&n.last[0], "}") || !is_token(&n.last[1], "}") ||
        n.first[0].start + 1 != n.first[1].start || n.last[0].start + 1 != n.last[1].start) {
        return 0;
    }
    return tell_habit(&n.first[0], "there is no `{{ }}` in expressions",
                      "leave the braces out, such as = event.id", hint, e);
}

/* Whether a text stands for a number, so that `+` can add it. */
static bool is_number_text(const struct token *t)
{
    for (size_t i = 1; i + 1 < t->len; i++) {
        if (!isdigit((unsigned char)t->start[i]) && strchr(" .-", t->start[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_lua_word(const struct token *t)
{
    return t->kind == TOKEN_STRING && !is_number_text(t);
}

/* A whole number that 64 bits do not hold: Lua makes a float of it, which has other digits. */
static bool is_big(const struct token *t)
{
    static const char most[] = "9223372036854775807";
    const char *at = t->start;
    size_t len = t->len;
    for (size_t i = 0; i < len; i++) {
        if (t->kind != TOKEN_NUMBER || !isdigit((unsigned char)at[i])) {
            return false;
        }
    }
    for (; len > 1 && *at == '0'; len--) {
        at++;
    }
    return len > sizeof most - 1 || (len == sizeof most - 1 && memcmp(at, most, len) > 0);
}

/* What compiles and means something else than who wrote it thinks. */
static int find_trap(const struct expression *x, char **hint, struct err *e)
{
    struct reader r = { .at = x->text, .end = x->text + x->len };
    struct token before = { .kind = TOKEN_OTHER, .start = "" };
    for (struct token t = read_token(&r); t.kind != TOKEN_END; t = read_token(&r)) {
        struct reader ahead = r;
        struct token after = read_token(&ahead), behind = read_token(&ahead);
        if (is_token(&t, "+") && (is_lua_word(&before) || is_lua_word(&after))) {
            return tell_habit(&t, "`+` adds numbers", "texts are joined by `..`", hint, e);
        }
        if (is_token(&t, "|") && is_helper(after.start, after.len) && !is_token(&behind, "(")) {
            char *better = xasprintf("a function has its values in brackets: %.*s(…)",
                                     (int)after.len, after.start);
            int rc = tell_habit(&t, NULL, better, hint, e);
            free(better);
            return rc;
        }
        if (is_big(&t)) {
            return tell_habit(&t, "a whole number of more than 64 bits would lose digits",
                              "write it as a text, in quotes", hint, e);
        }
        before = t;
    }
    return find_double_braces(x, hint, e);
}

/* --- all of it --- */

static int check_names(const struct expression *x, char **hint, struct err *e)
{
    struct token unknown = find_unknown_name(x);
    if (unknown.kind == TOKEN_END) {
        return 0;
    }
    const char *better = habit_hint(&unknown);
    if (better != NULL) {
        return tell_habit(&unknown, NULL, better, hint, e);
    }
    char *name = xstrndup(unknown.start, unknown.len);
    *hint = suggest(x, name);
    (void)err_set(e, ERR_SCRIPT, "there is no `%s` in expressions", name);
    free(name);
    return -1;
}

int expr_check(const char *text, size_t len, const char *const *extra, char **hint, struct err *e)
{
    const struct expression x = { .text = text, .len = len, .extra = extra };
    *hint = NULL;
    if (checker_open(e) == -1 || check_bytes(&x, e) == -1) {
        return -1;
    }
    if (check_syntax(&x, e) == -1) {
        (void)find_foreign(&x, hint, e); /* tells more than Lua does, where it finds one */
        return -1;
    }
    return find_trap(&x, hint, e) == -1 ? -1 : check_names(&x, hint, e);
}
