/* ladle.yaml: what a good one becomes, what each mistake says, and the holes for the environment
 * and for secrets. Each test has a folder of its own. */

#include <fcntl.h>
#include <sys/stat.h>

#include "../recipe/fixture.h"
#include "../../support/text_file.h"
#include "project/fill.h"

#define DAY_US INT64_C(86400000000)

static char folder[64];

static int folder_up(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/ladle-project-XXXXXX");
    return mkdtemp(folder) != NULL ? world_up(state) : -1;
}

static int folder_down(void **state)
{
    static const char *const names[] = { "ladle.yaml", "good.pem", "bad.pem" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = xasprintf("%s/%s", folder, names[i]);
        (void)unlink(path); /* not every test makes every file */
        free(path);
    }
    (void)rmdir(folder);
    return world_down(state);
}

static struct project *load(char **errors)
{
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_load(folder, &hooks, d);
    *errors = diags_text(d);
    diags_free(d);
    return p;
}

static struct project *accept(const char *text)
{
    char *errors = NULL;
    text_file_put(folder, "ladle.yaml", text);
    struct project *p = load(&errors);
    assert_string_equal(errors, "");
    assert_non_null(p);
    free(errors);
    return p;
}

static void refuse(const char *text, const char *expected)
{
    char *errors = NULL;
    text_file_put(folder, "ladle.yaml", text);
    struct project *p = load(&errors);
    assert_string_equal(errors, expected);
    assert_null(p);
    free(errors);
}

static void assert_config(const struct project *p, const char *path, const char *expected)
{
    json_t *want = parse(expected);
    json_t *got = json_path(p->connections, path);
    char *text = got != NULL ? json_text(got, NULL) : xstrdup("(missing)");
    if (!json_equal(want, got)) {
        fail_msg("%s is %s", path, text);
    }
    free(text);
    json_decref(want);
}

static void a_short_file_gets_the_defaults(void **state)
{
    struct project *p = accept("connections: {}\n");
    assert_string_equal(p->listen, "127.0.0.1:8420");
    assert_string_equal(p->store, "sqlite:data/ladle.db");
    assert_string_equal(p->timezone, "UTC");
    assert_null(p->public_url);
    assert_null(p->inputs);
    assert_int_equal(p->retention.events_us, 30 * DAY_US);
    assert_int_equal(p->retention.runs_us, 30 * DAY_US);
    assert_int_equal(p->retention.dead_us, 180 * DAY_US);
    assert_int_equal(p->retention.records_us, 90 * DAY_US);
    assert_int_equal(p->folder[0], '/');
    project_free(p);
}

static void retention_replaces_only_what_it_says(void **state)
{
    struct project *p = accept("connections: {}\nretention: { runs: 1 week, dead: 1 h 30 min }\n");
    assert_int_equal(p->retention.events_us, 30 * DAY_US);
    assert_int_equal(p->retention.runs_us, 7 * DAY_US);
    assert_int_equal(p->retention.dead_us, DAY_US / 16);
    assert_int_equal(p->retention.records_us, 90 * DAY_US);
    project_free(p);
}

static void retention_is_checked(void **state)
{
    refuse("retention: { event: 1 day, runs: 30, dead: 10 ms, records: }\n",
           "1:14 unknown key `event` in `retention` (did you mean `events`?)\n"
           "1:34 `runs`: \"30\" is not a duration: the unit is missing; "
           "write for example 30s, 5 min or 2 days (such as runs: 1 week)\n"
           "1:44 `dead` is 1 s at least\n"
           "1:60 `records` has no value: it takes a duration (such as records: 30 days)\n");
    refuse("retention: 30 days\n",
           "1:12 `retention` takes a map, not one value "
           "(such as retention: { events: 90 days, dead: 1 week })\n");
}

static void the_engine_is_no_connector_of_a_connection(void **state)
{
    refuse("connections:\n  me: { connector: ladle }\n  ladle: { connector: crm }\n",
           "2:20 `ladle` is the engine itself: it is there without an entry "
           "(recipes use ladle.… without a connection)\n"
           "3:3 `ladle` is a name of the engine's own\n");
}

