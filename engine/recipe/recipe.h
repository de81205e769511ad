#pragma once

#include "project/project.h"

/* A recipe, loaded and checked. `plan` is its normal form, which scripts/lib/walk.lua walks:
 *
 *   plan    {recipe, file, summary, needs:{name:connector}, inputs:{name:{type, default?, label?}},
 *            when?:[{connection, event} | schedule], if?:node, key?:node, mode?, settle_us?, do:[step],
 *            on_error?:[step]}
 *           `mode` is "queue", "latest", "drop" or "parallel"; where it is missing, a recipe
 *           with a key has "queue" and one without it "parallel"; `file` is for errors. Without `when` (only where
 *           another recipe calls it) it never starts by itself.
 *   schedule {schedule:"09:00 on weekdays", line, words:{at? on? every? cron? timezone except? from?
 *           until? jitter?: ["text"]}, missed:"last" | "all" | "none", within_us?,
 *           overlap:"skip" | "queue" | "parallel" | "replace"}   (recipe/schedule.h)
 *   step    {step, line, if?:node, on_error?:"continue" | "fail" | [step]} and one of
 *           use:{connection, operation} | {script}, with?:node, retry:policy, timeout_us?,
 *               on_unknown?:"again" | "park", LOOP
 *           stop:node            (without on_error)
 *           wait:node            (a text: a duration or a date)
 *           wait_for:{connection, event}, with:{t:"map", v:{path:node}}, timeout_us
 *           call:"recipe", with?:{t:"map", v:{input:node}}
 *           do:[step], LOOP
 *           parallel:[step]
 *           where LOOP is each?:node, as?, at_once? (1 to 64 items at the same time; missing: 1)
 *   node    {t:"lit", v} | {t:"expr", s, line} | {t:"text", parts:["text" | [path…]]}
 *           | {t:"map", v:{name:node}} | {t:"list", v:[node]}
 *           A path's parts are names, and integers for items of a list, from 1.
 *   policy  {tries, first_us, longest_us, factor, jitter:"full" | "none", kinds?:[kind]}
 *
 * The names of steps are unique in the recipe. Steps of a `parallel` do not see each other's
 * results, and those of a `do` with `each` are seen within it only.
 *
 * `bundle` is all that a run needs to go on by itself after the files were changed, as JSON text:
 *   {plan, inputs, timezone, scripts:{name:text}, maps:{name:[{from:[name…], to, convert?}]},
 *    calls?:{name:{plan, inputs}}}
 * scripts holds the actions that steps use and the project's modules that these require by a
 * literal name. calls holds every recipe that is called, by this one or by one that it calls;
 * scripts and maps hold what those use too. The inputs of a called recipe are those that ladle.yaml
 * gives, else the defaults; the call's `with` stands before them. */
struct recipe {
    char *name;
    char *file; /* as it is shown in errors */
    json_t *plan;
    json_t *inputs; /* values: those that ladle.yaml gives, else the defaults; without `when` there
                       may be declared ones without a value: whoever calls it gives that */
    char *bundle;
    size_t bundle_len;
    char hash[65];    /* sha-256 of the bundle, hex */
    int line, column; /* of its name in the file */
    bool can_start;   /* it has triggers, or another recipe of the project calls it */
};

#define RECIPE_IDLE "nothing starts it: it has no `when`, and no recipe calls it"

/* Loads one file. All errors are in d; NULL where there is any. Recipes that it calls are looked
 * for in the project. With p NULL, connections, values of inputs and calls are not checked, and the
 * bundle has no calls. Yours. */
struct recipe *recipe_load(const char *path, const struct project *p, const struct project_hooks *h,
                           struct diags *d);
/* From memory; any bytes are fine. `name` is the recipe's file. */
struct recipe *recipe_parse(const char *name, const char *text, size_t len, const struct project *p,
                            const struct project_hooks *h, struct diags *d);
void recipe_free(struct recipe *r);

/* All recipes of recipes/: *.yaml but *_test.yaml, not the folders in it (maps/). Each file's
 * errors are in a diags of its own, under the name recipes/FILE; the recipes without errors are
 * there all the same. Two recipes of one name are an error, and so are errors in the field maps
 * of recipes/maps. Files that look like recipes and are not read are told as warnings. */
struct recipe_set {
    struct recipe **recipes; /* in the order of their files' names */
    size_t count;
    struct diags **diags; /* of the files with errors; their warnings are there too */
    size_t diag_count;
    struct diags **warned; /* of the files that have warnings, and no errors */
    size_t warned_count;
    size_t broken;         /* of those: recipes, which the engine starts without */
    struct diags *unknown; /* what ladle.yaml says of recipes that are not there; or NULL */
};

/* 0 also where files have errors; -1 where the folder cannot be read. A project without the folder
 * has no recipes. */
int recipe_set_load(struct recipe_set *set, const struct project *p, const struct project_hooks *h,
                    struct err *e);
void recipe_set_fini(struct recipe_set *set);
/* One warning in the log for each of the set, up to twenty. */
void recipe_set_warn(const struct recipe_set *set);
