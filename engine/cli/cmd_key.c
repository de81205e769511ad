/* `ladle key`: which master key the project's secrets are sealed under, and changing it. A new key
 * file is written beside the old one, all values are sealed again in one transaction, and the file
 * takes its place (project/master_key.h), so a crash at any point loses nothing, and an engine that
 * runs goes on with the new key. A key from the environment or from a credential is in the hands of
 * a person: then the new one is handed in, and no engine may run meanwhile. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/read_secret.h"
#include "cli/view.h"
#include "project/master_key.h"
#include "project/secrets.h"
#include "store/file.h"

enum { WHEN_TEXT = 40, PROGRESS_STEP = 1000 };

/* What the subcommands work on. */
struct keys {
    struct cli *cli;
    struct cli_project_store base;
    char *path;
    struct vault *vault; /* NULL: not opened, or no key fits */
    int lock;
    int engine_lock;
};

static const char *source_name(enum vault_source source)
{
    switch (source) {
    case VAULT_ENVIRONMENT:
        return "environment";
    case VAULT_CREDENTIAL:
        return "credential";
    case VAULT_FILE:
        return "file";
    }
    return "";
}

/* --- show --- */

static json_t *id_or_null(const struct vault *v)
{
    char id[MASTER_KEY_ID_TEXT];
    if (v == NULL) {
        return json_null();
    }
    master_key_id_text(key_id(vault_key(v)), id);
    return json_string(id);
}

/* {id, source, path, store_id, since, sealed, fits}; `row` as the store has it. */
static json_t *describe_key(const struct keys *k, const struct vault *v, const struct key_get *row)
{
    char store_id[MASTER_KEY_ID_TEXT];
    master_key_id_text(row->id, store_id);
    bool is_file = v != NULL && vault_source(v) == VAULT_FILE;
    bool fits = v != NULL && (!row->is_there || memcmp(key_id(vault_key(v)), row->id, KEY_ID) == 0);
    json_t *out = json_object();
    json_object_set_new(out, "id", id_or_null(v));
    json_object_set_new(out, "source",
                        v != NULL ? json_string(source_name(vault_source(v))) : json_null());
    json_object_set_new(out, "path", is_file ? json_string(k->path) : json_null());
    json_object_set_new(out, "store_id", row->is_there ? json_string(store_id) : json_null());
    json_object_set_new(out, "since", view_time(row->since_us));
    json_object_set_new(out, "sealed", json_integer(row->sealed));
    json_object_set_new(out, "fits", json_boolean(fits));
    return out;
}

static void print_key(const struct keys *k, const json_t *v, const struct key_get *row)
{
    if (k->cli->is_json) {
        cli_print_json(v);
        return;
    }
    char since[WHEN_TEXT];
    const char *id = json_get_text(v, "id"), *path = json_get_text(v, "path");
    const char *store_id = json_get_text(v, "store_id");
    cli_when(k->cli, row->since_us, since, sizeof since);
    cli_print("key     %s\nsource  %s%s%s\n", id != NULL ? id : "none",
              id != NULL ? json_get_text(v, "source") : "", path != NULL ? " " : "",
              path != NULL ? path : "");
    cli_print("sealed  %lld %s%s%s%s%s\n", (long long)row->sealed,
              plural(row->sealed, "value", "values"), store_id != NULL ? " under " : "",
              store_id != NULL ? store_id : "", *since ? ", since " : "", since);
}

/* The key of the sources, or, where the files are within a change, the one that counts. */
static struct vault *open_any(const struct keys *k, const struct key_get *row, struct err *e)
{
    struct vault *v = vault_open(k->path, false, e);
    if (v != NULL && row->is_there) {
        (void)vault_choose(v, row->id); /* else the first is shown, and that it does not fit */
    }
    return v;
}

