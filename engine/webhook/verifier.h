#pragma once

#include "format/url.h"
#include "webhook/verify_rule.h"

/* What a connection's verifier is made of, for the files verify*.c and scheme.c only. */
enum { RULES_MAX = 4, NETWORKS_MAX = 64 };

struct verifier {
    struct rule rules[RULES_MAX]; /* those that the connection has secrets or keys for */
    size_t rule_count;
    struct cidr networks[NETWORKS_MAX];
    size_t network_count;
    json_t *scheme; /* the preset, or NULL: the connector says its rules itself */
};
