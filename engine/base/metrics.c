/*
 * Keeps the metrics of the engine in memory, and writes them for Prometheus (text format 0.0.4). A
 * family is a name with its help and type, a series is one label value of it; both are found
 * through one map each and printed in the order they were made. Labels may hold what comes from
 * outside, so that their values are cut, escaped and limited in number: what is beyond the limit is
 * counted under "other". The registry owns families and series until metrics_reset; callers keep
 * pointers to series. Loop thread only.
 */
#include "base/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LABEL_VALUE_MAX = 120, BUCKETS = 15 };

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

static const struct bucket {
    int64_t us;
    const char *seconds; /* as it stands in the label "le" */
} buckets[BUCKETS] = {
    { 1000, "0.001" },  { 2500, "0.0025" }, { 5000, "0.005" },  { 10000, "0.01" },
    { 25000, "0.025" }, { 50000, "0.05" },  { 100000, "0.1" },  { 250000, "0.25" },
    { 500000, "0.5" },  { 1000000, "1" },   { 2500000, "2.5" }, { 5000000, "5" },
    { 10000000, "10" }, { 30000000, "30" }, { 60000000, "60" },
};

struct family {
    struct list link; /* registry.families */
    struct list series;
    char *name;
    char *help;
    enum metric_type type;
};

struct metric {
    struct list link; /* family.series */
    enum metric_type type;
    char *labels;    /* `name="value"`, escaped, or "" */
    int64_t value;   /* a histogram: the number of observations */
    int64_t sum_us;  /* histogram */
    int64_t *counts; /* histogram: per bucket, not cumulative; NULL otherwise */
};

static struct registry {
    struct map *by_name;   /* name -> family */
    struct map *by_series; /* `name{labels}` -> metric */
    struct list families;
} registry = { .families = LIST_INIT(registry.families) };

static struct family *family_of(const char *name, const char *help, enum metric_type type)
{
    if (registry.by_name == NULL) {
        registry.by_name = map_new();
        registry.by_series = map_new();
    }
    struct family *f = map_get(registry.by_name, name);
    if (f == NULL) {
        f = xcalloc(1, sizeof(*f));
        f->name = xstrdup(name);
        f->help = xstrdup(help != NULL ? help : "");
        f->type = type;
        list_init(&f->series);
        list_push_back(&registry.families, &f->link);
        (void)map_put(registry.by_name, name, f); /* was absent */
    }
    assert(f->type == type);
    return f;
}

/* Backslash, line feed and, inside a label, the quote are escaped; what is no UTF-8 becomes
 * U+FFFD. */
static int put_escaped(struct buf *out, const char *text, size_t len, bool is_label)
{
    int rc = 0;
    for (size_t at = 0; at < len && rc == 0;) {
        size_t n = utf8_char(text + at, len - at);
        if (n == 0) {
            rc = buf_puts(out, "\xef\xbf\xbd");
        } else if (text[at] == '\n') {
            rc = buf_puts(out, "\\n");
        } else if (text[at] == '\\' || (text[at] == '"' && is_label)) {
            rc = buf_printf(out, "\\%c", text[at]);
        } else {
            rc = buf_append(out, text + at, n);
        }
        at += n > 0 ? n : 1;
    }
    return rc;
}

static void put_label(struct buf *out, const struct metric_label *l)
{
    if (l->name == NULL || l->value == NULL) {
        return;
    }
    size_t len = strnlen(l->value, LABEL_VALUE_MAX + 4);
    (void)buf_printf(out, "%s%.64s=\"", out->len > 0 ? "," : "", l->name); /* bounded: it fits */
    (void)put_escaped(out, l->value, utf8_cut(l->value, len, LABEL_VALUE_MAX), true);
    (void)buf_putc(out, '"');
}

static char *labels_text(const struct metric_label labels[2])
{
    struct buf out;
    buf_init(&out, 4096);
    put_label(&out, &labels[0]);
    put_label(&out, &labels[1]);
    return buf_take(&out, NULL);
}

static struct metric *series_new(struct family *f, char *labels)
{
    struct metric *m = xcalloc(1, sizeof(*m));
    m->type = f->type;
    m->labels = labels;
    if (f->type == METRIC_HISTOGRAM) {
        m->counts = xcalloc(BUCKETS, sizeof(*m->counts));
    }
    list_push_back(&f->series, &m->link);
    return m;
}

/* Every value that is given becomes "other". */
static struct metric *series_of_others(enum metric_type type, const char *name, const char *help,
                                       const struct metric_label labels[2]);

static struct metric *series_by(enum metric_type type, const char *name, const char *help,
                                const struct metric_label labels[2])
{
    struct family *f = family_of(name, help, type);
    char *text = labels_text(labels);
    char *key = xasprintf("%s{%s}", name, text);
    struct metric *m = map_get(registry.by_series, key);
    bool has_room = map_len(registry.by_series) < METRICS_SERIES_MAX;
    if (m == NULL && !has_room && text[0] != '\0' && strcmp(labels[0].value, "other") != 0) {
        free(text);
        free(key);
        return series_of_others(type, name, help, labels); /* once: "other" always gets in */
    }
    if (m == NULL) {
        m = series_new(f, text);
        text = NULL;
        (void)map_put(registry.by_series, key, m); /* was absent */
    }
    free(text);
    free(key);
    return m;
}

