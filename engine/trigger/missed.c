/* The rule of `missed` and `within`. It knows the lateness of one occurrence and whether a newer one
 * is due, and nothing of why: a crash, a pause and a clock that jumped are the same to it. */
#include "trigger/missed.h"

enum missed_verdict missed_judge(const struct missed_rule *rule, int64_t late_us, bool is_newest)
{
    if (late_us <= MISSED_GRACE_US) {
        return MISSED_NOT;
    }
    if (rule->within_us > 0 && late_us > rule->within_us) {
        return MISSED_LEFT_OUT;
    }
    switch (rule->policy) {
    case MISSED_LAST:
        return is_newest ? MISSED_RUNS_LATE : MISSED_LEFT_OUT;
    case MISSED_ALL:
        return MISSED_RUNS_LATE;
    case MISSED_NONE:
        break;
    }
    return MISSED_LEFT_OUT;
}
