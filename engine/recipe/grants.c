/* Holds what the steps of recipes call against what the tokens of their connections were granted.
 * A step's operation names its scopes and the kinds of tokens that it takes; the store's row of the
 * connection names the scopes that the service granted, and where nobody has authorised it yet, its
 * settings name those that will be asked for. Scripts are read for calls that are written out
 * (ctx.crm:create_task); what they compute is not seen. Nothing here opens a token. */
#include "recipe/grants.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"
#include "connector/account_words.h"
#include "connector/areas.h"
#include "format/json.h"
#include "token/token_pair.h"

enum { STEPS_DEPTH_MAX = 64, NAME_MAX_BYTES = 128, WARNINGS_MAX = 20 };

/* One recipe's walk. */
struct walk {
    const struct grants *g;
    const struct recipe *recipe;
    json_t *gaps;
};

/* A call that a step makes, or a trigger. */
struct use {
    const json_t *step;               /* NULL: a trigger */
    const char *connection, *name;    /* of the operation or event */
    const json_t *config, *connector; /* of the connection */
    const json_t *scopes;             /* that it needs, or NULL */
};

/* --- what was granted --- */

static const struct connection_row *granted_row(const struct grants *g, const char *connection)
{
    for (size_t i = 0; g->rows != NULL && i < g->rows->count; i++) {
        if (strcmp(g->rows->rows[i].name, connection) == 0) {
            return &g->rows->rows[i];
        }
    }
    return NULL;
}

/* "oauth", "token" or "none". */
static const char *auth_of(const struct use *u)
{
    const char *auth = json_get_text(u->config, "auth");
    const json_t *kinds = json_object_get(json_object_get(u->connector, "auth"), "kinds");
    const char *usual = json_string_value(json_array_get(kinds, 0));
    return auth != NULL ? auth : usual != NULL ? usual : "none";
}

/* The scopes that `ladle connect` will ask for; NULL where that is not said. */
static const json_t *asked_for(const struct use *u)
{
    const json_t *own = json_object_get(u->config, "scopes");
    const json_t *usual = json_object_get(json_object_get(u->connector, "auth"), "scopes");
    return json_is_array(own) ? own : json_is_array(usual) ? usual : NULL;
}

/* --- gaps --- */

static void add_gap(const struct walk *w, const struct use *u, json_t *scopes, char *message,
                    const char *hint)
{
    json_t *v = json_object();
    json_object_set_new(v, "connection", json_string(u->connection));
    json_object_set_new(v, "recipe", json_string(w->recipe->name));
    json_object_set_new(v, "file", json_string(w->recipe->file));
    json_object_set_new(v, "line", json_integer(json_get_int(u->step, "line", w->recipe->line)));
    json_object_set_new(
        v, "step", u->step != NULL ? json_incref(json_object_get(u->step, "step")) : json_null());
    json_object_set_new(v, "operation", json_string(u->name));
    json_object_set_new(v, "scopes", scopes != NULL ? scopes : json_array());
    json_object_set_new(v, "message", json_string(message));
    json_object_set_new(v, "hint", json_string(hint));
    json_array_append_new(w->gaps, v);
    free(message);
}

/* Of the operation's scopes those that are not granted: not in the token's, or, where there is no
 * token yet, not in those that will be asked for. Yours; an empty list where all are. */
static json_t *missing_scopes(const struct use *u, const char *granted, const json_t *asked)
{
    json_t *missing = json_array();
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)u->scopes, i, one) {
        const char *scope = json_string_value(one);
        bool is_missing =
            scope != NULL && (granted != NULL ? !token_pair_has_scope(granted, scope, strlen(scope))
                                              : asked != NULL && !json_list_has_text(asked, scope));
        if (is_missing) {
            json_array_append(missing, one);
        }
    }
    return missing;
}

