#pragma once

#include <stddef.h>

/* Reads Lua text token by token, for those that look for names in it: strings (short and long) come
 * without their quotes, comments are stepped over, runs of dots and numbers are one token, every
 * other sign is a token of its own. Whatever the bytes are, it only moves forward. */
enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_STRING, TOKEN_OTHER };

struct token {
    enum token_kind kind;
    const char *text; /* a string's content without its quotes, as written */
    size_t len;
};

struct cursor {
    const char *at;
    const char *end;
};

struct token scan_token(struct cursor *c);
