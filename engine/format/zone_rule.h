#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The POSIX TZ string at the end of a zone file, "CET-1CEST,M3.5.0,M10.5.0/3": what holds after the
 * last transition of the file, for ever (RFC 8536, 3.3). Pure; times are seconds since 1970 UTC. */

/* "Mm.w.d", "Jn" and "n" of a POSIX TZ string. */
enum zone_rule_kind { RULE_MONTH, RULE_JULIAN, RULE_DAY };

struct zone_rule_date {
    enum zone_rule_kind kind;
    int month, week, day;
    int64_t time_s; /* local, from midnight; -167 … 167 hours (RFC 8536, 3.3.1) */
};

struct zone_rule {
    bool is_set;
    bool has_dst;
    int32_t std_s, dst_s; /* east of UTC */
    struct zone_rule_date start, end;
};

/* 0, or -1 where the text is no such rule. */
int zone_rule_parse(const char *text, size_t len, struct zone_rule *out);
int32_t zone_rule_offset_s(const struct zone_rule *r, int64_t t); /* seconds east of UTC */
/* The first moment after t at which the offset becomes another; INT64_MAX where there is none. */
int64_t zone_rule_next_change_s(const struct zone_rule *r, int64_t t);
bool zone_rule_is_same(const struct zone_rule *a, const struct zone_rule *b);