static int show_keys(struct keys *k)
{
    struct err e = ERR_INIT, why = ERR_INIT;
    struct key_get *row = key_get_new();
    if (store_exec(k->base.store, &row->op, &e) == -1) {
        key_get_free(row);
        return cli_fail(k->cli, &e);
    }
    struct vault *v = open_any(k, row, &why);
    json_t *shown = describe_key(k, v, row);
    print_key(k, shown, row);
    int code = json_get_bool(shown, "fits", false) ? CLI_OK : CLI_NO;
    if (v == NULL && !k->cli->is_json) {
        code = cli_fail(k->cli, &why);
    } else if (code == CLI_NO && !k->cli->is_json) {
        (void)err_set(&why, ERR_CONFLICT, "the store's secrets are sealed under another key");
        code = cli_fail(k->cli, &why);
    }
    json_decref(shown);
    vault_free(v);
    key_get_free(row);
    return code;
}

/* --- rotate --- */

/* The key of --new-key: a file, or - for the terminal or stdin. */
static struct key *read_new_key(const char *from, struct err *e)
{
    if (strcmp(from, "-") != 0) {
        return key_read(from, KEY_PRIVATE, e);
    }
    struct secret *text = read_secret("new master key, 64 hexadecimal digits (not shown): ", e);
    struct key *key = text != NULL ? key_parse(secret_bytes(text), secret_len(text)) : NULL;
    if (text != NULL && key == NULL) {
        (void)err_set(e, ERR_INVALID, "that is no key: it has 64 hexadecimal digits");
    }
    secret_free(text);
    return key;
}

static struct key *new_key(const struct keys *k, struct err *e)
{
    const char *from = cli_option(k->cli, "new-key");
    bool is_file = vault_source(k->vault) == VAULT_FILE;
    if (from == NULL && !is_file) {
        (void)err_set(e, ERR_CONFIG,
                      "the master key comes from the %s, so the new one has to be made there: "
                      "openssl rand -hex 32, then: ladle key rotate --new-key -",
                      source_name(vault_source(k->vault)));
        return NULL;
    }
    struct key *key = from != NULL ? read_new_key(from, e) : key_new();
    if (key != NULL && memcmp(key_id(key), key_id(vault_key(k->vault)), KEY_ID) == 0) {
        (void)err_set(e, ERR_INVALID, "that is the key in use");
        key_free(key);
        key = NULL;
    }
    return key;
}

/* A key that is not in a file: an engine that runs could not learn the new one. */
static int keep_engines_out(struct keys *k, struct err *e)
{
    if (vault_source(k->vault) == VAULT_FILE) {
        return 0;
    }
    if (access(k->path, F_OK) == 0) {
        return err_set(e, ERR_CONFIG,
                       "%s has the same key and would keep the old one; remove it first", k->path);
    }
    char *store = store_path(
        &(struct store_opts){ .url = k->base.project->store, .folder = k->base.project->folder },
        e);
    int rc = store != NULL ? file_lock(store, &k->engine_lock, e) : -1;
    free(store);
    return rc == 0 ? 0
                   : err_prefix(e, "stop the engine first, as its key comes from the %s",
                                source_name(vault_source(k->vault)));
}

static void on_progress(void *ud, int64_t done, int64_t all)
{
    if (done % PROGRESS_STEP == 0) {
        (void)fprintf(stderr, "\rladle key: %lld of %lld", (long long)done, (long long)all);
    }
}

/* One transaction: all values, and which key the store names. */
static int reseal_store(struct keys *k, const struct vault *to, int64_t *sealed, struct err *e)
{
    struct key_change *change = key_change_new(k->vault, to);
    bool has_progress = k->cli->is_terminal && !k->cli->is_json;
    change->progress = has_progress ? on_progress : NULL;
    int rc = store_exec(k->base.store, &change->op, e);
    *sealed = change->sealed;
    if (has_progress && *sealed >= PROGRESS_STEP) {
        (void)fputs("\n", stderr); /* a lost line end is harmless */
    }
    key_change_free(change);
    return rc;
}

