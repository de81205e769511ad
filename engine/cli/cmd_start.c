/* `ladle start`: a run by hand. The command writes the event, of the engine's own connection, and the
 * run into the store; the engine claims it like any run that is due, now or when it starts. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/known_recipe.h"
#include "cli/sample.h"
#include "cli/view.h"
#include "project/folder.h"
#include "project/literal.h"
#include "store/event.h"

enum { EVENT_MAX = 1 << 20 };

struct by_hand {
    struct cli *c;
    const struct project *project;
    const struct recipe *recipe;
    json_t *event;
    json_t *inputs; /* those that are given */
};

/* --- the event --- */

static bool is_file(const char *word)
{
    struct stat st;
    return stat(word, &st) == 0 && S_ISREG(st.st_mode);
}

static json_t *read_event(const char *path, struct err *e)
{
    size_t len = 0;
    char *text = folder_read(path, EVENT_MAX, &len, e);
    json_t *event = text != NULL ? json_parse(text, len, e) : NULL;
    if (text != NULL && event == NULL) {
        (void)err_prefix(e, "%s", path);
    } else if (event != NULL && !json_is_object(event)) {
        (void)err_set(e, ERR_INVALID, "%s: an event is a JSON object", path);
        json_decref(event);
        event = NULL;
    }
    free(text);
    return event;
}

/* "crm.contact_created": the sample of a trigger, by a connection of ladle.yaml. */
static json_t *read_sample(const struct by_hand *h, const char *word, struct err *e)
{
    const struct project_hooks *hooks = h->project->hooks;
    const char *dot = strchr(word, '.');
    char *name = xstrndup(word, dot != NULL ? (size_t)(dot - word) : strlen(word));
    const json_t *config = json_object_get(h->project->connections, name);
    const char *kind = json_get_text(config, "connector");
    const json_t *table = kind != NULL ? hooks->find_connector(hooks->ud, kind) : NULL;
    struct areas areas = project_areas(hooks);
    const json_t *event = dot != NULL && table != NULL ? areas_event(&areas, table, dot + 1) : NULL;
    free(name);
    if (event == NULL) {
        (void)err_set(e, ERR_NOT_FOUND,
                      "\"%.60s\" is neither a file nor a trigger, as in crm.contact_created", word);
        return NULL;
    }
    return sample_load(h->project->folder, event, dot + 1, e);
}

static int find_event(struct by_hand *h, struct err *e)
{
    const char *word = cli_option(h->c, "event");
    if (word == NULL) {
        h->event = json_object();
    } else {
        h->event = is_file(word) ? read_event(word, e) : read_sample(h, word, e);
    }
    return h->event != NULL ? 0 : -1;
}

/* --- inputs --- */

static int set_input(struct by_hand *h, const char *assignment, struct err *e)
{
    static const struct yaml nowhere;
    const char *equals = strchr(assignment, '=');
    const json_t *declared = json_object_get(h->recipe->plan, "inputs");
    if (equals == NULL || equals == assignment) {
        return err_set(e, ERR_CONFIG, "--input %.60s: NAME=VALUE is expected", assignment);
    }
    char *name = xstrndup(assignment, (size_t)(equals - assignment));
    const char *type = json_get_text(json_object_get(declared, name), "type");
    struct diags *d = diags_new("--input");
    json_t *descriptor = type != NULL ? json_pack("[s]", type) : NULL;
    json_t *value = NULL;
    if (type == NULL) {
        (void)err_set(e, ERR_CONFIG, "%s has no input `%.60s`", h->recipe->name, name);
    } else if (strcmp(type, "list") == 0 || strcmp(type, "object") == 0) {
        value = json_parse(equals + 1, strlen(equals + 1), e);
    } else {
        value = literal_read(d, &nowhere, name, equals + 1, strlen(equals + 1), true, descriptor);
    }
    if (d->count > 0) {
        (void)err_set(e, ERR_CONFIG, "--input %s", d->items[0].message);
    }
    if (value != NULL) {
        (void)json_object_set(h->inputs, name, value);
    }
    int result = value != NULL ? 0 : -1;
    json_decref(value);
    json_decref(descriptor);
    diags_free(d);
    free(name);
    return result;
}

/* Each has a value: that which is given, else that of ladle.yaml, else its default. */
static int check_inputs(const struct by_hand *h, struct err *e)
{
    const char *name;
    json_t *input;
    json_object_foreach (json_object_get(h->recipe->plan, "inputs"), name, input) {
        if (json_object_get(h->inputs, name) == NULL &&
            json_object_get(h->recipe->inputs, name) == NULL) {
            return err_set(e, ERR_CONFIG, "the input `%s` has no value: add --input %s=VALUE", name,
                           name);
        }
    }
    return 0;
}