static void a_whole_file_is_read(void **state)
{
    assert_int_equal(unsetenv("LADLE_T"), 0);
    char *old = getenv("HOME");
    assert_non_null(old);
    struct project *p = accept(
        "listen: \"[::1]:0\"\npublic_url: https://hooks.example.com/x\n"
        "store: sqlite:other.db\ntimezone: Europe/Amsterdam\n"
        "connections:\n  crm:\n    connector: crm\n    auth: token\n"
        "    token: Bearer ${secret.crm_token}!\n    client_secret: ${secret.cs}\n"
        "    client_id: ${env.HOME}/id\n    location: 0044\n"
        "    base_url: http://127.0.0.1:9000\n    token_url: /oauth/token\n"
        "    scopes: [a, 1]\n    allow_private: true\n"
        "    new_lead: { tags: [lead] }\n"
        "    webhook: { allow_from: [203.0.113.0/24], token: \"${secret.hook}\" }\n"
        "inputs:\n  follow-up: { days: 05, tags: [1, x] }\n");
    assert_string_equal(p->listen, "[::1]:0");
    assert_string_equal(p->public_url, "https://hooks.example.com/x");
    assert_config(p, "crm.token", "{\"join\":[\"Bearer \",{\"secret\":\"crm_token\"},\"!\"]}");
    assert_config(p, "crm.client_secret", "{\"secret\":\"cs\"}");
    assert_config(p, "crm.location", "\"0044\"");
    assert_config(p, "crm.scopes", "[\"a\",\"1\"]");
    assert_config(p, "crm.allow_private", "true");
    assert_config(p, "crm.new_lead", "{\"tags\":[\"lead\"]}");
    assert_config(p, "crm.webhook",
                  "{\"allow_from\":[\"203.0.113.0/24\"],\"token\":{\"secret\":\"hook\"}}");
    char *id = xasprintf("%s/id", old);
    assert_string_equal(json_path_text(p->connections, "crm.client_id"), id);
    free(id);
    assert_string_equal(json_path_text(p->inputs, "follow-up.days"), "05");
    assert_int_equal(json_integer_value(json_path(p->inputs, "follow-up.tags.0")), 1);
    project_free(p);
}

static void localhost_is_the_loopback_address(void **state)
{
    struct project *p = accept("listen: localhost:8420\n");
    assert_string_equal(p->listen, "127.0.0.1:8420");
    project_free(p);
}

static void all_errors_of_the_file_come_at_once(void **state)
{
    refuse(
        "lisen: x\nlisten: somewhere\npublic_url: ftp://x\nstore: mysql:x\ntimezone: "
        "Europe/Amsterdm\n"
        "connections:\n  CRM: { connector: crm }\n  a: { connector: crn }\n  b: { auth: token }\n"
        "  c: { connector: crm, location: x, auth: oath, base_ur: x, base_url: x }\n"
        "  scripts: { connector: crm }\n  records: { connector: webhook, verify: none }\n",
        "1:1 unknown key `lisen` in ladle.yaml (did you mean `listen`?)\n"
        "2:9 `listen`: \"somewhere\" is no address and port to listen on "
        "(such as listen: 0.0.0.0:8420)\n"
        "3:13 `public_url`: not a usable URL: it must begin with https:// or http:// "
        "(such as public_url: https://hooks.example.com)\n"
        "4:8 `store`: `mysql:x` is no store (such as store: sqlite:/var/lib/ladle/ladle.db)\n"
        "5:11 `timezone`: there is no time zone \"Europe/Amsterdm\"; names are as in "
        "Europe/Amsterdam "
        "or UTC (such as timezone: Europe/Amsterdam)\n"
        "7:3 `CRM` is no valid name for a connection "
        "(a name has lower-case letters, digits, `_` and `-`, and begins with a letter)\n"
        "8:19 there is no connector `crn`\n"
        "9:6 a connection needs `connector` (such as connector: highlevel)\n"
        "10:43 `auth` is oauth, token or none, not `oath` (did you mean `oauth`?)\n"
        "10:49 unknown key `base_ur` in a connection of crm (did you mean `base_url`?)\n"
        "10:71 `base_url`: not a usable URL: it must begin with https:// or http:// "
        "(such as base_url: https://api.example.com)\n"
        "11:3 `scripts` is a name of the engine's own\n"
        "12:3 the connection `records` is of the connector records\n");
}

static void a_postgres_store_belongs_to_a_later_version(void **state)
{
    refuse("store: postgres://u@h/db\n",
           "1:8 `store`: a PostgreSQL store is not part of this version "
           "(such as store: sqlite:/var/lib/ladle/ladle.db)\n");
}