/* The old key goes where a person wants it, for older copies of the store. */
static int keep_old(const struct keys *k, struct err *e)
{
    const char *path = cli_option(k->cli, "keep-old");
    return path != NULL ? key_write(vault_key(k->vault), path, e) : 0;
}

/* A key file is changed in three steps, see master_key.h. A file of an attempt that was cut off
 * before the second is worth nothing: the store would name it. One that fails later stays. */
static int change_file(struct keys *k, const struct vault *to, int64_t *sealed, struct err *e)
{
    char *next = xasprintf("%s.next", k->path);
    (void)unlink(next); /* is not there, as a rule; else key_write says so */
    int rc = key_write(vault_key(to), next, e);
    FAULT("key.written");
    if (rc == 0) {
        rc = reseal_store(k, to, sealed, e);
    }
    FAULT("key.resealed");
    if (rc == 0) {
        rc = key_rename(next, k->path, e);
    }
    FAULT("key.renamed");
    free(next);
    return rc;
}

static void print_changed(const struct keys *k, const struct vault *to, int64_t sealed)
{
    enum vault_source source = vault_source(k->vault);
    json_t *v = json_object();
    json_object_set_new(v, "id", id_or_null(to));
    json_object_set_new(v, "was", id_or_null(k->vault));
    json_object_set_new(v, "source", json_string(source_name(source)));
    json_object_set_new(v, "sealed", json_integer(sealed));
    if (k->cli->is_json) {
        cli_print_json(v);
    } else {
        cli_print("the master key is %s now (was %s); %lld %s sealed again\n",
                  json_get_text(v, "id"), json_get_text(v, "was"), (long long)sealed,
                  plural(sealed, "value was", "values were"));
        cli_print("%s\n",
                  source == VAULT_ENVIRONMENT
                      ? "put the new key into LADLE_KEY before the engine is started again"
                  : source == VAULT_CREDENTIAL
                      ? "put the new key into the credential ladle.key before the engine is "
                        "started again"
                      : "an engine that runs goes on with it; keep a copy of the key file "
                        "elsewhere");
    }
    json_decref(v);
}

static int rotate_to(struct keys *k, struct key *key_taken)
{
    struct err e = ERR_INIT;
    struct vault *to = vault_of(key_taken);
    int64_t sealed = 0;
    int rc = keep_engines_out(k, &e) == -1 || keep_old(k, &e) == -1 ? -1 : 0;
    if (rc == 0) {
        rc = vault_source(k->vault) == VAULT_FILE ? change_file(k, to, &sealed, &e)
                                                  : reseal_store(k, to, &sealed, &e);
    }
    if (rc == 0) {
        print_changed(k, to, sealed);
    }
    vault_free(to);
    return rc == 0 ? CLI_OK : cli_fail(k->cli, &e);
}

/* Opens the vault, with the folder of the key file held. */
static int hold_keys(struct keys *k)
{
    struct err e = ERR_INIT;
    if (key_lock(k->path, &k->lock, &e) == -1) {
        return cli_fail(k->cli, &e);
    }
    k->vault = master_key_open(
        k->base.store,
        &(struct master_key_opts){ .path = k->path, .may_write = true, .has_lock = true }, &e);
    return k->vault != NULL ? CLI_OK : cli_fail(k->cli, &e);
}

static int rotate_key(struct keys *k)
{
    int code = hold_keys(k);
    if (code != CLI_OK) {
        return code;
    }
    struct err e = ERR_INIT;
    struct key *key = new_key(k, &e);
    return key != NULL ? rotate_to(k, key) : cli_fail(k->cli, &e);
}

/* --- forget --- */

/* The vault with the key that is there, made where there is none. */
static struct vault *open_for_good(const struct keys *k, struct err *e)
{
    struct key_get *row = key_get_new();
    struct vault *v = NULL;
    if (store_exec(k->base.store, &row->op, e) == 0) {
        v = vault_open(k->path, true, e);
    }
    if (v != NULL && row->is_there) {
        (void)vault_choose(v, row->id); /* else the store's key is the lost one */
    }
    key_get_free(row);
    return v;
}

