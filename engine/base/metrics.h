#pragma once

#include <stdint.h>

#include "base/buf.h"

/* Counters, gauges and histograms under a name with up to two labels, printed as the Prometheus
 * text format 0.0.4. Loop thread only. A series is made on first use; past METRICS_SERIES_MAX the
 * surplus goes into one series with the label value "other", so that labels from outside stay
 * bounded. */
enum { METRICS_SERIES_MAX = 2000 };

struct metric; /* one series; lives until metrics_reset */

/* `help` is kept for the first call with that name. Label name and value may be NULL. All text is
 * copied. */
struct metric *metrics_counter(const char *name, const char *help, const char *label,
                               const char *value);
/* The same with two labels. */
struct metric_label {
    const char *name, *value;
};
struct metric *metrics_counter_by(const char *name, const char *help,
                                  const struct metric_label labels[2]);
struct metric *metrics_gauge(const char *name, const char *help, const char *label,
                             const char *value);
/* Buckets in seconds from 1 ms to 60 s. */
struct metric *metrics_histogram(const char *name, const char *help, const char *label,
                                 const char *value);
void metric_add(struct metric *m, int64_t n);
void metric_set(struct metric *m, int64_t value);
void metric_observe_us(struct metric *m, int64_t us);
int64_t metric_value(const struct metric *m); /* a histogram: the number of observations */
int metrics_print(struct buf *out);           /* 0, or -1 where out is full */
void metrics_reset(void);                     /* frees all; for tests and at exit */