static void an_agency_is_all_locations_by_oauth(void **state)
{
    refuse("connections:\n  crm: { connector: crm, location: x, agency: y, token: z }\n",
           "2:47 `agency` and `location` do not go together (`agency` is for all of its locations, "
           "`location` for one)\n"
           "2:47 an agency's connection needs OAuth: a location's token is given for no other "
           "(say auth: oauth, and leave `token` out)\n");
}

static void a_second_token_needs_a_first(void **state)
{
    refuse("connections:\n  crm: { connector: crm, location: x, token_next: y }\n",
           "2:51 `token_next` goes with `token` "
           "(or store it: ladle connect NAME --token - --next)\n");
}

static void a_webhook_must_say_how_it_is_verified(void **state)
{
    refuse(
        "connections:\n  in: { connector: webhook }\n  b: { connector: webhook, verify: "
        "hmac_sha256 }\n"
        "  c: { connector: webhook, verify: hmac, encoding: base32 }\n",
        "2:7 a connection of webhook needs `verify` "
        "(verify: stripe, github, token, hmac_sha256 …, or none if anybody may post to it)\n"
        "3:6 `verify: hmac_sha256` needs `header` (the header that holds the signature)\n"
        "3:6 `verify: hmac_sha256` needs a secret: `secret` or `webhook.token` "
        "(such as secret: ${secret.hook_secret})\n"
        "4:36 there is no way to verify `hmac`\n"
        "4:52 `encoding` is hex or base64, not `base32` (did you mean `base64`?)\n");
}

static void a_preset_takes_what_its_service_leaves_open(void **state)
{
    refuse(
        "connections:\n"
        "  a: { connector: webhook, verify: standard, secret: x, header: X-Sig }\n"
        "  b: { connector: webhook, verify: standard, tolerance: soon }\n"
        "  c: { connector: webhook, verify: caller, secret: x }\n"
        "  d: { connector: crm, location: x, verify: none }\n",
        "2:57 `header` does not go with `verify: standard`\n"
        "3:6 `verify: standard` needs a secret: `secret` or `webhook.token` "
        "(such as secret: ${secret.hook_secret})\n"
        "3:57 `tolerance`: \"soon\" is not a duration: a number with up to 9 digits and 3 decimals "
        "is expected (such as tolerance: 5 minutes)\n"
        "4:3 `verify: caller` needs `public_url`, as the sender signs the address that it calls "
        "(such as public_url: https://hooks.example.com)\n"
        "5:45 the connector crm says itself how its webhooks are verified (leave it out)\n");
    project_free(
        accept("public_url: https://hooks.example.com\nconnections:\n"
               "  a: { connector: webhook, verify: standard, tolerance: 2 days, "
               "webhook: { public_keys: [whpk_x] } }\n"
               "  b: { connector: webhook, verify: caller, secrets: [x, \"${secret.y}\"] }\n"));
}

static void tls_names_two_files(void **state)
{
    struct project *p = accept("tls: { certificate: tls/cert.pem, key: /etc/ladle/key.pem }\n");
    char *expected = xasprintf("%s/tls/cert.pem", p->folder);
    assert_string_equal(p->tls_certificate, expected);
    assert_string_equal(p->tls_key, "/etc/ladle/key.pem");
    free(expected);
    project_free(p);
    refuse("tls: { certificate: a.pem, kei: b }\n",
           "1:6 `tls` needs `key` (such as key: tls/key.pem)\n"
           "1:28 unknown key `kei` in `tls` (did you mean `key`?)\n");
}

static void trusted_proxies_are_networks(void **state)
{
    struct project *p = accept("trusted_proxies: [10.0.0.0/8, 2001:db8::1]\n");
    assert_int_equal(p->trusted_count, 2);
    assert_true(cidr_contains(&p->trusted_proxies[0], "10.1.2.3"));
    assert_true(cidr_contains(&p->trusted_proxies[1], "2001:db8::1"));
    project_free(p);
    refuse(
        "trusted_proxies: [everybody]\nconnections:\n"
        "  in: { connector: webhook, verify: none, expect_every: 3s }\n",
        "1:19 `trusted_proxies`: \"everybody\" is not an IP address or network "
        "(such as trusted_proxies: [127.0.0.1, 10.0.0.0/8])\n"
        "3:57 `expect_every` is 1 min at least\n");
}

