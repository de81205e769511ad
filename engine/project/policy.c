/* Retry policies: the three that have names, and those that a step writes out in full, where each
 * word that is left out is the standard policy's. What a policy may say is bounded, so that no run
 * waits for years and none hammers a service. Results belong to the caller. */

#include "project/policy.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "format/duration.h"
#include "project/literal.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

enum { TRIES_MAX = 100, FACTOR_MAX = 10 };

struct policy {
    const char *name;
    int tries;
    int64_t first_us;
    int64_t longest_us;
    double factor;
};

static const struct policy POLICIES[] = {
    { "standard", 8, 5 * SECOND_US, 30 * MINUTE_US, 3 },
    { "patient", 32, 30 * SECOND_US, 6 * HOUR_US, 3 },
    { "once", 1, 5 * SECOND_US, 30 * MINUTE_US, 3 },
};
static const char *const POLICY_NAMES[] = { "standard", "patient", "once", NULL };
static const char *const POLICY_WORDS[] = { "tries",  "first", "longest", "factor",
                                            "jitter", "for",   NULL };

static json_t *policy_json(const struct policy *p)
{
    return json_pack("{s:i, s:I, s:I, s:f, s:s}", "tries", p->tries, "first_us",
                     (json_int_t)p->first_us, "longest_us", (json_int_t)p->longest_us, "factor",
                     p->factor, "jitter", "full");
}

static json_t *by_name(struct diags *d, const struct yaml *y)
{
    for (size_t i = 0; i < sizeof POLICIES / sizeof *POLICIES; i++) {
        if (yaml_is(y, POLICIES[i].name)) {
            return policy_json(&POLICIES[i]);
        }
    }
    check_unknown(d, y, y->text, POLICY_NAMES,
                  "there is no retry policy `%s`: standard, patient, once, or a policy in full",
                  SHOW(y));
    return NULL;
}

int64_t policy_duration(struct diags *d, const struct yaml *y, const char *what, int64_t min_us,
                        int64_t max_us)
{
    int64_t us = 0;
    struct err e = ERR_INIT;
    if (!check_text(d, y, what)) {
        return 0;
    }
    if (duration_parse(y->text, y->len, &us, &e) != 0) {
        check_error(d, y, NULL, "%s: %s", what, e.message);
        return 0;
    }
    if (us < min_us || us > max_us) {
        char low[48], high[48];
        duration_format(min_us, low, sizeof low);
        duration_format(max_us, high, sizeof high);
        check_error(d, y, NULL, "%s is between %s and %s", what, low, high);
        return 0;
    }
    return us;
}

static const char *quote(const char *word, char out[32])
{
    (void)snprintf(out, 32, "`%s`", word); /* our own words are short */
    return out;
}

/* A number of a policy between two bounds replaces the standard one. */
static void read_policy_number(struct diags *d, const struct yaml *map, const char *word,
                               const char *type, double max, json_t *out)
{
    const struct yaml *y = yaml_get(map, word);
    char what[32];
    if (y == NULL || !check_text(d, y, quote(word, what))) {
        return;
    }
    json_t *descriptor = json_pack("[s]", type);
    json_t *v = literal_read(d, y, what, y->text, y->len, y->is_plain, descriptor);
    json_decref(descriptor);
    double n = v != NULL ? json_number_value(v) : 1;
    if (n < 1 || n > max) {
        check_error(d, y, NULL, "`%s` is between 1 and %.0f", word, max);
    }
    if (v != NULL && strcmp(type, "number") == 0) {
        (void)json_object_set_new(out, word, json_real(n));
        json_decref(v);
    } else if (v != NULL) {
        (void)json_object_set_new(out, word, v);
    }
}

static void read_delay(struct diags *d, const struct yaml *map, const char *word, const char *key,
                       json_t *out)
{
    const struct yaml *y = yaml_get(map, word);
    char what[32];
    if (y != NULL) {
        int64_t us = policy_duration(d, y, quote(word, what), SECOND_US / 10, 7 * DAY_US);
        (void)json_object_set_new(out, key, json_integer(us));
    }
}

