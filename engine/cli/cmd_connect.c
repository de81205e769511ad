/* `ladle connect`: authorises a connection. Without an option it shows the link to open and waits
 * until the person is back (connect_wait.c); with a code, a refresh token or a token it gets and
 * stores what the engine needs, committed, as token/token.h does it. The engine notices the new
 * row, also while it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/connect_code.h"
#include "cli/connect_report.h"
#include "cli/connect_wait.h"
#include "cli/one_connection.h"
#include "cli/read_secret.h"
#include "daemon/own_port.h"
#include "format/date.h"
#include "format/url.h"
#include "token/token.h"
#include "token/token_grant.h"

/* --- the link --- */

static char *redirect_uri(const struct one_connection *o)
{
    char *base_url = own_port_base_url(o->base->project);
    char *uri = token_redirect_uri(o->connection, base_url);
    free(base_url);
    return uri;
}

/* Whether the address is one where the engine answers, so that waiting for it makes sense. */
static bool is_ours(const char *redirect)
{
    struct url u;
    if (redirect == NULL || url_parse(redirect, strlen(redirect), &u, NULL) == -1) {
        return false;
    }
    bool is = strstr(u.path, "/oauth/callback") != NULL; /* a proxy may put a path before it */
    url_fini(&u);
    return is;
}

/* Not through cli_print: the link holds the client id, which is no secret even where it is kept as
 * one. */
static void print_link_json(const char *name, const char *link, const struct token_flow *flow,
                            bool is_waiting)
{
    char expires[DATE_TEXT];
    date_format(flow->expires_us, expires);
    json_t *v = json_object();
    json_object_set_new(v, "name", json_string(name));
    json_object_set_new(v, "authorize_url", json_string(link));
    json_object_set_new(v, "redirect_uri",
                        flow->redirect_uri != NULL ? json_string(flow->redirect_uri) : json_null());
    json_object_set_new(v, "expires_at", json_string(expires));
    json_object_set_new(v, "waiting", json_boolean(is_waiting));
    char *text = json_text(v, NULL);
    (void)puts(text);
    free(text);
    json_decref(v);
}

static void print_link_text(const char *name, const char *link, const struct token_flow *flow,
                            const struct connect_wait *w)
{
    const char *back = flow->redirect_uri;
    const char *who = w == NULL                   ? ""
                      : connect_wait_is_engine(w) ? ", where the engine finishes it"
                                                  : ", where this command finishes it";
    (void)printf(
        "Open this link, sign in and choose the account. It is good for ten minutes:\n\n"
        "   %s\n\n"
        "You are sent back to %s%s.\n"
        "If that page cannot be shown, copy its whole address, run this and paste it:\n\n"
        "   ladle connect %s --code -\n\n",
        link, back != NULL ? back : "the address that is registered there", who, name);
}

static void print_link(const struct cli *c, const char *link, const struct token_flow *flow,
                       const struct connect_wait *w)
{
    if (c->is_json) {
        print_link_json(c->args[0], link, flow, w != NULL);
    } else {
        print_link_text(c->args[0], link, flow, w);
    }
    (void)fflush(stdout); /* who reads a pipe opens the link now; cli_main looks at the end */
}

/* Makes the flow and its link, and writes it down before anybody sees the link. */
static int begin_flow(struct cli *c, struct one_connection *o, struct token_flow *flow, char **link,
                      struct err *e)
{
    char *redirect = redirect_uri(o);
    struct token_link how = { .redirect_uri = redirect,
                              .is_white_label = cli_option(c, "white-label") != NULL,
                              .install_link = cli_option(c, "install-link") };
    int rc = token_flow_begin(o->connection, &how, flow, link, e);
    free(redirect);
    if (rc == -1) {
        return err_prefix(e,
                          "there is no link to open; a token that you have goes in with --token -");
    }
    struct flow_put *put = token_flow_put(flow, o->vault);
    rc = store_exec(o->base->store, &put->op, e);
    if (rc == 0) {
        token_flow_written(flow, put);
    }
    flow_put_free(put);
    return rc;
}

static int wait_for(struct cli *c, struct one_connection *o, struct connect_wait *w,
                    struct token_flow *flow)
{
    struct err e = ERR_INIT;
    if (connect_wait_run(w, flow, &e) == -1) {
        return cli_fail(c, &e);
    }
    connect_report(c, o);
    return CLI_OK;
}

