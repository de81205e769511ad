#pragma once

#include "recipe/project.h"

/* A recipe, loaded and checked. `plan` is its normal form, which scripts/lib/walk.lua walks:
 *   {recipe, summary, needs:{name:connector}, inputs:{name:{type,default,label}}, when:[{connection,event}],
 *    if?:node, key?:node, mode?, do:[step], on_error?:[step]}
 *   step: {step, line, use?:{connection,operation} | {script}, with?:node, if?:node, each?:node, as?, retry:{policy}, timeout_us?,
 *          on_error?:"continue"|"fail"|[step], stop?:node}
 *   node: {t:"lit",v} | {t:"expr",s,line} | {t:"text",parts:["text"|[path…]]} | {t:"map",v:{name:node}} | {t:"list",v:[node]}
 *   policy: {tries, first_us, longest_us, factor, jitter:"full"|"none", kinds?:[kind]}
 * `bundle` is all that a run needs to go on by itself after the files were changed: {plan, inputs, timezone, scripts:{name:text}, maps:{name:[…]}}. */
struct recipe {
    char *name;
    char *file;
    json_t *plan;
    json_t *inputs;      /* values: defaults, and what ladle.yaml gives */
    char *bundle;
    size_t bundle_len;
    char hash[65];       /* sha-256 of the bundle, hex */
    int line, column;    /* of its name in the file */
};

/* Loads one file; errors in d; NULL where there is any. */
struct recipe *recipe_load(const char *path, const struct project *p, const struct project_hooks *h, struct diags *d);
/* From memory: `name` stands in the errors. */
struct recipe *recipe_parse(const char *name, const char *text, size_t len, const struct project *p,
                            const struct project_hooks *h, struct diags *d);
void recipe_free(struct recipe *r);

/* All recipes of recipes/ (*.yaml but *_test.yaml and maps/), each file's errors in a diags of its own; two recipes of one name are an error. */
struct recipe_set {
    struct recipe **recipes;
    size_t count;
    struct diags **diags; /* of the files with errors */
    size_t diag_count;
};
int recipe_set_load(struct recipe_set *set, const struct project *p, const struct project_hooks *h, struct err *e);
void recipe_set_fini(struct recipe_set *set);
