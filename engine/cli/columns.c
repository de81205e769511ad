/* Measures text on a terminal by what a reader sees: code points, wide ones twice, combining ones
 * not at all. A byte that is no UTF-8 counts as a character of its own. */
#include "cli/columns.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { WINDOW_LEAST = 40, WINDOW_USUAL = 100 };

/* Decodes one character; a byte that is none decodes as itself. Returns its length in bytes. */
static size_t next_char(const char *text, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = utf8_char(text, strnlen(text, 4));
    if (len < 2) {
        *code = s[0];
        return 1;
    }
    *code = s[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        *code = *code << 6 | (s[i] & 0x3f);
    }
    return len;
}

/* Columns that a character takes (after Unicode's East Asian Width, the blocks that matter). */
static size_t char_width(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
        (c >= 0xfe00 && c <= 0xfe0f)) {
        return 0;
    }
    bool is_wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                   (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                   (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                   (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
    return is_wide ? 2 : 1;
}

size_t columns_of(const char *text)
{
    size_t width = 0;
    while (*text) {
        uint32_t code;
        text += next_char(text, &code);
        width += char_width(code);
    }
    return width;
}

/* Bad are C0, DEL, C1 and bytes that read as C1, and what turns the direction of text. */
char *columns_clean(const char *text)
{
    char *copy = xstrdup(text);
    (void)log_redact(copy, strlen(copy)); /* how many there were does not matter */
    for (char *at = copy; *at;) {
        uint32_t code;
        size_t len = next_char(at, &code);
        bool is_bad = code < 0x20 || (code >= 0x7f && code < 0xa0) ||
                      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (is_bad) {
            memset(at, ' ', len);
        }
        at += len;
    }
    return copy;
}

size_t columns_window(void)
{
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == -1 || w.ws_col == 0) {
        return WINDOW_USUAL;
    }
    return w.ws_col < WINDOW_LEAST ? WINDOW_LEAST : w.ws_col;
}

const char *columns_put(const char *text, size_t room, size_t *used)
{
    *used = 0;
    while (*text) {
        uint32_t code;
        size_t len = next_char(text, &code);
        if (*used + char_width(code) > room) {
            break;
        }
        (void)fwrite(text, 1, len, stdout); /* cli_main looks at the stream's state at the end */
        *used += char_width(code);
        text += len;
    }
    return text;
}

const char *columns_tail(const char *text, size_t room)
{
    size_t width = columns_of(text);
    while (width > room) {
        uint32_t code;
        text += next_char(text, &code);
        width -= char_width(code);
    }
    return text;
}

size_t columns_line(const char *text, size_t width)
{
    size_t used = 0, blank = 0, at = 0;
    while (text[at] != '\0') {
        uint32_t code;
        size_t len = next_char(text + at, &code);
        if (used + char_width(code) > width) {
            return blank > 0 && text[at] != ' ' ? blank : at;
        }
        blank = text[at] == ' ' ? at : blank;
        used += char_width(code);
        at += len;
    }
    return at;
}