static char *joined(const json_t *texts)
{
    struct buf out;
    buf_init(&out, 1000);
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)texts, i, one) {
        (void)buf_printf(&out, "%s%s", i > 0 ? " " : "", json_string_value(one)); /* full: cut */
    }
    char *text = buf_take(&out, NULL);
    buf_fini(&out);
    return text;
}

static void check_scopes(const struct walk *w, const struct use *u)
{
    const struct connection_row *row = granted_row(w->g, u->connection);
    const char *granted = row != NULL ? row->scopes : NULL;
    bool is_oauth = strcmp(auth_of(u), "oauth") == 0;
    json_t *missing = missing_scopes(u, granted, is_oauth ? asked_for(u) : NULL);
    if (json_array_size(missing) == 0) {
        json_decref(missing);
        return;
    }
    char *scopes = joined(missing);
    char *hint = xasprintf(granted != NULL && !is_oauth
                               ? "give the token this scope at the service"
                               : "add it to `scopes` of the connection and to the app at the "
                                 "service, then run `ladle connect %s`",
                           u->connection);
    add_gap(w, u, missing,
            xasprintf("%s.%s %s the scope %s, which %s", u->connection, u->name,
                      u->step != NULL ? "needs" : "does not come without", scopes,
                      granted != NULL ? "its token was not granted"
                                      : "`ladle connect` will not ask for"),
            hint);
    free(hint);
    free(scopes);
}

/* Kinds of tokens that an operation does not take. */
static void check_token_kind(const struct walk *w, const struct use *u, const json_t *operation)
{
    const char *access = json_get_text(operation, "access");
    bool is_private = strcmp(auth_of(u), "token") == 0;
    struct account_words words = account_words(u->connector);
    bool is_one = json_object_get(u->config, words.one) != NULL &&
                  !account_words_is_parent(u->connector, u->config);
    if (json_get_bool(operation, "oauth_only", false) && is_private) {
        add_gap(w, u, NULL,
                xasprintf("%s.%s takes no private integration token", u->connection, u->name),
                "use a connection with `auth: oauth` for it");
    }
    if (access != NULL && strcmp(access, "parent") == 0 && words.parent != NULL && is_one) {
        char *hint = xasprintf("use a connection with `%s` for it", words.parent);
        add_gap(w, u, NULL,
                xasprintf("%s.%s takes a token of %s %s, and the connection is of %s %s",
                          u->connection, u->name, plural_article(words.parent), words.parent,
                          plural_article(words.one), words.one),
                hint);
        free(hint);
    }
}

static struct use use_of(const struct walk *w, const json_t *step, const char *connection,
                         const char *name)
{
    struct use u = { .step = step, .connection = connection, .name = name };
    const struct project_hooks *h = w->g->hooks;
    u.config = json_object_get(w->g->project->connections, connection);
    const char *connector = json_get_text(u.config, "connector");
    u.connector = connector != NULL ? h->find_connector(h->ud, connector) : NULL;
    return u;
}

static void check_call(const struct walk *w, const json_t *step, const char *connection,
                       const char *name)
{
    struct use u = use_of(w, step, connection, name);
    struct areas areas = project_areas(w->g->hooks);
    const json_t *operation =
        u.connector != NULL ? areas_operation(&areas, u.connector, name) : NULL;
    if (operation != NULL) {
        u.scopes = json_object_get(operation, "scopes");
        check_scopes(w, &u);
        check_token_kind(w, &u, operation);
    }
}

static void check_trigger(const struct walk *w, const char *connection, const char *name)
{
    struct use u = use_of(w, NULL, connection, name);
    struct areas areas = project_areas(w->g->hooks);
    u.scopes = u.connector != NULL ? areas_event_scopes(&areas, u.connector, name) : NULL;
    check_scopes(w, &u);
}

/* --- scripts --- */

/* A name of letters, digits and _ at *at; false where there is none. Moves *at behind it. */
static bool read_call_name(const char **at, char out[NAME_MAX_BYTES])
{
    size_t len = 0;
    while (len < NAME_MAX_BYTES - 1 &&
           (ascii_is_alpha((*at)[len]) || ascii_is_digit((*at)[len]) || (*at)[len] == '_')) {
        out[len] = (*at)[len];
        len++;
    }
    out[len] = '\0';
    *at += len;
    return len > 0;
}

