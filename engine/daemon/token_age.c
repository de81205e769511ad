/*
 * Tells how old private tokens and API keys are, and reminds people to change them. The age of
 * private tokens is the time at which their row in the vault was written, so no token is opened to
 * know it; a switch to the second token (token/token_second.c) keeps the time. Of a token that
 * ladle.yaml takes from a secret (${secret.x}) it is the age of that secret. The reminder reads the
 * names on the store's reader thread; everything else is the loop's.
 */
#include "daemon/token_age.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"

static const int64_t day_us = 86400LL * 1000 * 1000;
enum { FIRST_LOOK_US = 1000 * 1000 };

/* --- ages --- */

/* When the secret of that name was stored; 0: there is none. */
static int64_t stored_us(const struct secret_list *rows, const char *prefix, const char *name)
{
    size_t len = strlen(prefix);
    for (size_t i = 0; i < rows->count; i++) {
        if (strncmp(rows->names[i], prefix, len) == 0 && strcmp(rows->names[i] + len, name) == 0) {
            return rows->updated_us[i];
        }
    }
    return 0;
}

static bool has_private_token(const json_t *config, const json_t *table)
{
    const char *auth = json_get_text(config, "auth");
    const json_t *kinds = json_path(table, "auth.kinds");
    bool has_one_way = json_array_size(kinds) == 1;
    const char *only = has_one_way ? json_string_value(json_array_get(kinds, 0)) : NULL;
    if (auth != NULL) {
        return strcmp(auth, "token") == 0;
    }
    return json_object_get(config, "token") != NULL || (only != NULL && strcmp(only, "token") == 0);
}

/* Of a token in ladle.yaml. */
static struct token_age given_age(const json_t *given, const struct secret_list *rows)
{
    const char *secret = json_get_text(given, "secret");
    return (struct token_age){
        .is_there = given != NULL,
        .stored_us = secret != NULL ? stored_us(rows, "user:", secret) : 0,
    };
}

static struct token_age row_age(const struct secret_list *rows, const char *prefix,
                                const char *name)
{
    int64_t us = stored_us(rows, prefix, name);
    return (struct token_age){ .is_there = us > 0, .stored_us = us };
}

void token_ages(const char *name, const json_t *config, const json_t *table,
                const struct secret_list *rows, struct token_age out[2])
{
    out[0] = out[1] = (struct token_age){ .is_there = false };
    const json_t *given = json_object_get(config, "token");
    if (!has_private_token(config, table)) {
        return;
    }
    if (given == NULL) {
        out[0] = row_age(rows, "token:", name);
        out[1] = row_age(rows, "token-next:", name);
        out[0].is_used = out[0].is_there;
        return;
    }
    out[0] = given_age(given, rows);
    out[1] = given_age(json_object_get(config, "token_next"), rows);
    int64_t refused_us = stored_us(rows, "token-refused:", name);
    bool is_second = out[1].is_there && refused_us > 0 && refused_us >= out[0].stored_us;
    out[is_second].is_used = true;
}

int64_t token_age_days(const struct token_age *a)
{
    int64_t age_us = clock_wall_us() - a->stored_us;
    return a->stored_us == 0 ? -1 : age_us < 0 ? 0 : age_us / day_us;
}

char *token_age_advice(const char *name, const struct token_age ages[2])
{
    const struct token_age *used = ages[1].is_used ? &ages[1] : &ages[0];
    int64_t days = token_age_days(used);
    if (!used->is_used || days < TOKEN_OLD_DAYS) {
        return NULL;
    }
    if (used == &ages[0] && ages[1].is_there && token_age_days(&ages[1]) < TOKEN_OLD_DAYS) {
        return xasprintf(
            "the token is %lld days old and a second one is stored: remove the old "
            "one at the service",
            (long long)days);
    }
    return xasprintf(
        "the token is %lld days old: make a new one at the service, then run: ladle "
        "connect %s --token - --next",
        (long long)days, name);
}

/* --- the reminder --- */

struct token_reminder {
    struct store *store;
    const struct project *project;
    struct timer timer;
    bool is_looking;
    bool is_stopped;
};

static void show_ages(const char *name, const struct token_age ages[2])
{
    const struct token_age *used = ages[1].is_used ? &ages[1] : &ages[0];
    int64_t days = token_age_days(used);
    if (used->is_used && days >= 0) {
        metric_set(metrics_gauge("ladle_token_age_days",
                                 "Age of the private token in use, in days; known where `ladle` "
                                 "stored it.",
                                 "connection", name),
                   days);
    }
    char *advice = token_age_advice(name, ages);
    if (advice != NULL) {
        log_warn("token", "%s: %s", name, advice);
    }
    free(advice);
}

static void tokens_read(struct store_op *op, const struct err *e)
{
    struct secret_list *rows = list_entry(op, struct secret_list, op);
    struct token_reminder *r = op->ud;
    r->is_looking = false;
    const struct project_hooks *h = r->project->hooks;
    const char *name;
    json_t *config;
    json_object_foreach (e != NULL ? NULL : r->project->connections, name, config) {
        const char *kind = json_get_text(config, "connector");
        struct token_age ages[2];
        token_ages(name, config, kind != NULL ? h->find_connector(h->ud, kind) : NULL, rows, ages);
        show_ages(name, ages);
    }
    secret_list_free(rows);
    if (!r->is_stopped) {
        timer_start(&r->timer, day_us);
    }
}

static void look_at_tokens(struct timer *t)
{
    struct token_reminder *r = list_entry(t, struct token_reminder, timer);
    struct secret_list *rows = secret_list_new("");
    rows->op.must_land = true; /* the next look is tomorrow's */
    rows->op.done = tokens_read;
    rows->op.ud = r;
    r->is_looking = true;
    store_submit_read(r->store, &rows->op);
}

struct token_reminder *token_reminder_new(struct loop *l, struct store *s, const struct project *p)
{
    struct token_reminder *r = xcalloc(1, sizeof *r);
    r->store = s;
    r->project = p;
    timer_init(&r->timer, l, look_at_tokens);
    return r;
}

void token_reminder_start(struct token_reminder *r)
{
    timer_start(&r->timer, FIRST_LOOK_US);
}

void token_reminder_quiesce(struct token_reminder *r)
{
    r->is_stopped = true;
    timer_stop(&r->timer);
}

bool token_reminder_is_idle(const struct token_reminder *r)
{
    return !r->is_looking;
}

void token_reminder_free(struct token_reminder *r)
{
    if (r != NULL) {
        assert(token_reminder_is_idle(r));
        timer_stop(&r->timer);
        free(r);
    }
}
