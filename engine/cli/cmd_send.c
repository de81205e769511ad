/* `ladle send`: delivers one event to the engine's hook as the service would: a sample or a file,
 * made an event of its own, signed as the connection wants it, posted by the engine's own HTTP
 * client. It goes through the front door, so what works with it works with the service. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/one_connection.h"
#include "cli/sample.h"
#include "cli/send_headers.h"
#include "cli/test_key.h"
#include "crypto/sign.h"
#include "daemon/own_port.h"
#include "format/url.h"
#include "project/folder.h"
#include "project/secrets.h"
#include "webhook/verify.h"

enum { BODY_MAX = 8 << 20, WORDS_MAX = 200 };

/* What is delivered. */
struct parcel {
    const char *connection; /* borrowed */
    char *event;            /* the trigger's name, or NULL */
    json_t *json;           /* of a body that may be changed, else NULL */
    char *body;
    size_t len;
    char *url;
    json_t *headers;          /* of the signature: name -> text */
    const char *content_type; /* borrowed; NULL: JSON */
    char *key_hint;           /* what to do where the engine refuses the signature, or NULL */
};

static void parcel_fini(struct parcel *p)
{
    free(p->event);
    json_decref(p->json);
    free(p->body);
    free(p->url);
    free(p->key_hint);
    json_decref(p->headers);
}

/* --- where to --- */

static const json_t *table_of_config(const struct project *p, const json_t *config)
{
    const struct project_hooks *h = p->hooks;
    const char *connector = json_get_text(config, "connector");
    return connector != NULL ? h->find_connector(h->ud, connector) : NULL;
}

static struct areas areas_of(const struct project *p)
{
    return project_areas(p->hooks);
}

/* Whether an event of that word (NULL: any) may arrive at this connection. */
static bool connection_takes(const struct project *p, const json_t *config, const char *word)
{
    const json_t *table = table_of_config(p, config);
    struct areas areas = areas_of(p);
    return word != NULL ? sample_event(&areas, table, word) != NULL
                        : json_object_get(table, "webhook") != NULL;
}

/* What happens in the engine itself has no entry in ladle.yaml, and is not delivered. */
static const struct {
    const char *connector, *how;
} internal[] = {
    { "records", "`ladle records add activity` makes one" },
    { "ladle", "it is told when it happens, and nothing can be sent for it" },
};

/* How an event of that word, "run_dead" or "ladle.run_dead", comes about; NULL: it is not internal.
 */
static const char *how_it_happens(const struct project *p, const char *word)
{
    const struct project_hooks *h = p->hooks;
    const char *dot = strchr(word, '.');
    for (size_t i = 0; i < sizeof internal / sizeof internal[0]; i++) {
        const char *name = internal[i].connector;
        bool has_name =
            dot != NULL && strncmp(word, name, strlen(name)) == 0 && word[strlen(name)] == '.';
        if (sample_event(NULL, h->find_connector(h->ud, name), has_name ? dot + 1 : word) != NULL) {
            return internal[i].how;
        }
    }
    return NULL;
}

/* The triggers of all connections, as the keys of an object. Yours. */
static json_t *all_triggers(const struct project *p)
{
    struct areas areas = areas_of(p);
    json_t *all = json_object();
    const char *name;
    json_t *config;
    json_object_foreach (p->connections, name, config) {
        json_t *names = areas_names(&areas, table_of_config(p, config), "events");
        json_object_update(all, names);
        json_decref(names);
    }
    return all;
}

static int nowhere(const struct cli *c, const struct project *p, const char *word)
{
    const char *words[WORDS_MAX + 1] = { NULL };
    size_t count = 0;
    const char *event;
    json_t *ignored;
    if (word == NULL) {
        return cli_usage(c, "no connection of ladle.yaml takes webhooks");
    }
    const char *how = how_it_happens(p, word);
    if (how != NULL) {
        return cli_usage(c, "%s is an event of the engine itself: %s", word, how);
    }
    json_t *all = all_triggers(p);
    json_object_foreach (all, event, ignored) {
        if (count < WORDS_MAX) {
            words[count++] = event;
        }
    }
    const char *close = diag_closest(word, words);
    int code = cli_usage(
        c, "\"%.60s\" is no file, and no connection of ladle.yaml has such a trigger%s%s%s", word,
        close != NULL ? "; is \"" : "; `ladle ops --kind trigger` lists them",
        close != NULL ? close : "", close != NULL ? "\" meant?" : "");
    json_decref(all);
    return code;
}

