/* `ladle demo`: scripts/demo/demo.lua on a host, with this program as the engine and the sandbox
 * that it starts. */
#include <limits.h>
#include <unistd.h>

#include "cli/commands.h"
#include "host/host.h"

/* The path of the program that runs, for the processes that the demo starts. */
static int own_path(char out[PATH_MAX], struct err *e)
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (len == -1) {
        return err_set(e, ERR_IO,
                       "cannot tell where this program is: /proc/self/exe is not readable");
    }
    out[len] = '\0';
    return 0;
}

static int run_demo(struct cli *c)
{
    struct err e = ERR_INIT;
    char path[PATH_MAX];
    struct host *h = own_path(path, &e) == 0 ? host_new(NULL, &e) : NULL;
    if (h == NULL) {
        return cli_fail(c, &e);
    }
    json_t *options = json_pack("{s:s, s:b, s:b}", "ladle", path, "json", c->is_json, "keep",
                                cli_option(c, "keep") != NULL);
    int code = CLI_OK;
    int rc = host_run_module(h, "demo.demo", options, &code, &e);
    json_decref(options);
    host_free(h);
    return rc == 0 ? code : cli_fail(c, &e);
}

static const struct option options[] = {
    { "keep", NULL, "leave the temporary folder, to look around in it" },
    { NULL, NULL, NULL },
};

const struct command cmd_demo = {
    .name = "demo",
    .args = "",
    .summary = "Engine, sandbox and sample traffic, then a summary",
    .help =
        "Starts a mock of the service and an engine in a temporary folder, delivers sample events "
        "(some of them twice,\n"
        "some with a forged signature), lets the shipped recipes run while the service fails now "
        "and then, and holds\n"
        "what was done against the mock's ledger. Ends by itself within 30 seconds.\n"
        "Exit code 0 only if nothing was lost and nothing was done twice.\n"
        "\n"
        "Examples:\n"
        "  ladle demo\n"
        "  ladle demo --json\n",
    .options = options,
    .run = run_demo,
};