static int show_link(struct cli *c, struct one_connection *o)
{
    struct err e = ERR_INIT;
    struct token_flow flow;
    char *link = NULL;
    if (begin_flow(c, o, &flow, &link, &e) == -1) {
        return cli_fail(c, &e);
    }
    struct connect_wait *w = NULL;
    bool is_waiting = cli_option(c, "no-wait") == NULL && is_ours(flow.redirect_uri);
    if (is_waiting) {
        w = connect_wait_new(c, o, &e);
    }
    print_link(c, link, &flow, w);
    int code = w != NULL ? wait_for(c, o, w, &flow) : is_waiting ? cli_fail(c, &e) : CLI_OK;
    if (w != NULL) {
        connect_wait_free(w);
    }
    free(link);
    token_flow_fini(&flow);
    return code;
}

/* --- the exchange --- */

struct outcome {
    bool is_done;
    struct err err;
};

static void connect_done(void *ud, const struct err *e)
{
    struct outcome *out = ud;
    out->is_done = true;
    if (e != NULL) {
        out->err = *e;
    }
}

static void nothing_to_do(void *ud)
{
    (void)ud;
}

/* What is asked for, by the option that says it. */
struct wish {
    const char *option; /* "fetch": client credentials, without an option */
    const struct secret *value;
    const struct pasted *pasted; /* with "code" */
    struct token_flow *flow;     /* that the code belongs to */
    char *redirect_uri;
};

static void begin_connect(struct one_connection *o, const struct wish *wish, struct outcome *out)
{
    if (strcmp(wish->option, "code") == 0) {
        bool is_known = wish->flow->name != NULL;
        token_exchange_code(o->connection,
                            &(struct token_code){ .code = wish->pasted->code,
                                                  .redirect_uri = is_known
                                                                      ? wish->flow->redirect_uri
                                                                      : wish->redirect_uri,
                                                  .verifier = wish->flow->verifier },
                            connect_done, out);
    } else if (strcmp(wish->option, "fetch") == 0) {
        token_fetch(o->connection, connect_done, out);
    } else if (strcmp(wish->option, "refresh-token") == 0) {
        token_exchange_refresh(o->connection, wish->value, connect_done, out);
    } else if (strcmp(wish->option, "next") == 0) {
        token_store_next(o->connection, wish->value, connect_done, out);
    } else {
        token_store(o->connection, wish->value, connect_done, out);
    }
}

static int exchange_and_report(struct cli *c, struct one_connection *o, const struct wish *wish)
{
    struct outcome out = { .err = ERR_INIT };
    if (service_load(o->service, &out.err) == -1 ||
        store_start(o->base->store, o->loop, nothing_to_do, NULL, &out.err) == -1) {
        return cli_fail(c, &out.err);
    }
    begin_connect(o, wish, &out);
    one_connection_wait(o, &out.is_done);
    if (wish->flow != NULL) {
        connect_code_tell(o, wish->flow, out.err.kind != ERR_NONE ? &out.err : NULL);
    }
    if (out.err.kind != ERR_NONE) {
        return cli_fail(c, &out.err);
    }
    connect_report(c, o);
    return CLI_OK;
}

static int exchange_given_code(struct cli *c, struct one_connection *o, const struct secret *value)
{
    struct pasted pasted = { .code = NULL };
    struct token_flow flow = { .name = NULL };
    struct err e = ERR_INIT;
    bool is_named = json_get_text(connection_config(o->connection), "redirect_uri") != NULL ||
                    o->base->project->public_url != NULL;
    struct wish wish = { .option = "code",
                         .pasted = &pasted,
                         .flow = &flow,
                         .redirect_uri = is_named ? redirect_uri(o) : NULL };
    int code = pasted_read(value, &pasted, &e) == 0 && connect_code_take(o, &pasted, &flow, &e) == 0
                   ? exchange_and_report(c, o, &wish)
                   : cli_fail(c, &e);
    free(wish.redirect_uri);
    token_flow_fini(&flow);
    pasted_fini(&pasted);
    return code;
}

/* --- command --- */

/* The one option of the three that is given. NULL where there is none; *is_wrong where there are
 * several. */
static const char *chosen(const struct cli *c, bool *is_wrong)
{
    static const char *const names[] = { "code", "refresh-token", "token" };
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (cli_option(c, names[i]) != NULL) {
            *is_wrong = *is_wrong || found != NULL;
            found = names[i];
        }
    }
    return found;
}

static struct secret *read_option_value(const struct cli *c, const char *option, struct err *e)
{
    const char *text = cli_option(c, option);
    if (strcmp(text, "-") != 0) {
        return secret_new(text, strlen(text));
    }
    char *prompt = xasprintf("%s (not shown): ",
                             strcmp(option, "code") == 0 ? "code, or the whole address" : option);
    struct secret *value = read_secret(prompt, e);
    free(prompt);
    return value;
}

