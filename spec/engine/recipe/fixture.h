#pragma once

/* What the tests of recipe/ share: two small connectors, one action, hooks that know them, and a
 * way to load a recipe from text and to look at its errors. Each test file includes it once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "format/diag.h"
#include "recipe/recipe.h"

static const char CRM[] =
    "{\"name\":\"crm\",\"webhook\":{\"type\":\"type\"},\"auth\":{\"kinds\":[\"oauth\",\"token\"],"
    "   \"accounts\":{\"name\":\"location\",\"parent\":\"agency\"}},"
    " \"config\":{\"location\":[\"string\"],"
    "   \"agency\":{\"1\":\"string\",\"optional\":true},"
    "   \"new_lead\":{\"1\":\"object\",\"optional\":true,\"fields\":{"
    "     \"tags\":{\"1\":\"list\",\"of\":[\"string\"],\"optional\":true}}}},"
    " \"prepare\":{\"visit_made\":{\"hydrate\":[{\"fields\":[\"owner\"]}],\"custom_fields\":{}}},"
    " \"events\":{\"contact_created\":{},\"note_created\":{},"
    "   "
    "\"visit_made\":{\"fields\":{\"id\":[\"string\"],\"tags\":{\"1\":\"list\",\"of\":[\"string\"]},"
    "     "
    "\"visit\":{\"1\":\"object\",\"fields\":{\"place\":[\"string\"],\"guest\":[\"object\"]}}}},"
    "   "
    "\"lead\":{\"of\":\"contact_created\",\"any\":[{\"field\":\"tags\",\"has\":\"new_lead.tags\"}],"
    "     \"defaults\":{\"new_lead\":{\"tags\":[\"lead\"]}}},"
    "   \"visit_moved\":{\"fields\":{\"id\":[\"string\"],\"moved_to\":[\"string\"]}},"
    "   \"long_visit\":{\"of\":\"visit_made\",\"fields\":{\"hours\":[\"integer\"]}},"
    "   \"sampled\":{\"sample\":\"samples/records/activity_added.json\"}},"
    " \"operations\":{"
    "   \"get_contact\":{\"input\":{\"contactId\":[\"string\"]}},"
    "   \"ping\":{\"usual_ms\":4000},\"create_note\":{},"
    "   "
    "\"touch\":{\"output\":{},\"causes\":{\"visit_moved\":\"place\",\"contact_created\":{\"kind\":"
    "\"new\"}}},"
    "   \"find\":{\"one_of\":[\"email\",\"phone\"],\"input\":{"
    "     \"email\":{\"1\":\"string\",\"optional\":true,\"format\":\"email\"},"
    "     \"phone\":{\"1\":\"string\",\"optional\":true},"
    "     \"since\":{\"1\":\"string\",\"optional\":true,\"format\":\"date-time\"},"
    "     \"tags\":{\"1\":\"list\",\"optional\":true,\"max\":2,\"of\":[\"string\"]}}},"
    "   \"call\":{\"output_as\":\"response\",\"output\":{\"status\":[\"integer\"],"
    "     \"headers\":[\"object\"],\"body\":[\"any\"]}},"
    "   "
    "\"list_tasks\":{\"also\":{\"succeded\":\"succeeded\"},\"output\":{\"succeded\":[\"boolean\"],"
    "     "
    "\"tasks\":{\"1\":\"list\",\"of\":{\"1\":\"object\",\"fields\":{\"title\":[\"string\"]}}}},"
    "     \"input\":{\"page\":{\"1\":\"integer\",\"optional\":true}}},"
    "   \"create_task\":{\"output\":{\"task\":{\"1\":\"object\",\"fields\":{\"id\":[\"string\"],"
    "     \"title\":[\"string\"]}}},\"input\":{"
    "     "
    "\"contactId\":[\"string\"],\"title\":{\"1\":\"string\",\"max\":20},\"dueDate\":[\"date\"],"
    "     \"completed\":[\"boolean\"],"
    "     \"count\":{\"1\":\"integer\",\"optional\":true},"
    "     \"price\":{\"1\":\"number\",\"optional\":true},"
    "     "
    "\"color\":{\"1\":\"string\",\"optional\":true,\"enum\":[\"red\",\"blue\"],\"nullable\":true},"
    "     \"tags\":{\"1\":\"list\",\"of\":[\"string\"],\"optional\":true},"
    "     \"owner\":{\"1\":\"object\",\"optional\":true,\"fields\":{\"id\":[\"string\"]}},"
    "     \"extra\":{\"1\":\"any\",\"optional\":true},"
    "     \"place\":{\"1\":\"string\",\"from_connection\":\"location\"}}}}}";

static const char RECORDS[] =
    "{\"name\":\"records\",\"config\":{},\"events\":{\"activity_added\":{\"internal\":true}},"
    " \"operations\":{\"upsert_task\":{\"store\":{},\"output\":{\"change\":[\"string\"],"
    "\"record\":[\"object\"]},\"input\":{\"contact_id\":[\"string\"],\"task_id\":["
    "\"string\"]}}}}";

static const char WEBHOOK[] =
    "{\"name\":\"webhook\",\"auth\":{\"kinds\":[\"none\"]},\"config\":{},"
    "\"webhook\":{\"verify\":\"config\",\"schemes\":{"
    "\"none\":{\"rules\":[{\"kind\":\"none\"}]},"
    "\"token\":{\"takes\":[\"header\",\"prefix\"],\"rules\":[{\"kind\":\"token\"}]},"
    "\"hmac_sha256\":{\"takes\":[\"header\",\"encoding\"],\"needs\":[\"header\"],"
    "\"rules\":[{\"kind\":\"hmac_sha256\"}]},"
    "\"caller\":{\"rules\":[{\"kind\":\"hmac_sha1\",\"signed\":\"{url}{form}\"}]},"
    "\"standard\":{\"takes\":[\"tolerance\"],\"rules\":[{\"kind\":\"hmac_sha256\"},"
    "{\"kind\":\"ed25519\"}]}}},"
    "\"events\":{\"received\":{}},\"operations\":{}}";

static const char LADLE[] =
    "{\"name\":\"ladle\",\"events\":{\"run_dead\":{\"internal\":true},\"run_parked\":{\"internal\":"
    "true}},"
    "\"operations\":{}}";

/* It can tell of events, and takes no webhooks. */
static const char MUTE[] =
    "{\"name\":\"mute\",\"config\":{},\"events\":{\"spoke\":{}},\"operations\":{}}";

