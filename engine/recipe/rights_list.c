/* Tells what a recipe may do before it runs: the set that its runs are held against (rights.h), with
 * what the connectors' tables and ladle.yaml say of each operation. Where a call that is no GET reads
 * all the same is told by its scopes, or by its answer coming in pages. Nothing is kept. */
#include "recipe/rights_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "connector/areas.h"
#include "connector/paging.h"
#include "format/url.h"
#include "recipe/rights.h"

enum { SENTENCE_MAX = 16 << 10 };

struct listing {
    const struct project *project;
    const struct project_hooks *hooks;
    const struct recipe *recipe;
    json_t *list;
};

/* --- the tables of a recipe that does not run --- */

static const json_t *config_of(const struct listing *l, const char *connection)
{
    return l->project != NULL ? json_object_get(l->project->connections, connection) : NULL;
}

/* By ladle.yaml, by the recipe's needs, or by its own name: `records` needs no entry. */
static const json_t *find_table(void *ud, const char *connection)
{
    const struct listing *l = ud;
    const char *name = json_get_text(config_of(l, connection), "connector");
    if (name == NULL) {
        name = json_get_text(json_object_get(l->recipe->plan, "needs"), connection);
    }
    return l->hooks->find_connector(l->hooks->ud, name != NULL ? name : connection);
}

static const json_t *find_operation(void *ud, const char *connection, const char *name)
{
    const struct listing *l = ud;
    struct areas areas = project_areas(l->hooks);
    const json_t *table = find_table(ud, connection);
    return table != NULL ? areas_operation(&areas, table, name) : NULL;
}

static const json_t *find_event(void *ud, const char *connection, const char *name)
{
    const struct listing *l = ud;
    struct areas areas = project_areas(l->hooks);
    const json_t *table = find_table(ud, connection);
    return table != NULL ? areas_event(&areas, table, name) : NULL;
}

/* --- what an operation does --- */

static bool has_readonly_scopes(const json_t *table)
{
    const json_t *scopes = json_object_get(table, "scopes");
    size_t i;
    json_t *scope;
    json_array_foreach ((json_t *)scopes, i, scope) {
        const char *text = json_is_string(scope) ? json_string_value(scope) : "";
        size_t len = strlen(text), end = strlen("readonly");
        if (len < end || strcmp(text + len - end, "readonly") != 0) {
            return false;
        }
    }
    return json_array_size(scopes) > 0;
}

static const char *kind_of_store(const char *action)
{
    return strcmp(action, "delete") == 0   ? "delete"
           : strcmp(action, "upsert") == 0 ? "change"
                                           : "read";
}

static bool is_reading(const json_t *table, const char *method)
{
    json_t *pages = paging_of(table);
    bool is_one = strcmp(method, "GET") == 0 || pages != NULL || has_readonly_scopes(table);
    json_decref(pages);
    return is_one;
}

static const char *kind_of(const json_t *table)
{
    const char *method = json_get_text(table, "method");
    const char *action = json_get_text(json_object_get(table, "store"), "action");
    if (action != NULL) {
        return kind_of_store(action);
    }
    if (json_object_get(table, "free") != NULL) {
        return "send";
    }
    if (method == NULL) {
        return "any";
    }
    return is_reading(table, method)       ? "read"
           : strcmp(method, "POST") == 0   ? "create"
           : strcmp(method, "DELETE") == 0 ? "delete"
                                           : "change";
}

/* --- where it goes --- */

static void add_host(json_t *hosts, const char *host)
{
    size_t i;
    json_t *one;
    json_array_foreach (hosts, i, one) {
        if (strcmp(json_string_value(one), host) == 0) {
            return;
        }
    }
    (void)json_array_append_new(hosts, json_string(host));
}

static void add_host_of(json_t *hosts, const char *text)
{
    struct url u;
    if (text != NULL && url_parse(text, strlen(text), &u, NULL) == 0) {
        add_host(hosts, u.host);
        url_fini(&u);
    }
}

static void add_hosts(json_t *hosts, const json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)list, i, one) {
        if (json_is_string(one)) {
            add_host(hosts, json_string_value(one));
        }
    }
}

/* A free call goes where the connection says; where nothing does, anywhere. */
static void add_free_hosts(json_t *hosts, const json_t *config, const json_t *free_call)
{
    const char *key = json_get_text(free_call, "url_config");
    add_hosts(hosts, json_object_get(config, "allow_hosts"));
    add_hosts(hosts, json_object_get(free_call, "hosts"));
    add_host_of(hosts, key != NULL ? json_get_text(config, key) : NULL);
    if (json_array_size(hosts) == 0) {
        add_host(hosts, "*");
    }
}

static json_t *hosts_of(const struct listing *l, const char *connection, const json_t *operation)
{
    json_t *hosts = json_array();
    const json_t *config = config_of(l, connection), *table = find_table((void *)l, connection);
    const json_t *free_call = json_object_get(operation, "free");
    const char *own = json_get_text(config, "base_url");
    if (json_object_get(operation, "store") == NULL) {
        add_host_of(hosts, own != NULL ? own : json_get_text(table, "base_url"));
    }
    if (free_call != NULL) {
        add_free_hosts(hosts, config, free_call);
    }
    return hosts;
}

