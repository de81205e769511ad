#pragma once

#include "base/err.h"
#include "format/json.h"

/* What becomes of a step that failed. */
enum retry_verdict {
    RETRY_AGAIN, /* at due_us */
    RETRY_PARK,  /* a person must look at it */
    RETRY_FINAL
};

struct retry_plan {
    enum retry_verdict verdict;
    int64_t due_us;  /* wall time */
    bool is_counted; /* the try counts; false: nothing was sent (an open breaker) */
};

/* What came of an effect of unknown outcome that can be looked for (looks.h). */
enum retry_look_end {
    LOOK_NONE,      /* nobody looks */
    LOOK_LATER,     /* at due_us */
    LOOK_FAILED,    /* the service did not let us look */
    LOOK_UNDECIDED, /* a person must look */
    LOOK_ABSENT,    /* it did not take effect: the call failed, and may be made again */
};
struct retry_look {
    enum retry_look_end end;
    int64_t due_us;
    int count;       /* looks so far */
    bool is_of_send; /* the call itself failed just now, which is a try */
};

/* Whether a failed try counts as one: an open breaker, and a wait for one's turn (call/seats.h), refuse
 * before anything is sent, and say when to come again. */
bool retry_counts(const struct err *e);

/* Decides by the policy (recipe.h: tries, first_us, longest_us, factor, jitter, kinds), after
 * `tries` tries of which the last ended with `e`. The delay is factor^n with full jitter, between 1
 * ms and longest_us; e->retry_at_us wins where it is later. `can_settle`: where the
 * outcome is unknown the call may be sent again; else it parks. */
struct retry_plan retry_decide(const json_t *policy, int tries, const struct err *e,
                               bool can_settle, int64_t now_us);
/* The same for an effect that is looked for; `tries` as far as it was sent. Looking uses up no
 * try. */
struct retry_plan retry_decide_look(const json_t *policy, int tries, const struct err *e,
                                    const struct retry_look *look, int64_t now_us);