/* ctx.crm:create_task */
static void check_script_call(const struct walk *w, const json_t *step, const char *text)
{
    char connection[NAME_MAX_BYTES], operation[NAME_MAX_BYTES];
    for (const char *at = strstr(text, "ctx."); at != NULL; at = strstr(at, "ctx.")) {
        at += strlen("ctx.");
        if (read_call_name(&at, connection) && *at == ':' && at++ != NULL &&
            read_call_name(&at, operation)) {
            check_call(w, step, connection, operation);
        }
    }
}

static void check_script(const struct walk *w, const json_t *step, const char *name)
{
    json_t *bundle = json_parse_own(w->recipe->bundle, w->recipe->bundle_len, NULL);
    const char *text = json_get_text(json_object_get(bundle, "scripts"), name);
    if (text != NULL) {
        check_script_call(w, step, text);
    }
    json_decref(bundle);
}

/* --- steps --- */

static void walk_steps(const struct walk *w, const json_t *steps, int depth)
{
    size_t i;
    json_t *step;
    if (!json_is_array(steps) || depth > STEPS_DEPTH_MAX) {
        return; /* on_error may be a word */
    }
    json_array_foreach ((json_t *)steps, i, step) {
        const json_t *use = json_object_get(step, "use");
        const char *connection = json_get_text(use, "connection");
        const char *script = json_get_text(use, "script");
        if (connection != NULL) {
            check_call(w, step, connection, json_get_text(use, "operation"));
        }
        if (script != NULL) {
            check_script(w, step, script);
        }
        walk_steps(w, json_object_get(step, "do"), depth + 1);
        walk_steps(w, json_object_get(step, "parallel"), depth + 1);
        walk_steps(w, json_object_get(step, "on_error"), depth + 1);
    }
}

void grants_add_gaps(const struct grants *g, const struct recipe *r, json_t *gaps)
{
    struct walk w = { .g = g, .recipe = r, .gaps = gaps };
    size_t i;
    json_t *when;
    json_array_foreach (json_object_get(r->plan, "when"), i, when) {
        if (json_get_text(when, "connection") != NULL) { /* else it is a schedule */
            check_trigger(&w, json_get_text(when, "connection"), json_get_text(when, "event"));
        }
    }
    walk_steps(&w, json_object_get(r->plan, "do"), 0);
    walk_steps(&w, json_object_get(r->plan, "on_error"), 0);
}

/* --- all --- */

json_t *grants_gaps(const struct grants *g, const struct recipe_set *set)
{
    json_t *gaps = json_array();
    for (size_t i = 0; i < set->count; i++) {
        grants_add_gaps(g, set->recipes[i], gaps);
    }
    return gaps;
}

json_t *grants_of(const json_t *gaps, const char *connection)
{
    json_t *own = json_array();
    size_t i;
    json_t *gap;
    json_array_foreach ((json_t *)gaps, i, gap) {
        const char *name = json_get_text(gap, "connection");
        if (name != NULL && strcmp(name, connection) == 0) {
            json_array_append(own, gap);
        }
    }
    return own;
}

void grants_warn(const json_t *gaps)
{
    size_t i;
    json_t *gap;
    json_array_foreach ((json_t *)gaps, i, gap) {
        if (i == WARNINGS_MAX) {
            log_warn("engine", "%zu more of these: `ladle check` tells them",
                     json_array_size(gaps) - i);
            return;
        }
        const char *step = json_get_text(gap, "step");
        log_warn("engine", "%s:%d: %s%s%s: %s", json_get_text(gap, "file"),
                 (int)json_get_int(gap, "line", 0), step != NULL ? step : "",
                 step != NULL ? ": " : "", json_get_text(gap, "message"),
                 json_get_text(gap, "hint"));
    }
}