static int forget_old_key(struct keys *k)
{
    struct err e = ERR_INIT;
    struct vault *v = open_for_good(k, &e);
    if (v == NULL) {
        return cli_fail(k->cli, &e);
    }
    struct key_forget *op = key_forget_new(v);
    int rc = store_exec(k->base.store, &op->op, &e);
    if (rc == 0 && k->cli->is_json) {
        json_t *out = json_pack("{s:I}", "removed", (json_int_t)op->removed);
        cli_print_json(out);
        json_decref(out);
    } else if (rc == 0) {
        cli_print("%lld %s that this key does not open %s gone; set %s again\n",
                  (long long)op->removed, plural(op->removed, "value", "values"),
                  plural(op->removed, "is", "are"), plural(op->removed, "it", "them"));
    }
    key_forget_free(op);
    vault_free(v);
    return rc == 0 ? CLI_OK : cli_fail(k->cli, &e);
}

/* --- command --- */

static const struct {
    const char *name;
    bool is_read_only;
    int (*run)(struct keys *k);
} words[] = { { "show", true, show_keys },
              { "rotate", false, rotate_key },
              { "forget", false, forget_old_key } };

static int run_word(struct cli *c, bool is_read_only, int (*word)(struct keys *k))
{
    struct keys k = { .cli = c, .lock = -1, .engine_lock = -1 };
    int code = cli_open(c, is_read_only, &k.base);
    if (code != CLI_OK) {
        return code;
    }
    k.path = secrets_key_path(k.base.project);
    code = word(&k);
    vault_free(k.vault);
    file_unlock(k.engine_lock);
    key_unlock(k.lock);
    free(k.path);
    cli_close(&k.base);
    return code;
}

static int run_key(struct cli *c)
{
    bool is_rotate = strcmp(c->args[0], "rotate") == 0;
    if (!is_rotate && (cli_option(c, "new-key") != NULL || cli_option(c, "keep-old") != NULL)) {
        return cli_usage(c, "--new-key and --keep-old go with rotate");
    }
    if (strcmp(c->args[0], "forget") == 0 && cli_option(c, "yes") == NULL) {
        return cli_usage(c, "forget removes secrets for good; say --yes where the key is lost");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(c->args[0], words[i].name) == 0) {
            return run_word(c, words[i].is_read_only, words[i].run);
        }
    }
    return cli_usage(c, "\"%s\" is none of show, rotate and forget", c->args[0]);
}

static const struct option options[] = {
    { "new-key", "FILE", "rotate to this key, 64 hexadecimal digits; - reads it from stdin" },
    { "keep-old", "FILE", "write the old key to a new file, for older copies of the store" },
    { "yes", NULL, "forget without the key" },
    { NULL, NULL, NULL },
};

const struct command cmd_key = {
    .name = "key",
    .args = "show|rotate|forget",
    .args_min = 1,
    .args_max = 1,
    .summary = "The master key that secrets and tokens are sealed under",
    .help =
        "The key comes from LADLE_KEY (64 hexadecimal digits), from the systemd credential "
        "ladle.key, or from the\n"
        "key file beside the store, which is made at first use; where several have one they must "
        "agree.\n"
        "`show` tells its id, never the key. `rotate` seals everything again under a new key, in "
        "one transaction;\n"
        "with a key file also while the engine runs. Copies of the store that were made before "
        "still need the old\n"
        "key; and a secret that may be known to others has to be changed itself. `forget` removes "
        "what the key does\n"
        "not open, where the right one is lost.\n"
        "--json: show {id source path store_id since sealed fits}, rotate {id was source sealed}, "
        "forget {removed}.",
    .options = options,
    .run = run_key,
    .examples =
        "  ladle key show\n"
        "  ladle key rotate --keep-old /safe/ladle-old.key\n"
        "  openssl rand -hex 32 | ladle key rotate --new-key -",
    .is_quiet = true,
};