static struct metric *series_of_others(enum metric_type type, const char *name, const char *help,
                                       const struct metric_label labels[2])
{
    const struct metric_label others[2] = {
        { labels[0].name, "other" },
        { labels[1].name, labels[1].value != NULL ? "other" : NULL },
    };
    return series_by(type, name, help, others);
}

static struct metric *series_of(enum metric_type type, const char *name, const char *help,
                                const char *label, const char *value)
{
    const struct metric_label labels[2] = { { label, value }, { NULL, NULL } };
    return series_by(type, name, help, labels);
}

struct metric *metrics_counter(const char *name, const char *help, const char *label,
                               const char *value)
{
    return series_of(METRIC_COUNTER, name, help, label, value);
}

struct metric *metrics_counter_by(const char *name, const char *help,
                                  const struct metric_label labels[2])
{
    return series_by(METRIC_COUNTER, name, help, labels);
}

struct metric *metrics_gauge(const char *name, const char *help, const char *label,
                             const char *value)
{
    return series_of(METRIC_GAUGE, name, help, label, value);
}

struct metric *metrics_histogram(const char *name, const char *help, const char *label,
                                 const char *value)
{
    return series_of(METRIC_HISTOGRAM, name, help, label, value);
}

void metric_add(struct metric *m, int64_t n)
{
    assert(m->type == METRIC_GAUGE || (m->type == METRIC_COUNTER && n >= 0));
    m->value += n;
}

void metric_set(struct metric *m, int64_t value)
{
    assert(m->type == METRIC_GAUGE);
    m->value = value;
}

void metric_observe_us(struct metric *m, int64_t us)
{
    assert(m->type == METRIC_HISTOGRAM);
    m->value++;
    m->sum_us += us;
    for (int i = 0; i < BUCKETS; i++) {
        if (us <= buckets[i].us) {
            m->counts[i]++;
            return;
        }
    }
}

int64_t metric_value(const struct metric *m)
{
    return m->value;
}

static int print_plain(struct buf *out, const struct family *f, const struct metric *m)
{
    bool has_labels = m->labels[0] != '\0';
    return buf_printf(out, "%s%s%s%s %" PRId64 "\n", f->name, has_labels ? "{" : "", m->labels,
                      has_labels ? "}" : "", m->value);
}

static int print_histogram(struct buf *out, const struct family *f, const struct metric *m)
{
    bool has_labels = m->labels[0] != '\0';
    const char *comma = has_labels ? "," : "";
    int64_t below = 0;
    for (int i = 0; i < BUCKETS; i++) {
        below += m->counts[i];
        (void)buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n", f->name, m->labels, comma,
                         buckets[i].seconds, below); /* a full buffer stays full: checked below */
    }
    (void)buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRId64 "\n", f->name, m->labels, comma,
                     m->value);
    const char *open = has_labels ? "{" : "";
    const char *close = has_labels ? "}" : "";
    int64_t sum = m->sum_us < 0 ? 0 : m->sum_us; /* durations; a clock that steps back adds < 0 */
    (void)buf_printf(out, "%s_sum%s%s%s %" PRId64 ".%06" PRId64 "\n", f->name, open, m->labels,
                     close, sum / 1000000, sum % 1000000);
    return buf_printf(out, "%s_count%s%s%s %" PRId64 "\n", f->name, open, m->labels, close,
                      m->value);
}

static int print_family(struct buf *out, const struct family *f)
{
    static const char *const types[] = { "counter", "gauge", "histogram" };
    (void)buf_printf(out, "# HELP %s ", f->name);
    (void)put_escaped(out, f->help, strlen(f->help), false);
    (void)buf_printf(out, "\n# TYPE %s %s\n", f->name, types[f->type]);
    list_each (it, &f->series) {
        const struct metric *m = list_entry(it, struct metric, link);
        (void)(f->type == METRIC_HISTOGRAM ? print_histogram(out, f, m) : print_plain(out, f, m));
    }
    return out->is_full ? -1 : 0;
}

int metrics_print(struct buf *out)
{
    list_each (it, &registry.families) {
        if (print_family(out, list_entry(it, struct family, link)) == -1) {
            return -1;
        }
    }
    return 0;
}

static void series_free(void *p)
{
    struct metric *m = p;
    free(m->labels);
    free(m->counts);
    free(m);
}

static void family_free(void *p)
{
    struct family *f = p;
    free(f->name);
    free(f->help);
    free(f);
}

void metrics_reset(void)
{
    map_free(registry.by_series, series_free);
    map_free(registry.by_name, family_free);
    registry.by_series = NULL;
    registry.by_name = NULL;
    list_init(&registry.families);
}
