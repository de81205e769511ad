/* The index of the command line: which commands there are and under which heading they are listed.
 * Constant data; nothing here runs anything. */
#include "cli/commands.h"

#include <string.h>

#include "format/diag.h"

enum { COMMANDS_MAX = 64 };

const struct command *commands_find(const struct command_group *groups, const char *name)
{
    for (const struct command_group *g = groups; g->title != NULL; g++) {
        for (const struct command *const *at = g->commands; *at != NULL; at++) {
            if (strcmp((*at)->name, name) == 0) {
                return *at;
            }
        }
    }
    return NULL;
}

const char *commands_suggest(const struct command_group *groups, const char *name)
{
    const char *names[COMMANDS_MAX + 1] = { NULL };
    size_t count = 0;
    for (const struct command_group *g = groups; g->title != NULL; g++) {
        for (const struct command *const *at = g->commands; *at != NULL && count < COMMANDS_MAX;
             at++) {
            names[count++] = (*at)->name;
        }
    }
    return diag_closest(name, names);
}

static const struct command *const engine_commands[] = {
    &cmd_run, &cmd_check, &cmd_demo, &cmd_sandbox, &cmd_backup, &cmd_doctor, NULL,
};
static const struct command *const connection_commands[] = {
    &cmd_connect, &cmd_connections, &cmd_ops, &cmd_secret, &cmd_key, NULL,
};
static const struct command *const look_commands[] = {
    &cmd_start, &cmd_send,    &cmd_events,    &cmd_runs, &cmd_dead,
    &cmd_show,  &cmd_records, &cmd_schedules, NULL,
};
static const struct command *const repair_commands[] = {
    &cmd_pause, &cmd_resume, &cmd_retry, &cmd_replay, &cmd_cancel, &cmd_resolve, &cmd_lua, NULL,
};
static const struct command_group groups_of_all[] = {
    { "Engine", engine_commands },
    { "Connections", connection_commands },
    { "What came in and what ran", look_commands },
    { "Repair and scripting", repair_commands },
    { NULL, NULL },
};

const struct command_group *commands_groups(void)
{
    return groups_of_all;
}
