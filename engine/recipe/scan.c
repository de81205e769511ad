/* Finds paths and literal names in Lua expressions. A cursor walks over the text token by token:
 * strings (short and long) and comments are stepped over, a name is looked at together with the
 * token before it (after `.` or `:` it is a field, not a variable) and those behind it. Whatever the
 * bytes are, the cursor only moves forward. No state; any thread. */

#include "recipe/scan.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "recipe/token.h"

static bool is_name_start(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static bool is_name_part(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The level of a long bracket "[==[" at p, or -1 where there is none. */
static int long_bracket(const char *p, const char *end)
{
    if (p >= end || *p != '[') {
        return -1;
    }
    int level = 0;
    for (p++; p < end && *p == '='; p++) {
        level++;
    }
    return p < end && *p == '[' ? level : -1;
}

/* Moves behind the "]==]" that closes a long bracket of this level; to the end where it is open. */
static void skip_long(struct cursor *c, int level)
{
    for (c->at += level + 2; c->at < c->end; c->at++) {
        if (*c->at != ']') {
            continue;
        }
        const char *p = c->at + 1;
        while (p < c->end && *p == '=') {
            p++;
        }
        if (p < c->end && *p == ']' && p - c->at - 1 == level) {
            c->at = p + 1;
            return;
        }
    }
}

static void skip_comment(struct cursor *c)
{
    c->at += 2;
    int level = long_bracket(c->at, c->end);
    if (level >= 0) {
        skip_long(c, level);
        return;
    }
    while (c->at < c->end && *c->at != '\n') {
        c->at++;
    }
}

static void skip_blank(struct cursor *c)
{
    while (c->at < c->end) {
        if (c->end - c->at >= 2 && c->at[0] == '-' && c->at[1] == '-') {
            skip_comment(c);
        } else if (isspace((unsigned char)*c->at)) {
            c->at++;
        } else {
            return;
        }
    }
}

static struct token read_string(struct cursor *c)
{
    char quote = *c->at++;
    const char *start = c->at;
    while (c->at < c->end && *c->at != quote) {
        c->at += *c->at == '\\' && c->end - c->at >= 2 ? 2 : 1;
    }
    struct token t = { TOKEN_STRING, start, (size_t)(c->at - start) };
    if (c->at < c->end) {
        c->at++;
    }
    return t;
}

static struct token read_long_string(struct cursor *c, int level)
{
    const char *start = c->at + level + 2;
    skip_long(c, level);
    size_t close = (size_t)level + 2;
    size_t len = (size_t)(c->at - start);
    return (struct token){ TOKEN_STRING, start, len >= close ? len - close : len };
}

static struct token read_name_token(struct cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && is_name_part(*c->at)) {
        c->at++;
    }
    return (struct token){ TOKEN_NAME, start, (size_t)(c->at - start) };
}

/* Dots come as one token, so that ".." before a name is not taken for a field access; digits with
 * what belongs to them too, so that 1.e5 holds no name. */
static struct token read_other(struct cursor *c)
{
    const char *start = c->at;
    bool is_number = isdigit((unsigned char)*start);
    bool is_dots = *start == '.';
    c->at++;
    while (c->at < c->end &&
           ((is_dots && *c->at == '.') || (is_number && (is_name_part(*c->at) || *c->at == '.')))) {
        c->at++;
    }
    return (struct token){ TOKEN_OTHER, start, (size_t)(c->at - start) };
}

struct token scan_token(struct cursor *c)
{
    skip_blank(c);
    if (c->at >= c->end) {
        return (struct token){ TOKEN_END, c->end, 0 };
    }
    int level = long_bracket(c->at, c->end);
    if (level >= 0) {
        return read_long_string(c, level);
    }
    if (*c->at == '"' || *c->at == '\'') {
        return read_string(c);
    }
    return is_name_start(*c->at) ? read_name_token(c) : read_other(c);
}

static bool is_token_text(const struct token *t, const char *text)
{
    return t->len == strlen(text) && memcmp(t->text, text, t->len) == 0;
}

static bool is_sign(const struct token *t, const char *sign)
{
    return t->kind == TOKEN_OTHER && is_token_text(t, sign);
}

static void tell_name(scan_fn fn, void *ud, enum scan_what what, const char *name, size_t len)
{
    fn(ud, &(struct find){ .what = what, .name = name, .len = len });
}

/* --- paths --- */

/* The index of a list's item, from 1, or 0 where the token is no small whole number. */
static int item_index(const struct token *t)
{
    int index = 0;
    for (size_t i = 0; i < t->len; i++) {
        if (t->len > 6 || !isdigit((unsigned char)t->text[i])) {
            return 0;
        }
        index = index * 10 + (t->text[i] - '0');
    }
    return index;
}

/* `.name`, `["name"]` or `[1]` at the cursor, which then stands behind it; NULL where there is no
 * such part. Yours. */
static json_t *next_segment(struct cursor *c)
{
    struct cursor ahead = *c;
    struct token sign = scan_token(&ahead);
    struct token part = scan_token(&ahead);
    json_t *segment = NULL;
    if (is_sign(&sign, ".") && part.kind == TOKEN_NAME) {
        segment = json_stringn(part.text, part.len);
    } else if (is_sign(&sign, "[")) {
        struct token close = scan_token(&ahead);
        int index = part.kind == TOKEN_OTHER ? item_index(&part) : 0;
        if (is_sign(&close, "]") && part.kind == TOKEN_STRING) {
            segment = json_stringn(part.text, part.len);
        } else if (is_sign(&close, "]") && index > 0) {
            segment = json_integer(index);
        }
    }
    if (segment != NULL) {
        *c = ahead;
    }
    return segment;
}

/* Reads on behind the first name, with a cursor of its own: strings inside the brackets are met
 * again. */
static void find_path(const struct token *root, struct cursor c, scan_fn fn, void *ud)
{
    json_t *path = json_pack("[s%]", root->text, root->len);
    json_t *segment = next_segment(&c);
    while (segment != NULL && json_array_size(path) < SCAN_SEGMENTS_MAX) {
        (void)json_array_append_new(path, segment);
        segment = next_segment(&c);
    }
    json_decref(segment);
    fn(ud, &(struct find){ .what = SCAN_PATH, .name = root->text, .len = root->len, .path = path });
    json_decref(path);
}

static void find_map(struct cursor c, scan_fn fn, void *ud)
{
    struct token open = scan_token(&c);
    struct token name = scan_token(&c);
    struct token after = scan_token(&c);
    if (is_sign(&open, "(") && name.kind == TOKEN_STRING && is_sign(&after, ",")) {
        tell_name(fn, ud, SCAN_MAP, name.text, name.len);
    } else {
        tell_name(fn, ud, SCAN_MAP_ANY, NULL, 0);
    }
}

/* pages(crm.search_contacts, …), or the same name in quotes. */
static void find_pages(struct cursor c, scan_fn fn, void *ud)
{
    struct token open = scan_token(&c);
    struct token owner = scan_token(&c);
    struct token dot = scan_token(&c);
    bool is_call = is_sign(&open, "(");
    if (is_call && owner.kind == TOKEN_STRING && (is_sign(&dot, ",") || is_sign(&dot, ")"))) {
        tell_name(fn, ud, SCAN_PAGES, owner.text, owner.len);
        return;
    }
    struct token name = scan_token(&c);
    struct token after = scan_token(&c);
    bool is_name = owner.kind == TOKEN_NAME && is_sign(&dot, ".") && name.kind == TOKEN_NAME;
    bool is_close = owner.text + owner.len + 1 == name.text; /* no blanks between them */
    if (is_call && is_name && is_close && (is_sign(&after, ",") || is_sign(&after, ")"))) {
        tell_name(fn, ud, SCAN_PAGES, owner.text, (size_t)(name.text + name.len - owner.text));
    } else {
        tell_name(fn, ud, SCAN_PAGES_ANY, NULL, 0);
    }
}

static bool is_table_key(struct cursor c)
{
    struct token sign = scan_token(&c);
    struct token after = scan_token(&c);
    return is_sign(&sign, "=") && !is_sign(&after, "=");
}

static bool is_function_of(const struct token *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (is_token_text(name, *names)) {
            return true;
        }
    }
    return false;
}

static void look_at_name(const struct token *name, struct cursor c, scan_fn fn, void *ud)
{
    static const char *const maps[] = { "map_fields", "map_each", NULL };
    if (is_table_key(c)) {
        return;
    }
    if (is_function_of(name, maps)) {
        find_map(c, fn, ud);
    } else if (is_token_text(name, "pages")) {
        find_pages(c, fn, ud);
    } else {
        find_path(name, c, fn, ud);
    }
}

void scan_expression(const char *text, size_t len, scan_fn fn, void *ud)
{
    struct cursor c = { text, text + len };
    struct token before = { TOKEN_OTHER, text, 0 };
    for (struct token t = scan_token(&c); t.kind != TOKEN_END; t = scan_token(&c)) {
        bool is_field = is_sign(&before, ".") || is_sign(&before, ":");
        if (t.kind == TOKEN_NAME && !is_field) {
            look_at_name(&t, c, fn, ud);
        }
        before = t;
    }
}
