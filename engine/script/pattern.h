#pragma once

#include <stddef.h>

#include <lua.h>

/* Lua's patterns, matched with a count of the steps: a pattern that backtracks without end uses up
 * the script's budget instead of the engine's time. */
enum {
    PATTERN_CAPTURES_MAX = 32,
    CAPTURE_OPEN = -1,    /* its end is not reached yet */
    CAPTURE_POSITION = -2 /* "()" */
};

struct pattern {
    lua_State *L;
    const char *text;
    const char *text_end;
    const char *end; /* of the pattern */
    int depth;       /* of recursion that is still allowed */
    size_t steps;    /* not charged yet */
    int captures;
    struct {
        const char *start;
        ptrdiff_t len; /* or one of CAPTURE_… */
    } capture[PATTERN_CAPTURES_MAX];
};

void pattern_init(struct pattern *m, lua_State *L, const char *text, size_t len, const char *end);
/* Matches the pattern from `p` on against the text at `s`, anew; the end of what matched, or NULL.
 * Raises for a malformed pattern and past the budget.   [-0, +0, raises] */
const char *pattern_match(struct pattern *m, const char *s, const char *p);
/* Pushes capture `i` (from 0); the whole match s … e where there are none.   [-0, +1, raises] */
void pattern_push_capture(struct pattern *m, int i, const char *s, const char *e);
/* Pushes all captures, or the whole match (unless s is NULL) where there are none; how many.
 *   [-0, +n, raises] */
int pattern_push_captures(struct pattern *m, const char *s, const char *e);
/* Charges what was not charged yet.   [-0, +0, raises] */
void pattern_settle(struct pattern *m);
