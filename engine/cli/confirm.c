/* Asks the person at the terminal a question with two answers. The line is read byte by byte, so
 * that nothing behind it is taken away from who reads the input next. Everything but yes is no, the
 * end of the input among it. */
#include "cli/confirm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ANSWER_MAX = 16 };

bool confirm_can_ask(const struct cli *c)
{
    return c->is_terminal && !c->is_json && isatty(STDIN_FILENO) == 1;
}

bool confirm(const char *question)
{
    char answer[ANSWER_MAX] = "";
    size_t len = 0;
    cli_print("%s [y/N] ", question);
    (void)fflush(stdout); /* cli_main looks at the stream's state at the end */
    for (;;) {
        char byte;
        ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n != 1 || byte == '\n') {
            break;
        }
        if (len < sizeof answer - 1) { /* what is longer is no yes */
            answer[len++] = byte;
        }
    }
    answer[len] = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}