static int read_inputs(struct by_hand *h, struct err *e)
{
    int pos = 0;
    const char *assignment;
    h->inputs = json_object();
    while ((assignment = cli_option_next(h->c, "input", &pos)) != NULL) {
        if (set_input(h, assignment, e) == -1) {
            return -1;
        }
    }
    return check_inputs(h, e);
}

/* --- the run --- */

static struct event_put *make_run(const struct by_hand *h)
{
    struct event_put *put = event_put_new();
    json_t *headers = json_pack("{s:s, s:O}", ":recipe", h->recipe->name, ":inputs", h->inputs);
    size_t len;
    put->event.connection = xstrdup("ladle");
    put->event.type = xstrdup("start");
    put->event.received_us = clock_wall_us();
    put->event.headers = json_text(headers, &len);
    put->event.payload = json_text(h->event, &put->event.payload_len);
    put->event.is_routed = true;
    put->runs = xcalloc(1, sizeof *put->runs);
    put->run_count = 1;
    put->runs[0] = (struct run_seed){ .id = id_new(),
                                      .recipe = xstrdup(h->recipe->name),
                                      .mode = RUN_MODE_PARALLEL,
                                      .state = RUN_QUEUED,
                                      .due_us = put->event.received_us };
    json_decref(headers);
    return put;
}

static void print_started(const struct cli *c, const struct event_put *put)
{
    char event[ID_TEXT + 1], run[ID_TEXT + 1];
    id_format(&put->event.id, event);
    id_format(&put->runs[0].id, run);
    if (c->is_json) {
        json_t *v = json_pack("{s:s, s:s}", "event", event, "run", run);
        cli_print_json(v);
        json_decref(v);
    } else {
        cli_print("run %s\n`ladle show %s` tells how it goes\n", run, run);
    }
}

static int store_run(const struct by_hand *h, struct store *s, struct err *e)
{
    struct event_put *put = make_run(h);
    int result = store_exec(s, &put->op, e);
    if (result == 0 && put->runs[0].is_paused) {
        result = err_set(e, ERR_CONFLICT, "%s is paused: `ladle resume %s` lets it go on",
                         h->recipe->name, h->recipe->name);
    } else if (result == 0) {
        print_started(h->c, put);
    }
    event_put_free(put);
    return result;
}

/* --- command --- */

static const struct recipe *find_recipe(const struct recipe_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->recipes[i]->name, name) == 0) {
            return set->recipes[i];
        }
    }
    return NULL;
}

static int start_recipe(struct cli *c, const struct cli_project_store *o,
                        const struct recipe_set *set)
{
    struct err e = ERR_INIT;
    struct by_hand h = { .c = c, .project = o->project, .recipe = find_recipe(set, c->args[0]) };
    if (h.recipe == NULL) {
        return known_recipe_check_in(c, set, c->args[0]);
    }
    bool is_done =
        find_event(&h, &e) == 0 && read_inputs(&h, &e) == 0 && store_run(&h, o->store, &e) == 0;
    json_decref(h.event);
    json_decref(h.inputs);
    return is_done ? CLI_OK : cli_fail(c, &e);
}

static int run_start(struct cli *c)
{
    struct cli_project_store o;
    int code = cli_open(c, false, &o);
    if (code != CLI_OK) {
        return code;
    }
    struct err e = ERR_INIT;
    struct recipe_set set = { .count = 0 };
    if (recipe_set_load(&set, o.project, o.project->hooks, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        code = start_recipe(c, &o, &set);
        recipe_set_fini(&set);
    }
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "input", "NAME=VALUE…", "an input, in place of its value in ladle.yaml or its default" },
    { "event", "FILE|TRIGGER", "what `event` is: a JSON file, or the sample of a trigger" },
    { NULL, NULL, NULL },
};

const struct command cmd_start = {
    .name = "start",
    .args = "RECIPE",
    .args_min = 1,
    .args_max = 1,
    .summary = "A run of a recipe by hand",
    .help =
        "The recipe's `when`, `if` and `key` are not looked at, and it need not have any. `event` "
        "is "
        "empty unless it\n"
        "is given; `meta.type` is `start`. The engine begins the run at once, or when it starts. "
        "`ladle replay` does\n"
        "it again, with the same inputs.\n"
        "--json: {event run}.",
    .options = options,
    .run = run_start,
    .examples =
        "  ladle start call-back --event crm.contact_created --input days=3\n"
        "  ladle start nightly-tidy --json",
    .is_quiet = true,
};