static const char ACTION[] =
    "{\"name\":\"score\",\"input\":{\"answers\":[\"list\"]},"
    "\"output\":{\"score\":[\"integer\"]},\"run\":true}";

struct world {
    json_t *crm;
    json_t *records;
    json_t *webhook;
    json_t *ladle;
    json_t *mute;
    json_t *action;
};

static struct world world;

static json_t *fake_connector(void *ud, const char *name)
{
    struct world *w = ud;
    if (strcmp(name, "crm") == 0) {
        return w->crm;
    }
    if (strcmp(name, "webhook") == 0) {
        return w->webhook;
    }
    if (strcmp(name, "ladle") == 0) {
        return w->ladle;
    }
    if (strcmp(name, "mute") == 0) {
        return w->mute;
    }
    return strcmp(name, "records") == 0 ? w->records : NULL;
}

static json_t *fake_action(void *ud, const char *name)
{
    struct world *w = ud;
    return strcmp(name, "score") == 0 ? w->action : NULL;
}

/* Refuses what holds "@", and `task.id` where no `extra` name is task. */
static int fake_expression(void *ud, const char *text, size_t len, const char *const *extra,
                           char **hint, struct err *e)
{
    (void)ud;
    if (memchr(text, '@', len)) {
        return err_set(e, ERR_SCRIPT, "unexpected symbol near `@`");
    }
    bool has_task = false;
    for (size_t i = 0; extra[i]; i++) {
        has_task = has_task || strcmp(extra[i], "task") == 0;
    }
    if (strcmp(text, "task.id") == 0 && !has_task) {
        *hint = xstrdup("did you mean `steps`?");
        return err_set(e, ERR_SCRIPT, "unknown name `task`");
    }
    return 0;
}

static char *fake_source(void *ud, const char *name, size_t *len)
{
    (void)ud;
    const char *text = NULL;
    if (strcmp(name, "score") == 0) {
        text = "local u = require 'util'\nlocal j = require('json')\nreturn {}";
    } else if (strcmp(name, "util") == 0) {
        text = "local more = require('deep.more')\nreturn {}";
    } else if (strcmp(name, "deep/more") == 0) {
        text = "return require 'util'";
    } else if (strcmp(name, "maps/contact") == 0) {
        text = "map: contact\nfields:\n  - contactId -> contact_id\n  - a.b -> c | date\n";
    } else if (strcmp(name, "maps/broken") == 0) {
        text = "map: broken\nfields:\n  - a => b\n";
    }
    *len = text ? strlen(text) : 0;
    return text ? xstrdup(text) : NULL;
}

static const struct project_hooks hooks = {
    .find_connector = fake_connector,
    .find_action = fake_action,
    .check_expression = fake_expression,
    .find_source = fake_source,
    .ud = &world,
};

static json_t *parse(const char *text)
{
    struct err e = ERR_INIT;
    json_t *v = json_parse(text, strlen(text), &e);
    if (!v) {
        fail_msg("%s", e.message);
    }
    return v;
}

static int world_up(void **state)
{
    (void)state;
    world = (struct world){ parse(CRM),   parse(RECORDS), parse(WEBHOOK),
                            parse(LADLE), parse(MUTE),    parse(ACTION) };
    return 0;
}

static int world_down(void **state)
{
    (void)state;
    json_decref(world.crm);
    json_decref(world.records);
    json_decref(world.webhook);
    json_decref(world.ladle);
    json_decref(world.mute);
    json_decref(world.action);
    return 0;
}

/* Errors, or warnings, as one text, "line:column message (hint)\n" each, in order of place; takes the
 * list. */
static char *items_text(json_t *list)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        const char *hint = json_get_text(item, "hint");
        (void)buf_printf(&out, "%d:%d %s", (int)json_get_int(item, "line", -1),
                         (int)json_get_int(item, "column", -1), json_get_text(item, "message"));
        (void)buf_printf(&out, hint ? " (%s)\n" : "\n", hint ? hint : "");
    }
    json_decref(list);
    char *text = buf_take(&out, NULL);
    buf_fini(&out);
    return text;
}

static inline char *diags_text(struct diags *d)
{
    return items_text(diags_json(d));
}

static inline char *warnings_text(struct diags *d)
{
    return items_text(diags_warnings_json(d));
}

/* The recipe, and what was told of it on the way. Yours; NULL where there were errors. */
static inline struct recipe *load_told(const char *text, const struct project *p,
                                       const char *errors, const char *warnings)
{
    struct diags *d = diags_new("r.yaml");
    struct recipe *r = recipe_parse("r.yaml", text, strlen(text), p, &hooks, d);
    char *told = diags_text(d), *warned = warnings_text(d);
    assert_string_equal(told, errors);
    assert_string_equal(warned, warnings);
    assert_int_equal(r != NULL, *errors == '\0');
    free(told);
    free(warned);
    diags_free(d);
    return r;
}
