/* The one place where a failed try becomes a due time, a parked run or a dead one. Backoff is
 * exponential with full jitter (a delay drawn evenly from 0 to the bound), which spreads the
 * callers of a service that comes back best. */
#include "run/retry.h"

#include <string.h>

#include "base/clock.h"

/* A call of unknown outcome is sent again no sooner than this: the service may still be at it. */
enum { PROBE_SETTLE_US = 3000000 };

static bool policy_covers(const json_t *policy, enum err_kind kind)
{
    const json_t *kinds = json_object_get(policy, "kinds");
    if (!json_is_array(kinds)) {
        return true;
    }
    size_t i;
    const json_t *name;
    json_array_foreach (kinds, i, name) {
        if (strcmp(json_string_value(name), err_kind_name(kind)) == 0) {
            return true;
        }
    }
    return false;
}

static int64_t backoff_us(const json_t *policy, int tries)
{
    double bound = (double)json_get_int(policy, "first_us", 5000000);
    double longest = (double)json_get_int(policy, "longest_us", 1800000000);
    const json_t *factor = json_object_get(policy, "factor");
    double base = json_is_number(factor) ? json_number_value(factor) : 2.0;
    for (int i = 1; i < tries && bound < longest; i++) {
        bound *= base;
    }
    int64_t most = (int64_t)(bound < longest ? bound : longest);
    const char *jitter = json_get_text(policy, "jitter");
    if (jitter != NULL && strcmp(jitter, "none") == 0) {
        return most;
    }
    return most > 1000 ? 1000 + (int64_t)clock_random_below((uint64_t)most - 999) : 1000;
}

bool retry_counts(const struct err *e)
{
    return !(e->kind == ERR_UNAVAILABLE && e->status == 0 && e->retry_at_us > 0);
}

struct retry_plan retry_decide(const json_t *policy, int tries, const struct err *e,
                               bool can_settle, int64_t now_us)
{
    struct retry_plan plan = { .verdict = RETRY_FINAL, .is_counted = true };
    if (e->kind == ERR_AUTH || (e->kind == ERR_UNKNOWN && !can_settle)) {
        plan.verdict = RETRY_PARK;
        return plan;
    }
    if (e->kind != ERR_UNKNOWN && (!err_is_retryable(e->kind) || !policy_covers(policy, e->kind))) {
        return plan;
    }
    plan.is_counted = retry_counts(e);
    if (!plan.is_counted) {
        plan.verdict = RETRY_AGAIN;
        plan.due_us = e->retry_at_us; /* each has a moment of its own, in their order */
        return plan;
    }
    if (tries >= json_get_int(policy, "tries", 8)) {
        plan.verdict = e->kind == ERR_UNKNOWN ? RETRY_PARK : RETRY_FINAL;
        return plan;
    }
    int64_t delay = backoff_us(policy, tries);
    if (e->kind == ERR_UNKNOWN && delay < PROBE_SETTLE_US) {
        delay = PROBE_SETTLE_US;
    }
    plan.verdict = RETRY_AGAIN;
    plan.due_us = now_us + delay;
    if (plan.due_us < e->retry_at_us) {
        /* A little apart, so that all who were told the same moment do not come at once. */
        plan.due_us = e->retry_at_us + (int64_t)clock_random_below(250000);
    }
    return plan;
}

struct retry_plan retry_decide_look(const json_t *policy, int tries, const struct err *e,
                                    const struct retry_look *look, int64_t now_us)
{
    struct retry_plan plan = { .verdict = RETRY_PARK, .is_counted = look->is_of_send };
    if (look->end == LOOK_ABSENT) {
        plan = retry_decide(policy, tries, e, false, now_us);
        plan.is_counted = false;
    } else if (look->end == LOOK_LATER) {
        plan.verdict = RETRY_AGAIN;
        plan.due_us = look->due_us;
    } else if (look->end == LOOK_FAILED && err_is_retryable(e->kind)) {
        plan.verdict = RETRY_AGAIN;
        plan.due_us = now_us + backoff_us(policy, look->count);
        plan.due_us = plan.due_us > look->due_us ? plan.due_us : look->due_us;
        plan.due_us = plan.due_us > e->retry_at_us ? plan.due_us : e->retry_at_us;
    }
    return plan;
}
