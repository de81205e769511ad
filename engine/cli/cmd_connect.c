/* `ladle connect`: authorises a connection without a browser on this machine. Without an option it
 * prints the link to open; with a code, a refresh token or a token it gets and stores what the
 * engine needs, committed, as service/token.h does it. The engine notices the new row, also while
 * it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/one_connection.h"
#include "cli/read_secret.h"
#include "service/token.h"

/* --- the link ------------------------------------------------------------------------------ */

/* The address that the service sends the person back to, as it is registered there; NULL where the
 * project names none. Yours. */
static char *redirect_uri(const struct one_connection *o)
{
    const char *own = json_get_text(connection_config(o->connection), "redirect_uri");
    const char *url = o->base->project->public_url;
    if (own || !url) {
        return own ? xstrdup(own) : NULL;
    }
    size_t len = strlen(url);
    return xasprintf("%.*s/oauth/callback", (int)(url[len - 1] == '/' ? len - 1 : len), url);
}

/* Not through cli_print: the link holds the client id, which is no secret even where it is kept as
 * one. */
static void print_link(const struct cli *c, const char *name, const char *link,
                       const char *redirect)
{
    if (c->is_json) {
        json_t *v = json_object();
        json_object_set_new(v, "name", json_string(name));
        json_object_set_new(v, "authorize_url", json_string(link));
        json_object_set_new(v, "redirect_uri", redirect ? json_string(redirect) : json_null());
        char *text = json_text(v, NULL);
        (void)puts(text); /* cli_main looks at the stream's state at the end */
        free(text);
        json_decref(v);
        return;
    }
    (void)printf(
        "1. Open this link, sign in and choose the account:\n\n   %s\n\n"
        "2. You are sent to %s, also where that page cannot be shown.\n"
        "   Copy the `code` out of its address: it is good for one use and a few minutes.\n"
        "3. Run this, and paste the code when it waits:\n\n   ladle connect %s --code -\n",
        link, redirect ? redirect : "the address that is registered there", name);
}

static int show_link(struct cli *c, struct one_connection *o)
{
    struct err e = ERR_INIT;
    char *redirect = redirect_uri(o);
    char *link = token_authorize_url(o->connection, &(struct token_link){ .redirect_uri = redirect }, &e);
    if (link) {
        print_link(c, c->args[0], link, redirect);
    } else {
        (void)err_prefix(&e,
                         "there is no link to open; a token that you have goes in with --token -");
    }
    int code = link ? CLI_OK : cli_fail(c, &e);
    free(link);
    free(redirect);
    return code;
}

/* --- the exchange -------------------------------------------------------------------------- */

struct outcome {
    bool is_done;
    struct err err;
};

static void on_done(void *ud, const struct err *e)
{
    struct outcome *out = ud;
    out->is_done = true;
    if (e) {
        out->err = *e;
    }
}

static void nothing_to_do(void *ud)
{
    (void)ud;
}

static void print_connected(const struct cli *c, const struct one_connection *o)
{
    json_t *v = connection_json(o->connection);
    if (c->is_json) {
        cli_print_json(v);
    } else {
        const char *account = json_get_text(v, "account"), *scopes = json_get_text(v, "scopes");
        const char *expires = json_get_text(v, "expires_at");
        cli_print("%s: %s; the token is stored, encrypted%s\n", c->args[0],
                  json_get_text(v, "state"),
                  cli_option(c, "next") ? ", and used once the service refuses the first" : "");
        cli_print("%s%s%s", account ? "account  " : "", account ? account : "",
                  account ? "\n" : "");
        cli_print("%s%s%s", scopes ? "scopes   " : "", scopes ? scopes : "", scopes ? "\n" : "");
        cli_print("%s%s%s", expires ? "expires  " : "", expires ? expires : "",
                  expires ? ", the engine refreshes it before\n" : "");
    }
    json_decref(v);
}

static void begin(struct one_connection *o, const char *option, const struct secret *value,
                  struct outcome *out)
{
    if (strcmp(option, "code") == 0) {
        char *redirect = redirect_uri(o);
        token_exchange_code(o->connection,
                            &(struct token_code){ .code = value, .redirect_uri = redirect },
                            on_done, out);
        free(redirect);
    } else if (strcmp(option, "refresh-token") == 0) {
        token_exchange_refresh(o->connection, value, on_done, out);
    } else if (strcmp(option, "next") == 0) {
        token_store_next(o->connection, value, on_done, out);
    } else {
        token_store(o->connection, value, on_done, out);
    }
}