static void what_the_connector_requires_is_missed(void **state)
{
    refuse("connections:\n  crm: { connector: crm }\n",
           "2:8 a connection of crm needs `location`\n");
}

static void an_unset_variable_is_an_error_with_its_place(void **state)
{
    assert_int_equal(unsetenv("LADLE_TEST_UNSET"), 0);
    refuse("connections:\n  crm:\n    connector: crm\n    location: ${env.LADLE_TEST_UNSET}\n",
           "4:15 the environment variable LADLE_TEST_UNSET is not set "
           "(set it before ladle starts, or write the value here)\n");
}

static void other_holes_are_refused(void **state)
{
    refuse(
        "listen: ${secret.x}\nconnections:\n  crm:\n    connector: crm\n    location: ${event.id}\n"
        "    token: ${secret.Bad Name}\n    client_id: ${env.A\n    allow_private: ${secret.x}\n",
        "1:9 `listen` cannot hold a secret (secrets belong to connections)\n"
        "5:15 `${event.id}`: only ${env.NAME} and ${secret.name} are filled in here "
        "(write $${ for the characters ${)\n"
        "6:12 `Bad Name` is no valid name for a secret "
        "(a name has lower-case letters, digits, `_` and `-`)\n"
        "7:16 `${` is not closed (close it with }, or write $${ for the characters ${)\n"
        "8:20 `allow_private` takes true or false, and a secret is always text\n");
}

static void public_keys_are_read_from_their_files(void **state)
{
    const char *pem =
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n"
        "-----END PUBLIC KEY-----\n";
    text_file_put(folder, "good.pem", pem);
    struct project *p = accept(
        "connections:\n  crm: { connector: crm, location: x, webhook: { "
        "public_keys: [good.pem] } }\n");
    assert_string_equal(json_path_text(p->connections, "crm.webhook.public_keys.0"), pem);
    project_free(p);
}

static void a_public_key_may_have_a_time_of_its_own(void **state)
{
    text_file_put(folder, "good.pem",
                  "-----BEGIN PUBLIC KEY-----\n"
                  "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n"
                  "-----END PUBLIC KEY-----\n");
    struct project *p = accept(
        "connections:\n  crm: { connector: crm, location: x, webhook: { accept_rsa: true, "
        "public_keys: [{ file: good.pem, from: 2026-09-01, until: 2027-01-01 }] } }\n");
    const json_t *webhook = json_path(p->connections, "crm.webhook");
    assert_true(json_get_bool(webhook, "accept_rsa", false));
    assert_string_equal(json_path_text(webhook, "public_keys.0.from"), "2026-09-01T00:00:00.000Z");
    assert_string_equal(json_path_text(webhook, "public_keys.0.until"), "2027-01-01T00:00:00.000Z");
    assert_non_null(strstr(json_path_text(webhook, "public_keys.0.file"), "BEGIN PUBLIC KEY"));
    project_free(p);
    refuse(
        "connections:\n  crm: { connector: crm, location: x, webhook: { accept_rsa: maybe, "
        "public_keys: [{ from: x }] } }\n",
        "2:62 `accept_rsa` takes true or false, not `maybe` (only true and false are booleans)\n"
        "2:83 `public_keys` needs `file` (such as file: keys/new.pem)\n"
        "2:91 `from`: \"x\" is not a date; write 2026-11-23 or 2026-11-23T10:15:00+01:00 "
        "(such as from: 2026-09-01)\n");
}

static void a_key_file_that_is_none_is_an_error(void **state)
{
    char *errors = NULL;
    text_file_put(folder, "bad.pem", "hello\n");
    text_file_put(folder, "ladle.yaml",
                  "connections:\n  crm:\n    connector: crm\n    location: x\n"
                  "    webhook: { public_keys: [bad.pem, none.pem], allow_from: [x] }\n");
    assert_null(load(&errors));
    assert_non_null(strstr(errors, "5:30 "));
    assert_non_null(strstr(errors, "5:39 `public_keys`: cannot open "));
    assert_non_null(strstr(errors, "5:63 "));
    free(errors);
}

static void a_folder_without_the_file_is_told(void **state)
{
    char *errors = NULL;
    assert_null(load(&errors));
    assert_non_null(strstr(errors, "there is no ladle.yaml in "));
    free(errors);
}