static void read_jitter(struct diags *d, const struct yaml *map, json_t *out)
{
    const struct yaml *y = yaml_get(map, "jitter");
    if (y == NULL) {
        return;
    }
    if (yaml_is(y, "full") || yaml_is(y, "none")) {
        (void)json_object_set_new(out, "jitter", json_string(y->text));
    } else {
        check_error(d, y, NULL, "`jitter` is full or none, not `%s`", SHOW(y));
    }
}

/* The names of the kinds that another try can help, NULL-terminated. */
static const char *const *retryable_kinds(const char *names[ERR_KIND_COUNT + 1])
{
    size_t count = 0;
    for (int kind = ERR_NONE + 1; kind < ERR_KIND_COUNT; kind++) {
        if (err_is_retryable((enum err_kind)kind)) {
            names[count++] = err_kind_name((enum err_kind)kind);
        }
    }
    names[count] = NULL;
    return names;
}

static void read_error_kind(struct diags *d, const struct yaml *y, json_t *kinds)
{
    const char *names[ERR_KIND_COUNT + 1];
    if (!check_text(d, y, "a kind of error in `for`")) {
        return;
    }
    enum err_kind kind = err_kind_parse(y->text);
    bool is_kind = strcmp(err_kind_name(kind), y->text) == 0;
    if (is_kind && err_is_retryable(kind)) {
        (void)json_array_append_new(kinds, json_string(y->text));
    } else if (is_kind) {
        check_error(d, y, NULL, "`%s` is final: another try cannot help", y->text);
    } else {
        check_unknown(d, y, y->text, retryable_kinds(names), "there is no kind of error `%s`",
                      SHOW(y));
    }
}

static void read_kinds(struct diags *d, const struct yaml *map, json_t *out)
{
    const struct yaml *y = yaml_get(map, "for");
    if (y == NULL || !check_kind(d, y, YAML_LIST, "`for`")) {
        return;
    }
    if (y->count == 0) {
        check_error(d, y, "leave `for` out for every kind that a try can help", "`for` is empty");
    }
    json_t *kinds = json_array();
    for (size_t i = 0; i < y->count; i++) {
        read_error_kind(d, y->items[i], kinds);
    }
    (void)json_object_set_new(out, "kinds", kinds);
}

/* A first delay beyond the standard longest one moves that up, unless `longest` is given. */
static void check_order(struct diags *d, const struct yaml *y, json_t *policy)
{
    int64_t first = json_get_int(policy, "first_us", 0);
    if (first <= json_get_int(policy, "longest_us", 0)) {
        return;
    }
    if (yaml_get(y, "longest") != NULL) {
        check_error(d, y, NULL, "the first delay is longer than the longest");
    } else {
        (void)json_object_set_new(policy, "longest_us", json_integer(first));
    }
}

static json_t *in_full(struct diags *d, const struct yaml *y)
{
    json_t *out = policy_json(&POLICIES[0]);
    check_words(d, y, POLICY_WORDS, "a retry policy");
    read_policy_number(d, y, "tries", "integer", TRIES_MAX, out);
    read_policy_number(d, y, "factor", "number", FACTOR_MAX, out);
    read_delay(d, y, "first", "first_us", out);
    read_delay(d, y, "longest", "longest_us", out);
    read_jitter(d, y, out);
    read_kinds(d, y, out);
    check_order(d, y, out);
    return out;
}

json_t *policy_read(struct diags *d, const struct yaml *y)
{
    if (y == NULL) {
        return policy_json(&POLICIES[0]);
    }
    if (y->kind == YAML_MAP) {
        return in_full(d, y);
    }
    if (y->kind == YAML_LIST || yaml_is_empty(y)) {
        check_error(d, y, "such as retry: standard", "`retry` takes a policy's name, or a policy");
        return NULL;
    }
    return by_name(d, y);
}
