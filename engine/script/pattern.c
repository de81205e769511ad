/* The matcher of Lua's patterns: a backtracking one, with the semantics of the reference manual
 * (Lua 5.4, 6.4.1) and the structure of Lua's lstrlib.c. The difference is the meter: each
 * character that is looked at is a step, and every thousand steps are charged to the script's
 * budget, which raises where it is spent. So the worst pattern costs as much as a loop that does
 * not end: a fraction of a second. Nothing is allocated. Loop thread. */
#include "script/pattern.h"

#include <ctype.h>
#include <string.h>

#include "script/state.h"

enum {
    DEPTH_MAX = 200,    /* of recursion; as in Lua */
    STEPS_BATCH = 1024, /* steps between two charges */
    STEPS_PER_UNIT = 2
};

static const char ESCAPE = '%';

static const char *match_pattern(struct pattern *m, const char *s, const char *p);

void pattern_settle(struct pattern *m)
{
    size_t steps = m->steps;
    m->steps = 0;
    vm_charge(m->L, steps / STEPS_PER_UNIT);
}

static inline void count_step(struct pattern *m, size_t count)
{
    m->steps += count;
    if (m->steps >= STEPS_BATCH) {
        pattern_settle(m);
    }
}

void pattern_init(struct pattern *m, lua_State *L, const char *text, size_t len, const char *end)
{
    m->L = L;
    m->text = text;
    m->text_end = text + len;
    m->end = end;
    m->depth = DEPTH_MAX;
    m->steps = 0;
    m->captures = 0;
}

/* --- one item of a pattern --- */

/* The end of a set; p stands behind its "[".   [-0, +0, raises] */
static const char *set_end(struct pattern *m, const char *p)
{
    const char *begin = p;
    if (p < m->end && *p == '^') {
        p++;
    }
    do { /* the first "]" is a member */
        if (p == m->end) {
            luaL_error(m->L, "malformed pattern (missing ']')");
        }
        if (*p++ == ESCAPE && p < m->end) {
            p++;
        }
    } while (p == m->end || *p != ']');
    count_step(m, (size_t)(p - begin) / 8);
    return p + 1;
}

/* The end of the single item at p: a character, a class or a set.   [-0, +0, raises] */
static const char *item_end(struct pattern *m, const char *p)
{
    if (*p == ESCAPE) {
        if (p + 1 == m->end) {
            luaL_error(m->L, "malformed pattern (ends with '%%')");
        }
        return p + 2;
    }
    return *p == '[' ? set_end(m, p + 1) : p + 1;
}

/* The classes by their letter in lower case; -1: it is no class. */
static int classify(int c, int letter)
{
    switch (letter) {
    case 'a':
        return isalpha(c);
    case 'c':
        return iscntrl(c);
    case 'd':
        return isdigit(c);
    case 'g':
        return isgraph(c);
    case 'l':
        return islower(c);
    case 'p':
        return ispunct(c);
    case 's':
        return isspace(c);
    case 'u':
        return isupper(c);
    case 'w':
        return isalnum(c);
    case 'x':
        return isxdigit(c);
    case 'z': /* left from Lua 5.1 */
        return c == 0;
    default:
        return -1;
    }
}

/* Whether c is what stands behind "%": in the class, not in it (upper case), or itself. */
static bool is_in_class(int c, int class)
{
    int is_in = classify(c, tolower(class));
    if (is_in == -1) {
        return class == c;
    }
    return isupper(class) ? is_in == 0 : is_in != 0;
}

/* Whether c is in the set whose "[" is at p and whose "]" is at last. */
static bool is_in_set(int c, const char *p, const char *last)
{
    bool is_positive = true;
    if (p[1] == '^') {
        is_positive = false;
        p++;
    }
    while (++p < last) {
        if (*p == ESCAPE) {
            p++;
            if (is_in_class(c, (unsigned char)*p)) {
                return is_positive;
            }
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if ((unsigned char)p[-2] <= c && c <= (unsigned char)*p) {
                return is_positive;
            }
        } else if ((unsigned char)*p == c) {
            return is_positive;
        }
    }
    return !is_positive;
}

