#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/vault.h"
#include "format/json.h"
#include "project/catalogue.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* The command line: a table of commands, each in a file of its own (cmd_runs.c has `const struct
 * command cmd_runs`). Every command has --help, --json, -C FOLDER (the project, default "."), --log
 * LEVEL. */
enum cli_exit { CLI_OK = 0, CLI_NO = 1, CLI_USAGE = 2, CLI_UNREACHABLE = 3 };

struct option {
    const char *name; /* "limit" for --limit */
    const char *value; /* "N"; NULL: a switch; "FIELD=VALUE…", with the ellipsis: may be repeated */
    const char *help;
};

enum { CLI_OPTIONS_MAX = 24, CLI_REPEATS_MAX = 64 };

/* One occurrence of an option that may be repeated. */
struct cli_repeat {
    int option; /* index in command->options */
    const char *value;
};

struct cli {
    const struct command *command;
    const char *folder;
    struct catalogue *catalogue; /* of the folder; NULL: nobody has asked yet */
    bool is_json;
    bool is_terminal; /* stdout is one: progress and colour are fine */
    int arg_count;    /* without options */
    char **args;
    const char *values[CLI_OPTIONS_MAX]; /* of the command's options, by index; "" for a switch that
                                            is set */
    struct cli_repeat repeats[CLI_REPEATS_MAX];
    int repeat_count;
};

struct command {
    const char *name;
    const char *args;             /* "[TYPE|FILE]"; "" for none */
    int args_min, args_max;       /* args_max -1: any number */
    const char *summary;          /* one line, for the list */
    const char *help;             /* paragraphs for --help, or NULL */
    const struct option *options; /* ended by a name of NULL; may be NULL */
    int (*run)(struct cli *c);    /* an enum cli_exit */
    const char *examples;         /* two lines or more, for --help, or NULL */
    bool is_args_raw; /* what follows the first argument is never read as an option (`ladle lua`) */
    bool is_quiet;    /* logs from LOG_WARN up unless --log says otherwise */
};

/* All of main(): finds the command, parses its options, runs it. */
int cli_main(int argc, char **argv);
const char *cli_option(const struct cli *c, const char *name); /* or NULL; a switch gives "" */
/* The next value of an option that may be repeated; *pos starts at 0; NULL at the end. */
const char *cli_option_next(const struct cli *c, const char *name, int *pos);
/* A number option within bounds: 0, or -1 after saying what is wrong. */
int cli_number(const struct cli *c, const char *name, int64_t min, int64_t max, int64_t *value);
/* Prints "ladle runs: message" on stderr (or {"error":{kind,message,status}} on stdout with
 * --json); returns the exit code for its kind. */
int cli_fail(const struct cli *c, const struct err *e);
int cli_usage(const struct cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* returns CLI_USAGE */
/* One JSON document, or one line of a list; and a newline. Forbidden texts (log_forbid) are blotted
 * out. */
void cli_print_json(const json_t *v);
/* The same for text. */
void cli_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What the project in -C has to offer; as long as the command runs. */
const struct project_hooks *cli_hooks(struct cli *c);
/* For the errors of ladle.yaml in -C; yours. */
struct diags *cli_diags(const struct cli *c);
/* Prints the errors of files on stderr, each with its line (or {"error":{kind,message,errors}} on
 * stdout with --json); returns CLI_USAGE. */
int cli_fail_diags(const struct cli *c, struct diags *const *list, size_t count,
                   const char *message);
#define PROJECT_IS_WRONG "ladle.yaml is wrong"
/* Loads ladle.yaml of -C; prints the errors; NULL with *code set. */
struct project *cli_project(struct cli *c, int *code);
/* Opens the project's store without threads, for a look that nothing depends on: NULL where there
 * is no store yet, or none that opens. */
struct store *cli_store_if_there(const struct project *p);
/* Opens the vault of a project with its store open for writing; the key is made at first use. NULL
 * with *code set, after saying why. */
struct vault *cli_vault(struct cli *c, const struct project *p, struct store *s, int *code);
/* What most commands work on: the project and its store, with secrets_forbid done. CLI_OK, or
 * the exit code after saying why; then there is nothing to close. */
struct cli_project_store {
    struct project *project;
    struct store *store;
};
int cli_open(struct cli *c, bool is_read_only, struct cli_project_store *out);
void cli_close(struct cli_project_store *o);
/* "3 min ago", "in 2 h"; "" for 0. */
void cli_ago(int64_t wall_us, char *out, size_t size);
/* For tables: cli_ago on a terminal, RFC 3339 in a pipe. */
void cli_when(const struct cli *c, int64_t wall_us, char *out, size_t size);

/* A table on the terminal: rows of cells, columns aligned, UTF-8 aware; a pipe gets tabs. Control
 * characters become spaces, long cells are cut to the terminal's width with an ellipsis, but
 * never those of the first column. Borrows nothing. */
struct table;
struct table *table_new(const char *const *heads); /* NULL-terminated */
/* One more column, from 0, that is never cut: what a person copies. */
void table_keep(struct table *t, size_t column);
/* The first column may be cut in its middle, once nothing else is left to cut: for names that have
 * any length. */
void table_cut_first(struct table *t);
/* On a terminal the last column stands below its row, in up to three lines without a head; where it
 * is empty there is no such line. */
void table_last_below(struct table *t);
void table_row(struct table *t, const char *const *cells);
void table_print(struct table *t, const struct cli *c); /* and frees */
