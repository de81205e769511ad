#pragma once

#include "cli/commands.h"

/* What the words of a command line ask for. */
enum args_what { ARGS_RUN, ARGS_HELP, ARGS_LIST, ARGS_VERSION };

/* Reads the words into c (which holds its defaults already): the command, its options, the options
 * that all commands have, and the arguments, which are moved together at the front of argv. --help,
 * -h and --version win over everything else. Sets the log's level. ERR_CONFIG says which word is
 * wrong; c->command is set as far as it was found. */
int args_parse(int argc, char **argv, const struct command_group *groups, struct cli *c,
               enum args_what *what, struct err *e);
