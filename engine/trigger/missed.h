#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What becomes of an occurrence that could not start a run when it was due. Pure. */
enum missed_policy {
    MISSED_LAST, /* the newest one runs, late */
    MISSED_ALL,  /* each runs, late */
    MISSED_NONE
};

struct missed_rule {
    enum missed_policy policy;
    int64_t within_us; /* one that is later is left out in any case; 0: no bound */
};

/* Up to here an occurrence is on time: a restart takes as long, and a loop under load. */
#define MISSED_GRACE_US (INT64_C(10) * 1000 * 1000)

enum missed_verdict { MISSED_NOT, MISSED_RUNS_LATE, MISSED_LEFT_OUT };

/* is_newest: nothing of the schedule that is due comes behind it. */
enum missed_verdict missed_judge(const struct missed_rule *rule, int64_t late_us, bool is_newest);
