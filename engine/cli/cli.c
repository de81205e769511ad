/* The frame of every command: finds it, shows its help, runs it, and turns what went wrong into one
 * line and an exit code. Results go to stdout, errors to stderr (to stdout as JSON with --json), so
 * that a pipe holds nothing but results. Everything printed passes log_redact. One thread. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/args.h"
#include "format/date.h"

#ifndef LADLE_VERSION
#error "LADLE_VERSION is given by the Makefile"
#endif

enum { PRINT_MAX = 64 << 20 };

static const struct option common_options[] = {
    { "json", NULL, "one JSON document, or one a line for lists" },
    { "log", "LEVEL", "debug, info, warn, error or off" },
    { "help", NULL, "this page" },
    { NULL, NULL, NULL },
};

/* --- options --- */

static int option_index(const struct cli *c, const char *name)
{
    const struct option *o = c->command->options;
    for (int i = 0; o != NULL && o[i].name != NULL; i++) {
        if (strcmp(o[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const char *cli_option(const struct cli *c, const char *name)
{
    int index = option_index(c, name);
    return index == -1 ? NULL : c->values[index];
}

const char *cli_option_next(const struct cli *c, const char *name, int *pos)
{
    int index = option_index(c, name);
    while (*pos < c->repeat_count) {
        const struct cli_repeat *r = &c->repeats[(*pos)++];
        if (r->option == index) {
            return r->value;
        }
    }
    return NULL;
}

int cli_number(const struct cli *c, const char *name, int64_t min, int64_t max, int64_t *value)
{
    const char *text = cli_option(c, name);
    if (text == NULL) {
        return 0;
    }
    char *end = NULL;
    long long number = strtoll(text, &end, 10); /* what overflows saturates, and is out of bounds */
    bool is_number = end != text && *end == '\0';
    if (!is_number || number < min || number > max) {
        (void)cli_usage(c, "--%s %s: a whole number from %lld to %lld is expected", name, text,
                        (long long)min, (long long)max);
        return -1;
    }
    *value = number;
    return 0;
}

/* --- output --- */

void cli_print_json(const json_t *v)
{
    size_t len;
    char *text = json_text(v, &len);
    (void)log_redact(text, len);        /* how many there were does not matter */
    (void)fwrite(text, 1, len, stdout); /* finish_output() looks at the stream's state */
    (void)putchar('\n');
    free(text);
}

void cli_print(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    if (len == -1) {
        abort(); /* our own lack of memory, as in mem.c */
    }
    (void)log_redact(text, (size_t)len);        /* how many there were does not matter */
    (void)fwrite(text, 1, (size_t)len, stdout); /* finish_output() looks at the stream's state */
    free(text);
}

static const char *command_name(const struct cli *c)
{
    return c->command != NULL ? c->command->name : NULL;
}

static void print_error(const struct cli *c, const struct err *e)
{
    char message[ERR_MESSAGE_MAX];
    size_t len = strnlen(e->message, sizeof message - 1);
    memcpy(message, e->message, len);
    message[len] = '\0';
    (void)log_redact(message, len); /* how many there were does not matter */
    if (c->is_json) {
        json_t *v = json_pack("{s:{s:s, s:s, s:i}}", "error", "kind", err_kind_name(e->kind),
                              "message", message, "status", e->status);
        cli_print_json(v);
        json_decref(v);
        return;
    }
    const char *name = command_name(c);
    (void)fprintf(stderr, "ladle%s%s: %s\n", name != NULL ? " " : "", name != NULL ? name : "",
                  message);
}

static int exit_code(enum err_kind kind)
{
    switch (kind) {
    case ERR_NONE:
        return CLI_OK;
    case ERR_INVALID:
    case ERR_TOO_LARGE:
    case ERR_CONFIG:
    case ERR_IO:
        return CLI_USAGE;
    case ERR_STORE:
    case ERR_STORE_FULL:
    case ERR_UNREACHABLE:
    case ERR_TLS:
    case ERR_TIMEOUT:
    case ERR_UNKNOWN:
    case ERR_UNAVAILABLE:
        return CLI_UNREACHABLE;
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_DUPLICATE:
    case ERR_PROTOCOL:
    case ERR_RATE_LIMITED:
    case ERR_TURN:
    case ERR_EXPIRED:
    case ERR_AUTH:
    case ERR_FORBIDDEN:
    case ERR_SCRIPT:
    case ERR_BUDGET:
    case ERR_MEMORY:
    case ERR_CANCELLED:
    case ERR_INTERNAL:
    case ERR_KIND_COUNT:
        return CLI_NO;
    }
    return CLI_NO;
}

int cli_fail(const struct cli *c, const struct err *e)
{
    print_error(c, e);
    return exit_code(e->kind);
}

int cli_usage(const struct cli *c, const char *fmt, ...)
{
    struct err e = { .kind = ERR_CONFIG };
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(e.message, sizeof e.message, fmt, args); /* a long message is cut */
    va_end(args);
    print_error(c, &e);
    if (!c->is_json && c->command != NULL) {
        (void)fprintf(stderr, "`ladle %s --help` shows how it is used\n", c->command->name);
    }
    return CLI_USAGE;
}

/* --- time --- */

void cli_ago(int64_t wall_us, char *out, size_t size)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    if (wall_us == 0) {
        out[0] = '\0';
        return;
    }
    int64_t ago_s = (clock_wall_us() - wall_us) / 1000000;
    int64_t distance = ago_s < 0 ? -ago_s : ago_s;
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && distance < units[i].seconds) {
        i++;
    }
    (void)snprintf(out, size, "%s%lld %s%s", ago_s < 0 ? "in " : "", /* fits in 40 bytes */
                   (long long)(distance / units[i].seconds), units[i].unit,
                   ago_s < 0 ? "" : " ago");
}

void cli_when(const struct cli *c, int64_t wall_us, char *out, size_t size)
{
    if (c->is_terminal || wall_us == 0) {
        cli_ago(wall_us, out, size);
        return;
    }
    char text[DATE_TEXT];
    date_format(wall_us, text);
    (void)snprintf(out, size, "%s", text); /* 24 bytes */
}

/* --- help --- */

static void print_option(const struct option *o)
{
    char left[48];
    (void)snprintf(left, sizeof left, "--%s%s%s", o->name,
                   o->value != NULL ? " " : "", /* names are ours */
                   o->value != NULL ? o->value : "");
    int width = 0;
    for (const char *at = left; *at; at++) {
        width += (*at & 0xc0) != 0x80;
    }
    (void)printf("  %s%*s %s\n", left, width < 24 ? 24 - width : 0, "", o->help);
}

static void print_help(const struct command *cmd)
{
    (void)printf("usage: ladle %s%s%s [options]\n\n%s\n", cmd->name, *cmd->args ? " " : "",
                 cmd->args, cmd->summary);
    if (cmd->help != NULL) {
        (void)printf("\n%s\n", cmd->help);
    }
    (void)printf("\noptions:\n");
    for (const struct option *o = cmd->options; o != NULL && o->name != NULL; o++) {
        print_option(o);
    }
    (void)printf("  %-24s %s\n", "-C FOLDER", "the project; the current folder if not given");
    for (const struct option *o = common_options; o->name != NULL; o++) {
        print_option(o);
    }
    if (cmd->examples != NULL) {
        (void)printf("\nexamples:\n%s\n", cmd->examples);
    }
}

static void print_list(void)
{
    (void)printf("Ladle " LADLE_VERSION
                 ": recipes that take an event and do what you would have done.\n\n"
                 "usage: ladle COMMAND [options]\n");
    for (const struct command_group *g = commands_groups(); g->title != NULL; g++) {
        (void)printf("\n%s\n", g->title);
        for (const struct command *const *at = g->commands; *at != NULL; at++) {
            (void)printf("  %-12s %s\n", (*at)->name, (*at)->summary);
        }
    }
    (void)printf(
        "\n`ladle COMMAND --help` explains one. Exit codes: 0 fine, 1 the answer is no, 2 "
        "wrong usage\n"
        "or configuration, 3 not reachable.\n");
}

static void print_version(const struct cli *c)
{
    if (!c->is_json) {
        (void)puts("ladle " LADLE_VERSION);
        return;
    }
    json_t *v = json_pack("{s:s}", "version", LADLE_VERSION);
    cli_print_json(v);
    json_decref(v);
}

/* --- main --- */

/* Output that was lost (a full disk) is a failure, whatever the command says. */
static int finish_output(struct cli *c, int code)
{
    catalogue_free(c->catalogue);
    c->catalogue = NULL;
    fault_trace_flush();
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    (void)fprintf(stderr, "ladle: the output could not be written\n");
    return code == CLI_OK ? CLI_USAGE : code;
}

int cli_main(int argc, char **argv)
{
    struct cli c = { .folder = ".", .is_terminal = isatty(STDOUT_FILENO) == 1 };
    enum args_what what;
    struct err e = ERR_INIT;
    if (fault_arm(getenv("LADLE_FAULTS"), &e) == -1) {
        return finish_output(&c, cli_usage(&c, "LADLE_FAULTS: %s", e.message));
    }
    if (args_parse(argc, argv, commands_groups(), &c, &what, &e) == -1) {
        return finish_output(&c, cli_usage(&c, "%s", e.message));
    }
    switch (what) {
    case ARGS_RUN:
        return finish_output(&c, c.command->run(&c));
    case ARGS_HELP:
        print_help(c.command);
        break;
    case ARGS_LIST:
        print_list();
        break;
    case ARGS_VERSION:
        print_version(&c);
        break;
    }
    return finish_output(&c, CLI_OK);
}