/* --to, or the only connection that takes the event. */
static int choose_connection(struct cli *c, const struct project *p, const char *word,
                             const char **out)
{
    *out = cli_option(c, "to");
    if (*out != NULL) {
        return CLI_OK;
    }
    const char *name;
    json_t *config;
    json_object_foreach (p->connections, name, config) {
        if (!connection_takes(p, config, word)) {
            continue;
        }
        if (*out != NULL) {
            return cli_usage(c, "both %s and %s take it: say which with --to", *out, name);
        }
        *out = name;
    }
    return *out != NULL ? CLI_OK : nowhere(c, p, word);
}

/* --- what --- */

static bool is_file(const char *word)
{
    struct stat st;
    return stat(word, &st) == 0 && S_ISREG(st.st_mode);
}

static int load_parcel(struct parcel *p, const char *path, struct err *e)
{
    p->body = folder_read(path, BODY_MAX, &p->len, e);
    if (p->body == NULL) {
        return -1;
    }
    p->json = json_parse(p->body, p->len, NULL); /* a file that is no JSON goes out as it is */
    return 0;
}

static int load_sample(struct parcel *p, const struct project *project,
                       const struct connector *connector, const char *word, struct err *e)
{
    struct areas areas = areas_of(project);
    const char *event = sample_event(&areas, connector_table(connector), word);
    if (event == NULL) {
        return err_set(e, ERR_CONFIG,
                       "connection %s has no trigger \"%.60s\"; `ladle ops %s` lists them",
                       p->connection, word, p->connection);
    }
    p->event = xstrdup(event);
    p->json = sample_load(project->folder, connector_event(connector, event), event, e);
    return p->json != NULL ? 0 : -1;
}

static const json_t *dedupe_of(const struct connection *connection)
{
    const json_t *webhook =
        json_object_get(connector_table(connection_connector(connection)), "webhook");
    const char *key = json_get_text(webhook, "dedupe_config");
    const json_t *own = key != NULL ? json_object_get(connection_config(connection), key) : NULL;
    return own != NULL ? own : json_object_get(webhook, "dedupe");
}

/* Whether the event says that an app was installed or removed. */
static bool is_install(const json_t *event, const json_t *webhook)
{
    const json_t *installs = json_object_get(webhook, "installs");
    const char *path = json_get_text(webhook, "type");
    const char *type = path != NULL ? json_path_text(event, path) : NULL;
    const char *add = json_get_text(installs, "add"), *remove = json_get_text(installs, "remove");
    return type != NULL && ((add != NULL && strcmp(type, add) == 0) ||
                            (remove != NULL && strcmp(type, remove) == 0));
}

/* A sample is of this connection's app, whose id is the first part of the client id. Those of
 * installs stay as they are, of another app: a trial must not suspend the connection. */
static void set_app(json_t *event, const struct connection *connection)
{
    const json_t *webhook =
        json_object_get(connector_table(connection_connector(connection)), "webhook");
    const char *field = json_get_text(webhook, "app");
    const char *client = json_get_text(connection_config(connection), "client_id");
    if (field != NULL && client != NULL && json_object_get(event, field) != NULL &&
        !is_install(event, webhook)) {
        json_object_set_new(event, field, json_stringn(client, strcspn(client, "-")));
    }
}

/* A sample is of this connection's account, as a real delivery would be. */
static void set_account(json_t *event, const struct connection *connection)
{
    static const char *const fields[] = { "account", "account_else" };
    const json_t *webhook =
        json_object_get(connector_table(connection_connector(connection)), "webhook");
    const char *key = json_get_text(webhook, "account_config");
    const char *account = key != NULL ? json_get_text(connection_config(connection), key) : NULL;
    for (size_t i = 0; account != NULL && i < sizeof fields / sizeof *fields; i++) {
        const char *field = json_get_text(webhook, fields[i]);
        if (field != NULL && json_object_get(event, field) != NULL) {
            json_object_set_new(event, field, json_string(account));
        }
    }
}

static int change(const struct cli *c, struct parcel *p, const struct connection *connection,
                  struct err *e)
{
    int pos = 0;
    const char *assignment;
    if (p->body != NULL && (p->json == NULL || cli_option(c, "as-is") != NULL)) {
        return cli_option(c, "set") != NULL ? err_set(e, ERR_CONFIG, "--set: the file is no JSON")
                                            : 0;
    }
    sample_freshen(p->json, dedupe_of(connection));
    if (p->event != NULL) {
        set_account(p->json, connection);
        set_app(p->json, connection);
    }
    while ((assignment = cli_option_next(c, "set", &pos)) != NULL) {
        if (sample_set(p->json, assignment, e) == -1) {
            return -1;
        }
    }
    free(p->body);
    p->body = json_text(p->json, &p->len);
    return 0;
}