/* Whether the character at s is the single item p … next. */
static bool matches_item(struct pattern *m, const char *s, const char *p, const char *next)
{
    count_step(m, 1);
    if (s >= m->text_end) {
        return false;
    }
    int c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return is_in_class(c, (unsigned char)p[1]);
    case '[':
        count_step(m, (size_t)(next - p) / 8);
        return is_in_set(c, p, next - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* --- items that are more than one character --- */

/* "%bxy" with p at x.   [-0, +0, raises] */
static const char *match_balance(struct pattern *m, const char *s, const char *p)
{
    if (p >= m->end - 1) {
        luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    }
    if (s >= m->text_end || *s != *p) {
        return NULL;
    }
    int open = 1;
    while (++s < m->text_end) {
        count_step(m, 1);
        if (*s == p[1]) {
            if (--open == 0) {
                return s + 1;
            }
        } else if (*s == p[0]) {
            open++;
        }
    }
    return NULL;
}

/* "%f[set]" with p at "[": the end of the item where a frontier is at s.   [-0, +0, raises] */
static const char *match_frontier(struct pattern *m, const char *s, const char *p)
{
    if (p >= m->end || *p != '[') {
        luaL_error(m->L, "missing '[' after '%%f' in pattern");
    }
    const char *next = item_end(m, p);
    int before = s == m->text ? '\0' : (unsigned char)s[-1];
    int after = s == m->text_end ? '\0' : (unsigned char)*s;
    bool is_frontier = !is_in_set(before, p, next - 1) && is_in_set(after, p, next - 1);
    return is_frontier ? next : NULL;
}

/* "%1" … "%9"; what "()" captured is a position and no text, so nothing is equal to it.
 *   [-0, +0, raises] */
static const char *match_back(struct pattern *m, const char *s, int digit)
{
    int i = digit - '1';
    if (i < 0 || i >= m->captures || m->capture[i].len == CAPTURE_OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    }
    if (m->capture[i].len == CAPTURE_POSITION) {
        return NULL;
    }
    size_t len = (size_t)m->capture[i].len;
    count_step(m, len / 8);
    if ((size_t)(m->text_end - s) < len || memcmp(m->capture[i].start, s, len) != 0) {
        return NULL;
    }
    return s + len;
}

/* As many as there are, then fewer. */
static const char *expand_most(struct pattern *m, const char *s, const char *p, const char *next)
{
    ptrdiff_t count = 0;
    while (matches_item(m, s + count, p, next)) {
        count++;
    }
    for (; count >= 0; count--) {
        const char *end = match_pattern(m, s + count, next + 1);
        if (end != NULL) {
            return end;
        }
    }
    return NULL;
}

/* None, then more. */
static const char *expand_least(struct pattern *m, const char *s, const char *p, const char *next)
{
    for (;; s++) {
        const char *end = match_pattern(m, s, next + 1);
        if (end != NULL) {
            return end;
        }
        if (!matches_item(m, s, p, next)) {
            return NULL;
        }
    }
}

static const char *open_capture(struct pattern *m, const char *s, const char *p, int len)
{
    if (m->captures >= PATTERN_CAPTURES_MAX) {
        luaL_error(m->L, "too many captures");
    }
    m->capture[m->captures].start = s;
    m->capture[m->captures].len = len;
    m->captures++;
    const char *end = match_pattern(m, s, p);
    if (end == NULL) {
        m->captures--;
    }
    return end;
}

static const char *close_capture(struct pattern *m, const char *s, const char *p)
{
    int i = m->captures - 1;
    while (i >= 0 && m->capture[i].len != CAPTURE_OPEN) {
        i--;
    }
    if (i < 0) {
        luaL_error(m->L, "invalid pattern capture");
        return NULL;
    }
    m->capture[i].len = s - m->capture[i].start;
    const char *end = match_pattern(m, s, p);
    if (end == NULL) {
        m->capture[i].len = CAPTURE_OPEN;
    }
    return end;
}

/* --- the whole pattern --- */

/* A place in the text and in the pattern; text NULL: no match. */
struct place {
    const char *text;
    const char *pattern;
    bool is_end; /* text is the end of the whole match */
};

/* A single item with what follows it: ? * + - or nothing.   [-0, +0, raises] */
static struct place match_single(struct pattern *m, const char *s, const char *p)
{
    const char *next = item_end(m, p);
    char suffix = next < m->end ? *next : '\0';
    if (suffix == '*') {
        return (struct place){ .text = expand_most(m, s, p, next), .is_end = true };
    }
    if (suffix == '-') {
        return (struct place){ .text = expand_least(m, s, p, next), .is_end = true };
    }
    if (!matches_item(m, s, p, next)) {
        return (struct place){ .text = suffix == '?' ? s : NULL, .pattern = next + 1 };
    }
    if (suffix == '+') {
        return (struct place){ .text = expand_most(m, s + 1, p, next), .is_end = true };
    }
    if (suffix == '?') {
        const char *end = match_pattern(m, s + 1, next + 1);
        return end != NULL ? (struct place){ .text = end, .is_end = true }
                           : (struct place){ .text = s, .pattern = next + 1 };
    }
    return (struct place){ .text = s + 1, .pattern = next };
}

/* An item that begins with "%".   [-0, +0, raises] */
static struct place match_escape(struct pattern *m, const char *s, const char *p)
{
    char kind = p + 1 < m->end ? p[1] : '\0';
    if (kind == 'b') {
        return (struct place){ .text = match_balance(m, s, p + 2), .pattern = p + 4 };
    }
    if (kind == 'f') {
        const char *next = match_frontier(m, s, p + 2);
        return (struct place){ .text = next != NULL ? s : NULL, .pattern = next };
    }
    if (kind >= '0' && kind <= '9') {
        return (struct place){ .text = match_back(m, s, kind), .pattern = p + 2 };
    }
    return match_single(m, s, p);
}

/* One item at p, or what is left of the pattern where the item needs that.   [-0, +0, raises] */
static struct place advance(struct pattern *m, const char *s, const char *p)
{
    if (*p == '(') {
        bool is_position = p + 1 < m->end && p[1] == ')';
        const char *end = is_position ? open_capture(m, s, p + 2, CAPTURE_POSITION)
                                      : open_capture(m, s, p + 1, CAPTURE_OPEN);
        return (struct place){ .text = end, .is_end = true };
    }
    if (*p == ')') {
        return (struct place){ .text = close_capture(m, s, p + 1), .is_end = true };
    }
    if (*p == '$' && p + 1 == m->end) {
        return (struct place){ .text = s == m->text_end ? s : NULL, .is_end = true };
    }
    return *p == ESCAPE ? match_escape(m, s, p) : match_single(m, s, p);
}

static const char *match_pattern(struct pattern *m, const char *s, const char *p)
{
    if (m->depth-- == 0) {
        luaL_error(m->L, "pattern too complex");
    }
    struct place at = { .text = s, .pattern = p };
    while (at.text != NULL && !at.is_end && at.pattern != m->end) {
        count_step(m, 1);
        at = advance(m, at.text, at.pattern);
    }
    m->depth++;
    return at.text;
}

const char *pattern_match(struct pattern *m, const char *s, const char *p)
{
    m->captures = 0;
    m->depth = DEPTH_MAX;
    count_step(m, 1); /* an empty pattern, too, is tried at each place */
    return match_pattern(m, s, p);
}

/* --- captures --- */

void pattern_push_capture(struct pattern *m, int i, const char *s, const char *e)
{
    if (i >= m->captures) {
        if (i != 0) {
            luaL_error(m->L, "invalid capture index %%%d", i + 1);
        }
        lua_pushlstring(m->L, s, (size_t)(e - s));
        return;
    }
    ptrdiff_t len = m->capture[i].len;
    if (len == CAPTURE_OPEN) {
        luaL_error(m->L, "unfinished capture");
    } else if (len == CAPTURE_POSITION) {
        lua_pushinteger(m->L, m->capture[i].start - m->text + 1);
    } else {
        lua_pushlstring(m->L, m->capture[i].start, (size_t)len);
    }
}

int pattern_push_captures(struct pattern *m, const char *s, const char *e)
{
    int count = m->captures == 0 && s != NULL ? 1 : m->captures;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) {
        pattern_push_capture(m, i, s, e);
    }
    return count;
}