/* --- the list --- */

static void add_right(const struct listing *l, const char *connection, const char *name,
                      const char *kind)
{
    const json_t *operation = find_operation((void *)l, connection, name);
    (void)json_array_append_new(l->list, json_pack("{s:s, s:s, s:s, s:o}", "connection", connection,
                                                   "operation", name, "kind",
                                                   kind != NULL ? kind : kind_of(operation),
                                                   "hosts", hosts_of(l, connection, operation)));
}

static void add_calls(const struct listing *l, const char *connection, json_t *operations)
{
    const char *name;
    json_t *who;
    bool is_any = json_object_get(operations, "*") != NULL;
    json_object_foreach (operations, name, who) {
        if (strcmp(name, "*") == 0 || !is_any) {
            add_right(l, connection, name, strcmp(name, "*") == 0 ? "any" : NULL);
        }
    }
}

static void add_waits(const struct listing *l, const json_t *waits)
{
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)waits, name, v) {
        const char *dot = strchr(name, '.');
        char *connection = xstrndup(name, (size_t)(dot - name));
        (void)json_array_append_new(l->list,
                                    json_pack("{s:s, s:s, s:s, s:[]}", "connection", connection,
                                              "operation", dot + 1, "kind", "wait", "hosts"));
        free(connection);
    }
}

static int compare_rights(const void *pa, const void *pb)
{
    const json_t *a = *(json_t *const *)pa, *b = *(json_t *const *)pb;
    int order = strcmp(json_get_text(a, "connection"), json_get_text(b, "connection"));
    return order != 0 ? order
                      : strcmp(json_get_text(a, "operation"), json_get_text(b, "operation"));
}

static json_t *sorted(json_t *list_taken)
{
    size_t count = json_array_size(list_taken), i;
    json_t **items = xcalloc(count + 1, sizeof *items);
    json_t *v, *out = json_array();
    json_array_foreach (list_taken, i, v) {
        items[i] = v;
    }
    qsort(items, count, sizeof *items, compare_rights);
    for (i = 0; i < count; i++) {
        (void)json_array_append(out, items[i]);
    }
    free(items);
    json_decref(list_taken);
    return out;
}

json_t *rights_list(const struct recipe *r, const struct project *p, const struct project_hooks *h)
{
    struct listing l = { .project = p, .hooks = h, .recipe = r, .list = json_array() };
    json_t *bundle = json_parse_own(r->bundle, r->bundle_len, NULL);
    struct rights *rights = rights_new(bundle);
    rights_close(rights, &(struct rights_tables){ .connector = find_table,
                                                  .operation = find_operation,
                                                  .event = find_event,
                                                  .ud = &l });
    const char *connection;
    json_t *operations;
    json_object_foreach ((json_t *)rights_calls(rights), connection, operations) {
        add_calls(&l, connection, operations);
    }
    add_waits(&l, rights_waits(rights));
    rights_free(rights);
    json_decref(bundle);
    return sorted(l.list);
}

/* --- the sentence --- */

struct phrase {
    const char *kind, *words;
    enum { NAME_CONNECTION, NAME_OPERATION, NAME_HOSTS } names;
};

static const struct phrase PHRASES[] = {
    { "read", "reads", NAME_CONNECTION },
    { "create", "creates", NAME_OPERATION },
    { "change", "changes", NAME_OPERATION },
    { "delete", "deletes", NAME_OPERATION },
    { "any", "does anything with", NAME_CONNECTION },
    { "send", "sends to", NAME_HOSTS },
    { "wait", "waits for", NAME_OPERATION },
};

/* What the phrase names: each once. */
static json_t *names_of(const struct phrase *p, const json_t *list)
{
    json_t *names = json_array();
    size_t i;
    json_t *right;
    json_array_foreach ((json_t *)list, i, right) {
        const char *connection = json_get_text(right, "connection");
        if (strcmp(json_get_text(right, "kind"), p->kind) != 0) {
            continue;
        }
        if (p->names == NAME_HOSTS) {
            add_hosts(names, json_object_get(right, "hosts"));
        } else if (p->names == NAME_CONNECTION) {
            add_host(names, connection);
        } else {
            char *name = xasprintf("%s.%s", connection, json_get_text(right, "operation"));
            add_host(names, name);
            free(name);
        }
    }
    return names;
}

static void add_phrase(struct buf *out, const struct phrase *p, const json_t *list)
{
    json_t *names = names_of(p, list);
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        const char *text = json_string_value(name);
        const char *before = i > 0 ? " and " : out->len > 0 ? ", " : "";
        (void)buf_printf(out, "%s%s%s%s", before, i == 0 ? p->words : "", i == 0 ? " " : "",
                         strcmp(text, "*") == 0 ? "any host" : text); /* full: cut */
    }
    json_decref(names);
}

char *rights_sentence(const json_t *list)
{
    struct buf out;
    buf_init(&out, SENTENCE_MAX);
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        add_phrase(&out, &PHRASES[i], list);
    }
    if (out.len == 0) {
        (void)buf_puts(&out, "touches nothing outside");
    }
    char *text = xstrdup(buf_text(&out));
    buf_fini(&out);
    return text;
}
