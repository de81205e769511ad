/* `ladle lua`: runs a Lua file with all of Lua's libraries and the engine's modules. The specs run
 * this way, too: `ladle lua /usr/bin/busted …`. */
#include "cli/commands.h"
#include "host/host.h"

static int run_lua(struct cli *c)
{
    struct err e = ERR_INIT;
    struct host *h = host_new(c->folder, &e);
    if (h == NULL) {
        return cli_fail(c, &e);
    }
    int code = 0;
    int rc = host_run_file(h, c->args[0], c->arg_count - 1, c->args + 1, &code, &e);
    host_free(h);
    return rc == -1 ? cli_fail(c, &e) : code;
}

const struct command cmd_lua = {
    .name = "lua",
    .args = "FILE [ARGS…]",
    .args_min = 1,
    .args_max = -1,
    .is_args_raw = true,
    .summary = "Run a Lua file with the engine's modules",
    .help =
        "Runs FILE (\"-\" for standard input) with all of Lua's own libraries and besides:\n"
        "  json                 the exact JSON codec\n"
        "  cjson, cjson.safe    lua-cjson, which loses integers and empty lists\n"
        "  dates                dates and time zones\n"
        "  host                 HTTP both ways, processes, files, signatures\n"
        "`require` also finds the project's scripts/ and those built into the program. The\n"
        "arguments are in `arg`. An error is printed with a traceback and makes the exit\n"
        "code 1.\n"
        "\n"
        "This runs with your rights and without limits: not for scripts that you do not trust.",
    .examples =
        "  ladle lua report.lua --since 2026-11-01\n"
        "  ladle lua /usr/bin/busted spec/scripts",
    .run = run_lua,
};
