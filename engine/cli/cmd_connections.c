/* `ladle connections`: what each connection of ladle.yaml needs and in which state it is, from the
 * file and from the rows that the engine and `ladle connect` write. No token is opened for this. */
#include <stdlib.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "connector/account_words.h"
#include "daemon/token_age.h"
#include "format/json.h"
#include "recipe/grants.h"
#include "store/secret_row.h"

enum { WHEN_TEXT = 40 };

/* What is being printed. */
struct listing {
    struct cli *c;
    struct store *store;
    const struct secret_list *secrets;
    json_t *gaps;        /* what recipes need and was not granted */
    struct table *table; /* NULL: JSON */
    int64_t more;        /* accounts that are not listed */
};

static const struct connection_row *find_row(const struct connection_list *rows, const char *name)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->rows[i].name, name) == 0) {
            return &rows->rows[i];
        }
    }
    return NULL;
}

/* --- whether it can work --- */

static bool is_stored(const struct secret_list *secrets, const char *prefix, const char *name)
{
    size_t len = strlen(prefix);
    for (size_t i = 0; i < secrets->count; i++) {
        if (strncmp(secrets->names[i], prefix, len) == 0 &&
            strcmp(secrets->names[i] + len, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The first secret that a value of ladle.yaml names and that is not set; NULL: there is none.
 * Borrowed. The file's reader bounds the depth. */
static const char *missing_secret(const json_t *v, const struct secret_list *secrets)
{
    const char *name = json_object_size(v) == 1 ? json_get_text(v, "secret") : NULL;
    if (name != NULL) {
        return is_stored(secrets, "user:", name) ? NULL : name;
    }
    const char *key;
    json_t *member;
    json_object_foreach ((json_t *)v, key, member) { /* the macro only reads */
        name = name != NULL ? name : missing_secret(member, secrets);
    }
    size_t i;
    json_array_foreach (v, i, member) {
        name = name != NULL ? name : missing_secret(member, secrets);
    }
    return name;
}

/* Whether calls of this connection need a token at all. */
static bool needs_token(const json_t *config, const json_t *table)
{
    const char *auth = json_get_text(config, "auth");
    if (auth != NULL) {
        return strcmp(auth, "none") != 0;
    }
    const char *usual = json_string_value(json_array_get(json_path(table, "auth.kinds"), 0));
    return usual != NULL && strcmp(usual, "none") != 0;
}

/* A connection, and what the store has of it. */
struct about {
    const char *name;
    const json_t *config, *table;
    const struct connection_row *row; /* or NULL */
    const char *missing;              /* a secret that is not set, or NULL */
    bool has_token;                   /* one that it needs is there, in ladle.yaml or stored */
};

static struct about look_at_connection(const struct listing *l, const char *name,
                                       const json_t *config, const json_t *table,
                                       const struct connection_row *row)
{
    bool is_given = json_object_get(config, "token") != NULL;
    bool is_account = strchr(name, '/') != NULL; /* its token is made when it is needed */
    return (struct about){ .name = name,
                           .config = config,
                           .table = table,
                           .row = row,
                           .missing = missing_secret(config, l->secrets),
                           .has_token = is_given || is_account || !needs_token(config, table) ||
                                        is_stored(l->secrets, "token:", name) };
}

static const char *connection_state(const struct about *a)
{
    const char *stored = a->row != NULL ? a->row->state : NULL;
    bool is_told = stored != NULL && strcmp(stored, "new") != 0 && strcmp(stored, "connected") != 0;
    if (a->missing != NULL) {
        return "new";
    }
    if (is_told) { /* broken or suspended */
        return stored;
    }
    return a->has_token ? "connected" : "new";
}

/* Why it is in that state; yours, or NULL. */
static char *reason_of_state(const struct about *a)
{
    if (a->missing != NULL) {
        return xasprintf("the secret %s is not set", a->missing);
    }
    return a->row != NULL ? xstrdup_or_null(a->row->reason) : NULL;
}

/* The secret that ladle.yaml takes the token from, or NULL. */
static const char *token_secret(const json_t *config)
{
    return json_get_text(json_object_get(config, "token"), "secret");
}

/* What a person can do about it; yours, "" where nothing is to be done: what is suspended is tried
 * again, and an account's token is made when it is needed. */
static char *connection_remedy(const struct about *a)
{
    const char *state = connection_state(a);
    if (a->missing != NULL) {
        return xasprintf("run: ladle secret set %s", a->missing);
    }
    if (strcmp(state, "connected") == 0 || strcmp(state, "suspended") == 0 ||
        strchr(a->name, '/') != NULL) {
        return xstrdup("");
    }
    if (json_object_get(a->config, "token") == NULL) {
        return xasprintf("run: ladle connect %s", a->name);
    }
    return token_secret(a->config) != NULL
               ? xasprintf("run: ladle secret set %s; then start the engine again",
                           token_secret(a->config))
               : xstrdup("put a new token into ladle.yaml, and start the engine again");
}

/* --- as JSON --- */

/* Adds `breaker` {state, since, opens_until, reason} and `webhook` {failing_since, silent_since} as
 * the engine wrote them last. */
static void add_health(json_t *out, const struct connection_row *row)
{
    json_t *v = row != NULL && row->health != NULL
                    ? json_parse_own(row->health, strlen(row->health), NULL)
                    : NULL;
    json_t *webhook = json_object_get(v, "webhook");
    json_object_set_new(out, "webhook",
                        json_pack("{s:s?, s:s?}", "failing_since",
                                  json_get_text(webhook, "failing_since"), "silent_since",
                                  json_get_text(webhook, "silent_since")));
    if (v == NULL) {
        v = json_pack("{s:s, s:n, s:n, s:n}", "state", "closed", "since", "opens_until", "reason");
    }
    json_object_del(v, "webhook");
    json_object_set_new(out, "breaker", v);
}

/* What is wrong with what comes in, or NULL. */
static const char *webhook_trouble(const json_t *v)
{
    const json_t *webhook = json_object_get(v, "webhook");
    return json_get_text(webhook, "failing_since") != NULL
               ? "webhooks do not fit their signature: was a key or secret changed?"
           : json_get_text(webhook, "silent_since") != NULL ? "no event comes (expect_every)"
                                                            : NULL;
}

/* Private tokens: the first and the second. */
static json_t *tokens_of(const struct token_age ages[2])
{
    json_t *list = json_array();
    for (size_t i = 0; i < 2; i++) {
        if (!ages[i].is_there) {
            continue;
        }
        int64_t days = token_age_days(&ages[i]);
        json_t *v = json_object();
        json_object_set_new(v, "is_used", json_boolean(ages[i].is_used));
        json_object_set_new(v, "stored_at", view_time(ages[i].stored_us));
        json_object_set_new(v, "age_days", days >= 0 ? json_integer(days) : json_null());
        json_array_append_new(list, v);
    }
    return list;
}

/* Adds what is known of private tokens. */
static void add_tokens(json_t *v, const char *name, const struct token_age ages[2])
{
    char *advice = token_age_advice(name, ages);
    json_object_set_new(v, "tokens", tokens_of(ages));
    json_object_set_new(v, "advice", advice != NULL ? json_string(advice) : json_null());
    free(advice);
}

/* What is to be done at once goes before the age of a token. */
static void add_connection_remedy(json_t *v, const struct about *a)
{
    char *todo = connection_remedy(a);
    if (*todo != '\0') {
        json_object_set_new(v, "advice", json_string(todo));
    }
    free(todo);
}

static json_t *describe_connection(const struct about *a)
{
    const struct connection_row *row = a->row;
    json_t *v = json_object();
    const char *account = row != NULL && row->account != NULL
                              ? row->account
                              : json_get_text(a->config, account_words(a->table).one);
    char *reason = reason_of_state(a);
    json_object_set_new(v, "name", json_string(a->name));
    json_object_set_new(v, "connector", json_text_or_null(json_get_text(a->config, "connector")));
    json_object_set_new(v, "state", json_string(connection_state(a)));
    json_object_set_new(v, "reason", json_text_or_null(reason));
    json_object_set_new(v, "since", view_time(row != NULL ? row->since_us : 0));
    json_object_set_new(v, "expires_at", view_time(row != NULL ? row->expires_us : 0));
    json_object_set_new(v, "scopes", json_text_or_null(row != NULL ? row->scopes : NULL));
    json_object_set_new(v, "account", json_text_or_null(account));
    add_health(v, row);
    free(reason);
    return v;
}

/* --- as a table --- */

/* What stands beside it: what is wrong, and what to do. Yours. */
static char *describe_why(const struct about *a, const json_t *v)
{
    const char *reason = json_get_text(v, "reason"), *trouble = webhook_trouble(v);
    const char *down = json_get_text(json_object_get(v, "breaker"), "reason");
    const char *advice = json_get_text(v, "advice"), *gap = json_path_text(v, "gaps.0.message");
    char *what = reason != NULL    ? xstrdup(reason)
                 : trouble != NULL ? xstrdup(trouble)
                 : down != NULL    ? xasprintf("not called just now: %s", down)
                                   : NULL;
    char *todo = connection_remedy(a);
    const char *else_what = gap != NULL ? gap : advice != NULL ? advice : ""; /* of what works */
    char *why = what != NULL && *todo != '\0' ? xasprintf("%s; %s", what, todo)
                : what != NULL                ? xstrdup(what)
                : *todo != '\0'               ? xstrdup(todo)
                                              : xstrdup(else_what);
    free(what);
    free(todo);
    return why;
}

static void add_connection_row(const struct cli *c, struct table *t, const struct about *a,
                               const json_t *v)
{
    char since[WHEN_TEXT] = "", expires[WHEN_TEXT] = "";
    if (a->row != NULL) {
        cli_when(c, a->row->since_us, since, sizeof since);
        cli_when(c, a->row->expires_us, expires, sizeof expires);
    }
    char *why = describe_why(a, v);
    table_row(t, (const char *const[]){ a->name, json_get_text(v, "connector"),
                                        json_get_text(v, "state"), since, expires,
                                        json_get_text(v, "account"), why, NULL });
    free(why);
}

/* --- accounts under a parent --- */

enum { ACCOUNTS_USUAL = 20 };

static void print_account(const struct listing *l, const struct connection_row *row,
                          const json_t *config, const json_t *table)
{
    const struct about about = look_at_connection(l, row->name, config, table, row);
    json_t *v = describe_connection(&about);
    if (l->table != NULL) {
        add_connection_row(l->c, l->table, &about, v);
    } else {
        cli_print_json(v);
    }
    json_decref(v);
}

/* Those that do not work come first; the rest is counted. */
static int print_accounts(struct listing *l, const char *name, const json_t *config,
                          const json_t *table, struct err *e)
{
    struct connection_list *rows = connection_list_new();
    rows->parent = name;
    rows->limit = cli_option(l->c, "all") != NULL ? 0 : ACCOUNTS_USUAL;
    int result = store_exec(l->store, &rows->op, e);
    for (size_t i = 0; result == 0 && i < rows->count; i++) {
        print_account(l, &rows->rows[i], config, table);
    }
    l->more += result == 0 ? rows->total - (int64_t)rows->count : 0;
    connection_list_free(rows);
    return result;
}

/* What the recipes that load need and were not granted. Yours. */
static json_t *read_gaps(const struct cli *c, const struct project *p,
                         const struct connection_list *rows)
{
    struct err e = ERR_INIT; /* errors of recipes are told by `ladle check` */
    struct recipe_set set = { .count = 0 };
    struct grants g = { .project = p, .hooks = p->hooks, .rows = rows };
    json_t *gaps =
        recipe_set_load(&set, p, g.hooks, &e) == 0 ? grants_gaps(&g, &set) : json_array();
    recipe_set_fini(&set);
    return gaps;
}

static void print_connection(const struct listing *l, const char *name, const json_t *config,
                             const json_t *table, const struct connection_row *row)
{
    const struct about about = look_at_connection(l, name, config, table, row);
    json_t *v = describe_connection(&about);
    struct token_age ages[2];
    token_ages(name, config, table, l->secrets, ages);
    add_tokens(v, name, ages);
    add_connection_remedy(v, &about);
    json_object_set_new(v, "gaps", grants_of(l->gaps, name));
    if (l->table != NULL) {
        add_connection_row(l->c, l->table, &about, v);
    } else {
        cli_print_json(v);
    }
    json_decref(v);
}

static int print_all(struct listing *l, const struct project *p, const struct connection_list *rows,
                     struct err *e)
{
    static const char *const heads[] = { "NAME",    "CONNECTOR", "STATE", "SINCE",
                                         "EXPIRES", "ACCOUNT",   "WHY",   NULL };
    const struct project_hooks *h = p->hooks;
    l->table = l->c->is_json ? NULL : table_new(heads);
    if (l->table != NULL) {
        table_cut_first(l->table);
        table_last_below(l->table);
    }
    l->gaps = read_gaps(l->c, p, rows);
    int result = 0;
    const char *name;
    json_t *config;
    json_object_foreach (p->connections, name, config) {
        const char *connector = json_get_text(config, "connector");
        const json_t *table = connector != NULL ? h->find_connector(h->ud, connector) : NULL;
        print_connection(l, name, config, table, find_row(rows, name));
        if (account_words_is_parent(table, config) && result == 0) {
            result = print_accounts(l, name, config, table, e);
        }
    }
    json_decref(l->gaps);
    if (l->table != NULL) {
        table_print(l->table, l->c);
    }
    if (l->table != NULL && l->more > 0) {
        cli_print("and %" PRId64 " more; --all lists them\n", l->more);
    }
    return result;
}

static int run_connections(struct cli *c)
{
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    struct err e = ERR_INIT;
    struct connection_list *rows = connection_list_new();
    struct secret_list *secrets = secret_list_new("");
    struct listing l = { .c = c, .store = o.store, .secrets = secrets };
    if (store_exec(o.store, &rows->op, &e) == -1 || store_exec(o.store, &secrets->op, &e) == -1 ||
        print_all(&l, o.project, rows, &e) == -1) {
        code = cli_fail(c, &e);
    }
    secret_list_free(secrets);
    connection_list_free(rows);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "all", NULL, "every account under a parent; without it 20, those first that do not work" },
    { NULL, NULL, NULL },
};

const struct command cmd_connections = {
    .name = "connections",
    .args = "",
    .args_max = 0,
    .summary = "The connections of ladle.yaml and their state",
    .help =
        "A connection is new (nobody has authorised it yet, or a secret of it is not set), "
        "connected, broken or\n"
        "suspended: then the reason stands beside it, and what to do. `ladle connect NAME` mends "
        "one that is broken; one that is suspended is "
        "tried again by\n"
        "itself. Access tokens that expire are refreshed by the engine. Below a parent (an "
        "agency) stand its accounts.\n"
        "A service that is down is not called for a while; the engine says so here, too. Private "
        "tokens do not\n"
        "expire: their age is shown, and one of 90 days is worth a new one. What recipes need and "
        "the token was not\n"
        "granted is told here and by `ladle check`.\n"
        "--json: {name connector state reason since expires_at scopes account breaker{state since "
        "opens_until\n"
        "reason} webhook{failing_since silent_since} tokens[{is_used stored_at age_days}] "
        "advice\n"
        "gaps[{recipe file line step operation scopes message hint}]}, one a line.",
    .options = options,
    .run = run_connections,
    .examples =
        "  ladle connections\n"
        "  ladle connections --json",
    .is_quiet = true,
};
