/* `ladle sandbox`: the mock services, for staging and tests. The service is Lua (scripts/sandbox/);
 * this file is its command line. It reads the options, and hands them over as one table. */
#include <stdlib.h>

#include "cli/commands.h"
#include "host/host.h"

enum { SEED_MAX = 1000000000 };

static json_t *options_of(struct cli *c, int64_t seed)
{
    static const char *const names[] = {
        "listen", "faults", "ledger", "hooks", "key", "seed-data"
    };
    json_t *options = json_pack("{s:I, s:b}", "seed", (json_int_t)seed, "json", c->is_json);
    for (size_t i = 0; options != NULL && i < sizeof names / sizeof *names; i++) {
        const char *value = cli_option(c, names[i]);
        if (value != NULL) {
            (void)json_object_set_new(options, names[i],
                                      json_string(value)); /* text that is not UTF-8 is left out */
        }
    }
    return options;
}

static int run_sandbox(struct cli *c)
{
    struct err e = ERR_INIT;
    int64_t seed = 1;
    int code = CLI_OK;
    if (cli_number(c, "seed", 0, SEED_MAX, &seed) == -1) {
        return CLI_USAGE;
    }
    struct host *h = host_new(NULL, &e);
    if (h == NULL) {
        return cli_fail(c, &e);
    }
    json_t *options = options_of(c, seed);
    int rc = host_run_module(h, "sandbox.main", options, &code, &e);
    json_decref(options);
    host_free(h);
    return rc == -1 ? cli_fail(c, &e) : code;
}

static const struct option options[] = {
    { "listen", "ADDR", "where to listen (127.0.0.1:8430; port 0 takes a free one)" },
    { "seed", "N", "ids, credentials and chances follow from it (1)" },
    { "seed-data", "FILE",
      "begin with the data of this YAML or JSON file, not with that of samples" },
    { "hooks", "URL", "where its webhooks go, several parted by commas (nowhere)" },
    { "key", "FILE", "write the public key of its webhooks there, as PEM" },
    { "ledger", "FILE", "append one JSON line there for each effect that took place" },
    { "faults", "FILE", "JSON rules for failures: status, delay, reset, lost answer, expiry" },
    { NULL, NULL, NULL },
};

const struct command cmd_sandbox = {
    .name = "sandbox",
    .args = "",
    .summary = "Start the mock services, for staging",
    .help =
        "A strict, stateful stand-in for HighLevel: OAuth with refresh tokens that work once,\n"
        "rate limits, the real status codes and error bodies, and signed webhooks for every\n"
        "change that is made through it. The core operations are played with state; the others\n"
        "are held against their schema and answered from it. It prints its address and\n"
        "credentials once it listens (one JSON line with --json), and runs until SIGTERM or\n"
        "Ctrl-C. Whoever reaches its address may use it: keep that to this machine.\n"
        "\n"
        "A connection uses it with `base_url: http://ADDR` and\n"
        "`token_url: http://ADDR/oauth/token`. http://ADDR/ is a page that shows what it holds;\n"
        "the addresses below /_sandbox/ show and steer it: state, ledger, contacts, holdings,\n"
        "reset, faults, settings, emit, hooks (scripts/sandbox/control.lua). The form of\n"
        "--seed-data, and how to try a flow before it goes live: scripts/sandbox/README.md.",
    .options = options,
    .examples =
        "  ladle sandbox --hooks http://127.0.0.1:8420/hooks/crm --key data/sandbox.pem\n"
        "  ladle sandbox --seed-data staging.yaml --ledger ledger.jsonl\n"
        "  ladle sandbox --listen 127.0.0.1:0 --ledger ledger.jsonl --faults faults.json --json",
    .run = run_sandbox,
};
