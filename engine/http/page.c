/* Writes the pages that a browser gets at the end of an authorisation. They have no style and no
 * script: what is shown came from outside in part, so nothing in a page is taken for more than
 * text, by us or by the browser. */
#include "http/page.h"

#include "base/utf8.h"

#include <string.h>

enum { PAGE_BYTES_MAX = 64 * 1024 };

/* Text as HTML; bytes that are no UTF-8 and control characters become blanks. */
static void put_html_text(struct buf *out, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        size_t n = utf8_char(text + at, len - at);
        if (n == 0 || utf8_is_control(text + at, n)) {
            (void)buf_putc(out, ' ');
        } else if (n == 1 && strchr("&<>\"'", text[at]) != NULL) {
            (void)buf_printf(out, "&#%d;", text[at]);
        } else {
            (void)buf_append(out, text + at, n);
        }
        at += n > 0 ? n : 1;
    }
}

static void add_headers(struct exchange *x)
{
    exchange_add_header(x, "Cache-Control", "no-store");
    exchange_add_header(x, "Connection", "close");
    exchange_add_header(x, "Content-Security-Policy",
                        "default-src 'none'; base-uri 'none'; form-action 'none'; "
                        "frame-ancestors 'none'");
    exchange_add_header(x, "Referrer-Policy", "no-referrer");
    exchange_add_header(x, "X-Content-Type-Options", "nosniff");
}

void page_answer(struct exchange *x, int status, const char *heading, const char *const *paragraphs)
{
    struct buf out;
    buf_init(&out, PAGE_BYTES_MAX);
    (void)buf_puts(&out,
                   "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    put_html_text(&out, heading);
    (void)buf_puts(&out, "</title>\n<h1>");
    put_html_text(&out, heading);
    (void)buf_puts(&out, "</h1>\n");
    for (; *paragraphs != NULL; paragraphs++) {
        if (**paragraphs == '\0') {
            continue;
        }
        (void)buf_puts(&out, "<p>");
        put_html_text(&out, *paragraphs);
        (void)buf_puts(&out, "</p>\n"); /* a page that is full is cut */
    }
    add_headers(x);
    exchange_answer(x, status, "text/html; charset=utf-8", buf_text(&out), out.len);
    buf_fini(&out);
}