static void a_pipe_in_place_of_the_file_does_not_hang(void **state)
{
    char *errors = NULL;
    char *path = xasprintf("%s/ladle.yaml", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(load(&errors));
    assert_non_null(strstr(errors, "is not a file"));
    free(errors);
    free(path);
}

static void broken_bytes_never_crash_the_loader(void **state)
{
    const char *good =
        "listen: 127.0.0.1:1\nstore: sqlite:x\ntimezone: UTC\nconnections:\n  crm:\n"
        "    connector: crm\n    location: ${env.HOME}/x\n    token: a ${secret.b} c\n"
        "    new_lead: { tags: [a] }\n    webhook: { allow_from: [10.0.0.0/8], token: t }\n"
        "inputs:\n  a: { b: 1, c: [2] }\n";
    size_t len = strlen(good);
    char *text = xstrdup(good);
    uint32_t seed = 5;
    for (int i = 0; i < 1500; i++) {
        memcpy(text, good, len);
        for (int n = 0; n < 3; n++) {
            seed = seed * 1664525u + 1013904223u;
            text[(seed >> 8) % len] = "\n:- $.[]{}#'\"\xff\x01z"[(seed >> 20) % 16];
        }
        char *errors = NULL;
        text_file_put(folder, "ladle.yaml", text);
        struct project *p = load(&errors);
        assert_true((p != NULL) == (errors[0] == '\0'));
        project_free(p);
        free(errors);
    }
    free(text);
}

/* --- what is left of a broken file, and places in it --- */

static struct project *read_broken(const char *text, size_t errors)
{
    text_file_put(folder, "ladle.yaml", text);
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_read(folder, &hooks, d);
    assert_non_null(p);
    assert_int_equal(d->count, errors);
    diags_free(d);
    return p;
}

static void a_broken_file_is_read_as_far_as_it_goes(void **state)
{
    struct project *p = read_broken(
        "listen: nowhere\ntimezone: Europe/Amsterdam\nretention: { runs: 3 }\nconnections:\n"
        "  crm: { connector: crm, location: x }\n  b: { connector: crm, tokne: y }\n"
        "  c: { connector: crn }\n",
        5);
    assert_string_equal(p->listen, "127.0.0.1:8420");
    assert_string_equal(p->timezone, "Europe/Amsterdam");
    assert_int_equal(p->retention.runs_us, 30 * DAY_US);
    assert_config(p, "crm", "{\"connector\":\"crm\",\"location\":\"x\"}");
    assert_config(p, "c", "{}"); /* what recipes need is not held against an unknown connector */
    assert_null(json_object_get(p->faulty, "crm"));
    assert_non_null(json_object_get(p->faulty, "b"));
    assert_non_null(json_object_get(p->faulty, "c"));
    project_free(p);
}

static void connections_that_cannot_be_read_are_not_an_empty_list(void **state)
{
    struct project *p = read_broken("connections: [crm]\n", 1);
    assert_null(p->connections);
    project_free(p);
    p = read_broken("listen: x\n  y: [\n", 1);
    assert_null(p->connections);
    assert_string_equal(p->timezone, "UTC");
    project_free(p);
    p = read_broken("- a list\n", 1);
    assert_null(p->connections);
    project_free(p);
}

static void assert_place(const struct project *p, const char *path, int line, int column)
{
    const struct yaml *at = project_place(p, path);
    assert_int_equal(at != NULL ? at->line : 0, line);
    assert_int_equal(at != NULL ? at->column : 0, column);
}

static void a_setting_has_a_place(void **state)
{
    struct project *p = accept(
        "timezone: UTC\nconnections:\n  crm:\n    connector: crm\n"
        "    location: x\n    webhook: { token: abc }\n");
    assert_place(p, "timezone", 1, 1);
    assert_place(p, "connections.crm", 3, 3);
    assert_place(p, "connections.crm.", 3, 3);
    assert_place(p, "connections.crm.location", 5, 5);
    assert_place(p, "connections.crm.webhook.token", 6, 16);
    assert_place(p, "connections.crm.base_url", 3, 3); /* not there: what is around it */
    assert_place(p, "connections.crmm.location", 2, 1);
    assert_place(p, "tls", 0, 0);
    project_free(p);
}

static void files_are_named_as_the_folder_was(void **state)
{
    static const char *const cases[][2] = {
        { NULL, "ladle.yaml" },          { ".", "ladle.yaml" },  { "shop", "shop/ladle.yaml" },
        { "shop//", "shop/ladle.yaml" }, { "/", "/ladle.yaml" }, { "../a", "../a/ladle.yaml" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *shown = project_shown_in(cases[i][0], "ladle.yaml");
        assert_string_equal(shown, cases[i][1]);
        free(shown);
    }
}

/* --- secrets --- */

static char *find_secret(void *ud, const char *name)
{
    (void)ud;
    return strcmp(name, "known") == 0 ? xstrdup("s3cret") : NULL;
}

static void secrets_are_filled_in_everywhere(void **state)
{
    json_t *config = parse(
        "{\"a\":{\"secret\":\"known\"},\"b\":{\"join\":[\"x \",{\"secret\":\"known\"},\" y\"]},"
        "\"c\":[1,{\"secret\":\"known\"}],\"d\":{\"e\":true}}");
    json_t *want =
        parse("{\"a\":\"s3cret\",\"b\":\"x s3cret y\",\"c\":[1,\"s3cret\"],\"d\":{\"e\":true}}");
    struct err e = ERR_INIT;
    json_t *filled = fill_secrets(config, &(struct fill){ .find = find_secret }, &e);
    assert_true(json_equal(filled, want));
    json_decref(filled);
    json_decref(want);
    json_decref(config);
}

static void a_missing_secret_is_named(void **state)
{
    json_t *config = parse("{\"a\":[{\"join\":[\"x\",{\"secret\":\"gone\"}]}]}");
    struct err e = ERR_INIT;
    assert_null(fill_secrets(config, &(struct fill){ .find = find_secret }, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_string_equal(e.message, "the secret `gone` is not set: run `ladle secret set gone`");
    json_decref(config);
}

static void every_missing_secret_is_told_where_it_is_named(void **state)
{
    struct project *p = accept(
        "connections:\n  crm:\n    connector: crm\n    location: x\n"
        "    token: a ${secret.one} b ${secret.known}\n    secrets: [\"${secret.known}\", "
        "\"${secret.two}\"]\n    webhook: { token: \"${secret.three}\" }\n");
    struct diags *d = diags_new("ladle.yaml");
    struct err e = ERR_INIT;
    struct fill how = { .find = find_secret,
                        .diags = d,
                        .at = yaml_get(yaml_get(p->tree, "connections"), "crm") };
    assert_null(fill_secrets(json_object_get(p->connections, "crm"), &how, &e));
    assert_int_equal(e.kind, ERR_CONFIG);
    char *errors = diags_text(d);
    assert_string_equal(errors,
                        "5:12 the secret `one` is not set: run `ladle secret set one`\n"
                        "6:34 the secret `two` is not set: run `ladle secret set two`\n"
                        "7:23 the secret `three` is not set: run `ladle secret set three`\n");
    free(errors);
    diags_free(d);
    project_free(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_up, folder_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_short_file_gets_the_defaults),
        TEST(retention_replaces_only_what_it_says),
        TEST(retention_is_checked),
        TEST(the_engine_is_no_connector_of_a_connection),
        TEST(a_whole_file_is_read),
        TEST(localhost_is_the_loopback_address),
        TEST(all_errors_of_the_file_come_at_once),
        TEST(a_postgres_store_belongs_to_a_later_version),
        TEST(an_agency_is_all_locations_by_oauth),
        TEST(a_second_token_needs_a_first),
        TEST(a_webhook_must_say_how_it_is_verified),
        TEST(what_the_connector_requires_is_missed),
        TEST(an_unset_variable_is_an_error_with_its_place),
        TEST(other_holes_are_refused),
        TEST(public_keys_are_read_from_their_files),
        TEST(a_public_key_may_have_a_time_of_its_own),
        TEST(a_preset_takes_what_its_service_leaves_open),
        TEST(tls_names_two_files),
        TEST(trusted_proxies_are_networks),
        TEST(a_key_file_that_is_none_is_an_error),
        TEST(a_folder_without_the_file_is_told),
        TEST(a_pipe_in_place_of_the_file_does_not_hang),
        TEST(broken_bytes_never_crash_the_loader),
        TEST(a_broken_file_is_read_as_far_as_it_goes),
        TEST(connections_that_cannot_be_read_are_not_an_empty_list),
        TEST(a_setting_has_a_place),
        TEST(files_are_named_as_the_folder_was),
        TEST(secrets_are_filled_in_everywhere),
        TEST(every_missing_secret_is_told_where_it_is_named),
        TEST(a_missing_secret_is_named),
    };
    return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}
