#pragma once

#include "cli/cli.h"

/* All commands, grouped as `ladle --help` lists them. A new command is one file, one line here and
 * one in commands.c. */
struct command_group {
    const char *title;
    const struct command *const *commands; /* ended by NULL */
};

/* Ended by a title of NULL. */
const struct command_group *commands_groups(void);
/* The command of that name in the groups, or NULL. */
const struct command *commands_find(const struct command_group *groups, const char *name);
/* The name closest to a mistyped one, or NULL. */
const char *commands_suggest(const struct command_group *groups, const char *name);

extern const struct command cmd_run, cmd_check, cmd_demo, cmd_sandbox, cmd_backup, cmd_doctor;
extern const struct command cmd_connect, cmd_connections, cmd_ops, cmd_secret, cmd_key;
extern const struct command cmd_start, cmd_send, cmd_events, cmd_runs, cmd_dead, cmd_show,
    cmd_records, cmd_schedules;
extern const struct command cmd_pause, cmd_resume, cmd_retry, cmd_replay, cmd_cancel, cmd_resolve,
    cmd_lua;