/* --- signed how --- */

static char *data_folder(const struct project *p)
{
    char *path = secrets_key_path(p);
    *strrchr(path, '/') = '\0';
    return path;
}

/* The file as ladle.yaml would name it: without the project's folder. Borrowed from path. */
static const char *within(const struct project *p, const char *path)
{
    size_t len = strlen(p->folder);
    return strncmp(path, p->folder, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

/* Own keys take the place of the service's, so the test key is for a trial. Yours. */
static char *test_key_hint(const struct project *project, const struct parcel *p,
                           const char *folder)
{
    char *path = test_key_public_path(folder);
    char *hint = xasprintf(
        "only the service has its own key, so a test key signed: for a trial write "
        "`webhook: { public_keys: [%s] }` into connection %s of ladle.yaml, in the "
        "place of the service's key, and start the engine again",
        within(project, path), p->connection);
    free(path);
    return hint;
}

static struct sign_key *open_key(const struct cli *c, const struct project *project,
                                 struct parcel *p, struct err *e)
{
    const char *path = cli_option(c, "key");
    char *folder = data_folder(project);
    struct sign_key *key = path != NULL ? test_key_read(path, e) : test_key_open(folder, e);
    p->key_hint = path != NULL ? xasprintf(
                                     "connection %s does not know this key: name the file of its "
                                     "public half in its `webhook: { public_keys: […] }`",
                                     p->connection)
                               : test_key_hint(project, p, folder);
    free(folder);
    return key;
}

/* The address as the sender would call it: what is behind `public_url`, or what is called here. */
static char *signed_url(const struct project *project, const struct parcel *p)
{
    const char *base = project->public_url;
    const char *path = strstr(p->url, "/hooks/");
    size_t len = base != NULL ? strlen(base) : 0;
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    return len > 0 && path != NULL ? xasprintf("%.*s%s", (int)len, base, path) : xstrdup(p->url);
}

/* The headers that the connection's scheme wants to see, and further ones. */
static int sign(const struct cli *c, const struct project *project,
                const struct connection *connection, struct parcel *p, struct err *e)
{
    struct sign_key *key = NULL;
    if (verify_needs_key(connection)) {
        key = open_key(c, project, p, e);
        if (key == NULL) {
            return -1;
        }
    }
    struct id id = id_new();
    char id_text[ID_TEXT + 1];
    id_format(&id, id_text);
    char *url = signed_url(project, p);
    p->headers = verify_sign(connection,
                             &(struct signing){ .key = key,
                                                .url = url,
                                                .content_type = p->content_type,
                                                .body = p->body,
                                                .len = p->len,
                                                .id = id_text },
                             e);
    free(url);
    sign_key_free(key);
    return p->headers != NULL ? send_headers_add(c, p->headers, e) : -1;
}

/* --- the address --- */

static void add_path_token(struct buf *url, const struct connection *connection)
{
    const struct secret *token = verify_path_token(connection);
    const char *at = token != NULL ? secret_bytes(token) : NULL;
    while (at != NULL) { /* a slash in it stays one: the server takes no escaped ones */
        size_t len = strcspn(at, "/");
        (void)buf_putc(url, '/'); /* is_full tells of all of them */
        (void)url_encode(url, at, len);
        at = at[len] == '/' ? at + len + 1 : NULL;
    }
}

/* A body that is no form is signed by its digest in the address, where the scheme says so. */
static void add_digest(struct buf *url, const struct connection *connection, const struct parcel *p)
{
    const char *field = verify_body_digest(connection);
    char hex[SIGN_SHA256_HEX + 1];
    if (field != NULL && strchr(buf_text(url), '?') == NULL) {
        sign_sha256_hex(p->body, p->len, hex);
        (void)buf_printf(url, "?%s=%s", field, hex); /* is_full tells */
    }
}

static void put_hook(const char *base, const struct connection *connection, struct buf *url)
{
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    (void)buf_printf(url, "%.*s/hooks/%s", (int)len, base,
                     connection_name(connection)); /* is_full tells of all of them */
    add_path_token(url, connection);
}

/* Where the engine listens, or what --url says. With TLS the certificate is for the public name. */
static int put_base(const struct cli *c, const struct project *project,
                    const struct connection *connection, struct buf *url, struct err *e)
{
    const char *given = cli_option(c, "url");
    if (given != NULL) {
        return buf_puts(url, given) == 0 ? 0 : err_set(e, ERR_CONFIG, "--url is too long");
    }
    char *base =
        project->tls_certificate != NULL ? own_port_base_url(project) : own_port_local_url(project);
    if (base == NULL) {
        return err_set(
            e, ERR_CONFIG,
            "ladle.yaml lets the engine listen on any port (%s): say where it is with --url",
            project->listen);
    }
    put_hook(base, connection, url);
    free(base);
    return 0;
}

static int address(const struct cli *c, const struct project *project,
                   const struct connection *connection, struct parcel *p, struct err *e)
{
    struct buf url;
    buf_init(&url, URL_MAX);
    int rc = put_base(c, project, connection, &url, e);
    add_digest(&url, connection, p);
    p->url = buf_take(&url, NULL);
    return rc;
}

/* --- the delivery --- */

struct reply {
    bool is_done;
    struct err err;
    int status;
    char *body;
    size_t len;
};

static void on_answer(void *ud, const struct http_response *res, const struct err *e)
{
    struct reply *r = ud;
    r->is_done = true;
    if (e != NULL) {
        r->err = *e;
        return;
    }
    r->status = res->status;
    r->body = xstrndup(buf_text(&res->body), res->body.len);
    r->len = res->body.len;
}

static void deliver_parcel(struct one_connection *o, const struct parcel *p, struct reply *r)
{
    struct http_header headers[1 + SEND_HEADERS_MAX] = {
        { "Content-Type", p->content_type != NULL ? p->content_type : "application/json" },
    };
    size_t count = 1;
    const char *name;
    json_t *value;
    json_object_foreach (p->headers, name, value) {
        if (count <= SEND_HEADERS_MAX) {
            headers[count++] = (struct http_header){ name, json_string_value(value) };
        }
    }
    (void)o->http->send(o->http, /* the call is waited for, so nobody cancels it */
                        &(struct http_request){ .method = "POST",
                                                .url = p->url,
                                                .headers = headers,
                                                .header_count = count,
                                                .body = p->body,
                                                .body_len = p->len,
                                                .may_be_private = true },
                        on_answer, r);
    one_connection_wait(o, &r->is_done);
}

/* --- the answer --- */

static void print_stored(const struct cli *c, const struct parcel *p, const struct reply *r,
                         const json_t *answer)
{
    const char *id = json_get_text(answer, "id");
    if (c->is_json) {
        json_t *v = json_object();
        json_object_set_new(v, "ok", json_true());
        json_object_set_new(v, "status", json_integer(r->status));
        json_object_set_new(v, "connection", json_string(p->connection));
        json_object_set_new(v, "type", p->event != NULL ? json_string(p->event) : json_null());
        json_object_set_new(v, "answer",
                            answer != NULL ? json_incref((json_t *)answer) : json_null());
        cli_print_json(v);
        json_decref(v);
    } else if (id == NULL) {
        cli_print("%d: %s\n", r->status, r->body);
    } else if (json_get_bool(answer, "duplicate", false)) {
        cli_print("%d: a duplicate of event %s, nothing is started\n", r->status, id);
    } else {
        int64_t runs = json_get_int(answer, "runs", 0);
        cli_print("%d: stored as event %s, %lld %s\n", r->status, id, (long long)runs,
                  plural(runs, "run", "runs"));
    }
}

/* What to do about a refusal; yours, or NULL. */
static char *hint_of(const struct parcel *p, int status)
{
    if (status == 401 && p->key_hint != NULL) {
        return xstrdup(p->key_hint);
    }
    if (status == 401 || status == 404) {
        return xasprintf(
            "the engine may have other settings than ladle.yaml has now: start it again");
    }
    return status == 403 ? xasprintf(
                               "add it to `allow_from` of connection %s in ladle.yaml, and start "
                               "the engine again",
                               p->connection)
                         : NULL;
}

static int refused(const struct cli *c, const struct parcel *p, const struct reply *r,
                   const json_t *answer)
{
    const char *why = json_path_text(answer, "error.message");
    char *hint = hint_of(p, r->status);
    struct err e = { .status = r->status };
    enum err_kind kind = r->status == 401   ? ERR_AUTH
                         : r->status == 403 ? ERR_FORBIDDEN
                         : r->status == 404 ? ERR_NOT_FOUND
                         : r->status >= 500 ? ERR_UNAVAILABLE
                                            : ERR_PROTOCOL;
    (void)err_set(&e, kind, "the engine answered %d%s%.150s%s%s", r->status,
                  why != NULL ? ": " : "", why != NULL ? why : "", hint != NULL ? "; " : "",
                  hint != NULL ? hint : "");
    e.status = r->status;
    free(hint);
    return cli_fail(c, &e);
}

static int print_reply(const struct cli *c, const struct parcel *p, struct reply *r)
{
    if (r->err.kind != ERR_NONE) {
        (void)err_prefix(&r->err, "no answer from the engine (does `ladle run` listen there?)");
        return cli_fail(c, &r->err);
    }
    json_t *answer = json_parse(r->body, r->len, NULL); /* NULL where it is none */
    bool is_fine = r->status >= 200 && r->status < 300;
    int code = is_fine ? CLI_OK : refused(c, p, r, answer);
    if (is_fine) {
        print_stored(c, p, r, answer);
    }
    json_decref(answer);
    return code;
}

/* --- command --- */

static int prepare_parcel(const struct cli *c, struct one_connection *o, struct parcel *p,
                          struct err *e)
{
    const struct project *project = o->base->project;
    const char *word = c->args[0];
    int loaded = is_file(word)
                     ? load_parcel(p, word, e)
                     : load_sample(p, project, connection_connector(o->connection), word, e);
    if (loaded == -1 || change(c, p, o->connection, e) == -1) {
        return -1;
    }
    return address(c, project, o->connection, p, e) == -1 ||
                   sign(c, project, o->connection, p, e) == -1
               ? -1
               : 0;
}

static int send_to_connection(struct cli *c, struct cli_project_store *base, const char *connection)
{
    struct one_connection o;
    int code = one_connection_open(c, base, connection, &o);
    if (code != CLI_OK) {
        return code;
    }
    struct parcel p = { .connection = connection, .content_type = cli_option(c, "content-type") };
    struct reply r = { .err = ERR_INIT };
    struct err e = ERR_INIT;
    if (prepare_parcel(c, &o, &p, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        deliver_parcel(&o, &p, &r);
        code = print_reply(c, &p, &r);
    }
    free(r.body);
    parcel_fini(&p);
    one_connection_close(&o);
    return code;
}

static int run_send(struct cli *c)
{
    if (cli_option(c, "as-is") != NULL && cli_option(c, "set") != NULL) {
        return cli_usage(c, "--as-is and --set do not go together");
    }
    struct cli_project_store base;
    int code = cli_open(c, false, &base);
    if (code != CLI_OK) {
        return code;
    }
    const char *connection;
    code = choose_connection(c, base.project, is_file(c->args[0]) ? NULL : c->args[0], &connection);
    if (code != CLI_OK) {
        cli_close(&base);
        return code;
    }
    return send_to_connection(c, &base, connection);
}

static const struct option options[] = {
    { "to", "CONNECTION", "where several connections of ladle.yaml take it" },
    { "url", "URL", "deliver there, not at the address that ladle.yaml says" },
    { "key", "PEMFILE", "sign with this Ed25519 private key" },
    { "set", "FIELD=VALUE…", "change a top-level field; may be repeated" },
    { "header", "NAME: VALUE…", "a further header of the delivery; may be repeated" },
    { "as-is", NULL, "a file's own bytes, with the ids and times that are in it" },
    { "content-type", "TYPE", "of a file that is no JSON; application/json if not given" },
    { NULL, NULL, NULL },
};

const struct command cmd_send = {
    .name = "send",
    .args = "TYPE|FILE",
    .args_min = 1,
    .args_max = 1,
    .summary = "Deliver a signed sample event",
    .help =
        "TYPE is a trigger (contact_created) or the service's own word for it (ContactCreate): "
        "its sample gets\n"
        "a new id and the current time, is signed as the connection wants, and is posted to "
        "the engine. --to names\n"
        "the connection, where several take it.\n"
        "\n"
        "Secrets and tokens are the connection's, so a sample for Stripe or GitHub is signed as "
        "they would, and\n"
        "tokens, users and passwords go along. The private key of a service that signs with "
        "Ed25519 is not known,\n"
        "so a test key is made beside the store (data/test-webhook-key.pem, mode 0600). The engine "
        "takes it only on\n"
        "a connection that names it in ladle.yaml, and then in the place of the service's own:\n"
        "\n"
        "    webhook: { public_keys: [data/test-webhook-key.pub.pem] }\n"
        "\n"
        "--json: {ok status connection type answer}.",
    .options = options,
    .run = run_send,
    .examples =
        "  ladle send contact_created --set email=jane@example.com\n"
        "  ladle send delivery.json --to crm --as-is\n"
        "  ladle send received --to github --header \"X-GitHub-Event: push\"",
    .is_quiet = true,
};