/* A connection that is given its token: it is asked for, as --token - does. */
static int ask_for_token(struct cli *c, struct one_connection *o)
{
    struct err e = ERR_INIT;
    char *prompt = xasprintf("token of %s (not shown): ", c->args[0]);
    struct secret *value = read_secret(prompt, &e);
    int code = value != NULL
                   ? exchange_and_report(c, o, &(struct wish){ .option = "token", .value = value })
                   : cli_fail(c, &e);
    secret_free(value);
    free(prompt);
    return code;
}

static int act(struct cli *c, struct one_connection *o, const char *option,
               const struct secret *value)
{
    struct err e = ERR_INIT;
    if (option == NULL && token_check_connect(o->connection, &e) == -1) {
        return cli_fail(c, &e);
    }
    if (option == NULL && token_is_given(o->connection)) {
        return ask_for_token(c, o);
    }
    if (option == NULL && token_is_self_granted(o->connection)) {
        return exchange_and_report(c, o, &(struct wish){ .option = "fetch" });
    }
    if (option == NULL) {
        return show_link(c, o);
    }
    if (strcmp(option, "code") == 0) {
        return exchange_given_code(c, o, value);
    }
    return exchange_and_report(
        c, o,
        &(struct wish){ .option = cli_option(c, "next") != NULL ? "next" : option,
                        .value = value });
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
    code = act(c, &o, option, value);
    one_connection_close(&o);
    return code;
}

/* The options that go together; NULL, or what is wrong. */
static const char *misfit(const struct cli *c, const char *option)
{
    bool is_link = cli_option(c, "white-label") != NULL || cli_option(c, "install-link") != NULL ||
                   cli_option(c, "no-wait") != NULL;
    if (cli_option(c, "next") != NULL && (option == NULL || strcmp(option, "token") != 0)) {
        return "--next goes with --token";
    }
    if (is_link && option != NULL) {
        return "--white-label, --install-link and --no-wait are about the link";
    }
    if (cli_option(c, "white-label") != NULL && cli_option(c, "install-link") != NULL) {
        return "an install link has its host: --white-label does not go with it";
    }
    return NULL;
}

static int run_connect(struct cli *c)
{
    bool is_wrong = false;
    const char *option = chosen(c, &is_wrong);
    const char *wrong =
        is_wrong ? "--code, --refresh-token and --token do not go together" : misfit(c, option);
    if (wrong != NULL) {
        return cli_usage(c, "%s", wrong);
    }
    struct err e = ERR_INIT;
    struct secret *value = option != NULL ? read_option_value(c, option, &e) : NULL;
    if (option != NULL && value == NULL) {
        return cli_fail(c, &e);
    }
    int code = connect_with(c, option, value);
    secret_free(value);
    return code;
}

static const struct option options[] = {
    { "code", "CODE",
      "the code, or the whole address, that you were sent back with; - reads it from the terminal "
      "or stdin" },
    { "refresh-token", "TOKEN", "a refresh token that another installation gave up; - as above" },
    { "token", "TOKEN", "a private integration token or an API key; - as above" },
    { "next", NULL, "with --token: a second one, used once the service refuses the first" },
    { "white-label", NULL, "the link at the service's host without its name" },
    { "install-link", "URL", "use the install link that the service shows for your app" },
    { "no-wait", NULL, "show the link and end; the engine takes you back" },
    { NULL, NULL, NULL },
};

const struct command cmd_connect = {
    .name = "connect",
    .args = "NAME",
    .args_min = 1,
    .args_max = 1,
    .summary = "Authorise a connection",
    .help =
        "Without an option, shows the link at which a person authorises the connection, and waits "
        "up to ten\n"
        "minutes until they are back: at the engine where it runs, else at this command, which "
        "then listens at\n"
        "the project's address. Ctrl-C ends the waiting only. A connection with client "
        "credentials needs no link:\n"
        "its token is fetched. One with `auth: token` asks for its token, or reads it from stdin. "
        "Where the browser\n"
        "cannot reach this machine, --code takes the address by hand.\n"
        "Values that are given as arguments are visible to other processes of this machine and "
        "stay in the\n"
        "shell's history: - keeps them out. A refresh token is used up by this.\n"
        "To change a private token without a gap: make a new one at the service, store it with "
        "--next, and\n"
        "remove the old one there; the engine goes over to the second by itself.\n"
        "--json: {name authorize_url redirect_uri expires_at waiting}, then, and with the other "
        "options, the\n"
        "connection with scopes_missing (asked for, not granted) and gaps (what recipes need and "
        "was not granted).",
    .options = options,
    .run = run_connect,
    .examples =
        "  ladle connect crm\n"
        "  ladle connect crm --code -\n"
        "  ladle connect crm --token - --next",
    .is_quiet = true,
};