static int exchange(struct cli *c, struct one_connection *o, const char *option,
                    const struct secret *value)
{
    struct outcome out = { .err = ERR_INIT };
    if (service_load(o->service, &out.err) == -1 ||
        store_start(o->base->store, o->loop, nothing_to_do, NULL, &out.err) == -1) {
        return cli_fail(c, &out.err);
    }
    begin(o, option, value, &out);
    one_connection_wait(o, &out.is_done);
    if (out.err.kind != ERR_NONE) {
        return cli_fail(c, &out.err);
    }
    print_connected(c, o);
    return CLI_OK;
}

/* --- command ------------------------------------------------------------------------------- */

/* The one option of the three that is given. NULL where there is none; *is_wrong where there are
 * several. */
static const char *chosen(const struct cli *c, bool *is_wrong)
{
    static const char *const names[] = { "code", "refresh-token", "token" };
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (cli_option(c, names[i])) {
            *is_wrong = *is_wrong || found;
            found = names[i];
        }
    }
    return found;
}

static struct secret *read_value(const struct cli *c, const char *option, struct err *e)
{
    const char *text = cli_option(c, option);
    if (strcmp(text, "-") != 0) {
        return secret_new(text, strlen(text));
    }
    char *prompt = xasprintf("%s (not shown): ", option);
    struct secret *value = read_secret(prompt, e);
    free(prompt);
    return value;
}

static int connect_with(struct cli *c, const char *option, const struct secret *value)
{
    struct cli_project_store base;
    int code = cli_open(c, false, &base);
    if (code != CLI_OK) {
        return code;
    }
    struct one_connection o;
    code = one_connection_open(c, &base, c->args[0], &o);
    if (code != CLI_OK) {
        return code;
    }
    const char *what = cli_option(c, "next") ? "next" : option;
    code = what ? exchange(c, &o, what, value) : show_link(c, &o);
    one_connection_close(&o);
    return code;
}

static int run(struct cli *c)
{
    bool is_wrong = false;
    const char *option = chosen(c, &is_wrong);
    if (is_wrong) {
        return cli_usage(c, "--code, --refresh-token and --token do not go together");
    }
    if (cli_option(c, "next") && (!option || strcmp(option, "token") != 0)) {
        return cli_usage(c, "--next goes with --token");
    }
    struct err e = ERR_INIT;
    struct secret *value = option ? read_value(c, option, &e) : NULL;
    if (option && !value) {
        return cli_fail(c, &e);
    }
    int code = connect_with(c, option, value);
    secret_free(value);
    return code;
}

static const struct option options[] = {
    { "code", "CODE",
      "the code that the authorisation gave; - reads it from the terminal or stdin" },
    { "refresh-token", "TOKEN", "a refresh token that another installation gave up; - as above" },
    { "token", "TOKEN", "a private integration token or an API key; - as above" },
    { "next", NULL, "with --token: a second one, used once the service refuses the first" },
    { NULL, NULL, NULL },
};

const struct command cmd_connect = {
    .name = "connect",
    .args = "NAME",
    .args_min = 1,
    .args_max = 1,
    .summary = "Authorise a connection",
    .help =
        "Without an option, prints the link at which a person authorises the connection, and "
        "what to do with\n"
        "the code that comes back. Values that are given as arguments are visible to other "
        "processes of this\n"
        "machine and stay in the shell's history: - keeps them out. A refresh token is used up "
        "by this.\n"
        "To change a private token without a gap: make a new one at the service, store it with "
        "--next, and\n"
        "remove the old one there; the engine goes over to the second by itself.\n"
        "--json: {name authorize_url redirect_uri}, or the connection as `ladle connections` "
        "shows it.",
    .options = options,
    .run = run,
    .examples =
        "  ladle connect crm\n"
        "  ladle connect crm --code -\n"
        "  ladle connect crm --token - --next",
    .is_quiet = true,
};
