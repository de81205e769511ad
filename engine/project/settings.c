/* The keys of ladle.yaml. Only data, and what it is called in words: setting_read.c reads by it.
 * What a row cannot say (which keys go together) is checked by project.c and connection*.c. */
#include "project/settings.h"

#include <string.h>

#include "base/mem.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)

enum { PROXIES_MAX = 64, CONNECTIONS_MAX = 500, ITEMS_MAX = 200, WHAT_MAX = 400 };

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* --- the port and the store --- */

static const struct setting NETWORK = { .kind = SETTING_TEXT, .form = FORM_NETWORK };

static const struct setting TLS_KEYS[] = {
    { .name = "certificate",
      .kind = SETTING_TEXT,
      .form = FORM_FILE,
      .is_needed = true,
      .says = "The certificate in PEM form: the server's own first, then those between it and the "
              "root.",
      .example = "tls/cert.pem" },
    { .name = "key",
      .kind = SETTING_TEXT,
      .form = FORM_FILE,
      .is_needed = true,
      .says = "Its private key in PEM form, a file that others may not read.",
      .example = "tls/key.pem" },
    { .name = NULL },
};

static const struct setting RETENTION_KEYS[] = {
    { .name = "events",
      .kind = SETTING_DURATION,
      .min_us = SECOND_US,
      .usual = "30 days",
      .says = "Events, and with them what tells a delivery from its repeats.",
      .example = "90 days" },
    { .name = "runs",
      .kind = SETTING_DURATION,
      .min_us = SECOND_US,
      .usual = "30 days",
      .says = "Runs that are done, cancelled or skipped, and what became of the occurrences of "
              "schedules.",
      .example = "1 week" },
    { .name = "dead",
      .kind = SETTING_DURATION,
      .min_us = SECOND_US,
      .usual = "180 days",
      .says = "Runs that failed.",
      .example = "1 week" },
    { .name = "records",
      .kind = SETTING_DURATION,
      .min_us = SECOND_US,
      .usual = "90 days",
      .says = "Records of the workspace that are marked as deleted.",
      .example = "30 days" },
    { .name = NULL },
};

/* --- connections --- */

static const struct setting TEXT_ITEM = { .kind = SETTING_TEXT };

static const struct setting PUBLIC_KEY_KEYS[] = {
    { .name = "file",
      .kind = SETTING_TEXT,
      .form = FORM_PUBLIC_KEY,
      .is_needed = true,
      .says = "The file with the key.",
      .example = "keys/new.pem" },
    { .name = "from",
      .kind = SETTING_TEXT,
      .form = FORM_DATE,
      .says = "Before that moment the key does not count; a date is its first moment in UTC.",
      .example = "2026-09-01" },
    { .name = "until",
      .kind = SETTING_TEXT,
      .form = FORM_DATE,
      .says = "From that moment on the key does not count.",
      .example = "2027-01-01" },
    { .name = NULL },
};
static const struct setting PUBLIC_KEY_TIMED = { .kind = SETTING_MAP, .keys = PUBLIC_KEY_KEYS };
static const struct setting PUBLIC_KEY = { .kind = SETTING_TEXT,
                                           .form = FORM_PUBLIC_KEY,
                                           .otherwise = &PUBLIC_KEY_TIMED };

static const struct setting WEBHOOK_KEYS[] = {
    { .name = "public_keys",
      .kind = SETTING_LIST,
      .of = &PUBLIC_KEY,
      .most = ITEMS_MAX,
      .says = "Keys of the sender, in place of those that the connector knows: files in PEM form "
              "(Ed25519 or RSA), or keys written out as `whpk_…`. Any one that fits is enough.",
      .example = "[keys/sandbox.pem]" },
    { .name = "allow_from",
      .kind = SETTING_LIST,
      .of = &NETWORK,
      .most = ITEMS_MAX,
      .says = "The networks that may send; all may where it is not given. Behind a proxy "
              "`trusted_proxies` says whose word on the sender counts.",
      .example = "[203.0.113.0/24, 2001:db8::1]" },
    { .name = "token",
      .kind = SETTING_TEXT,
      .says = "A secret that the sender puts at the end of the address: `/hooks/NAME/SECRET`.",
      .example = "${secret.quotes_token}" },
    { .name = "accept_rsa",
      .kind = SETTING_FLAG,
      .says = "The RSA signature of before is taken too, where the connector knows one.",
      .example = "true" },
    { .name = NULL },
};

static const struct setting CONNECTION_KEYS[] = {
    { .name = "connector",
      .kind = SETTING_TEXT,
      .is_needed = true,
      .says = "The kind of service: a connector that is built in (`ladle ops --all` has them), or "
              "a file of `scripts/connectors/`.",
      .example = "highlevel" },
    { .name = "auth",
      .kind = SETTING_TEXT,
      .words = WORDS("oauth", "token", "none"),
      .says = "What is shown to the service: a token of OAuth, which is refreshed by itself, a "
              "token or API key that a person gave, or nothing. Where it is not given: `token` if "
              "there is one, else the least that the connector can do with.",
      .example = "oauth" },
    { .name = "base_url",
      .kind = SETTING_TEXT,
      .form = FORM_URL,
      .says = "Where the service's API is, if not where its connector says. Paths in calls are "
              "taken from here. It has no query.",
      .example = "https://api.example.com" },
    { .name = "token",
      .kind = SETTING_TEXT,
      .says = "The token or API key, where it is not stored by `ladle connect NAME --token -`.",
      .example = "${secret.crm_token}" },
    { .name = "token_next",
      .kind = SETTING_TEXT,
      .says = "A second token beside `token`, which takes over when the service refuses the first.",
      .example = "${secret.crm_token_new}" },
    { .name = "client_id",
      .kind = SETTING_TEXT,
      .says = "With `auth: oauth`: the app's id at the service.",
      .example = "${env.CRM_CLIENT_ID}" },
    { .name = "client_secret",
      .kind = SETTING_TEXT,
      .says = "With `auth: oauth`: the app's secret.",
      .example = "${secret.crm_client_secret}" },
    { .name = "authorize_url",
      .kind = SETTING_TEXT,
      .form = FORM_URL_PATH,
      .says = "With `auth: oauth`: the page on which a person agrees, if not where the connector "
              "says.",
      .example = "https://login.example.com/authorize" },
    { .name = "token_url",
      .kind = SETTING_TEXT,
      .form = FORM_URL_PATH,
      .says = "With `auth: oauth`: where tokens are asked for, if not where the connector says.",
      .example = "/oauth/token" },
    { .name = "redirect_uri",
      .kind = SETTING_TEXT,
      .form = FORM_URL,
      .says = "With `auth: oauth`: where the service sends a person back to, if not to "
              "`/oauth/callback` behind `public_url`.",
      .example = "https://hooks.example.com/oauth/callback/crm" },
    { .name = "scopes",
      .kind = SETTING_LIST,
      .of = &TEXT_ITEM,
      .most = ITEMS_MAX,
      .says = "With `auth: oauth`: what is asked for, in place of what the connector asks for.",
      .example = "[contacts.readonly, contacts.write]" },
    { .name = "accept_installs",
      .kind = SETTING_FLAG,
      .says = "With `auth: oauth`: an installation that began at the service is taken, for the "
              "account that the connection has.",
      .example = "true" },
    { .name = "allow_private",
      .kind = SETTING_FLAG,
      .says = "Calls may go to private addresses, such as those of an office or this machine. "
              "Without it only a `base_url` that is plainly this machine may, and of connectors "
              "that are strict (`http`) not even that.",
      .example = "true" },
    { .name = "allow_hosts",
      .kind = SETTING_LIST,
      .of = &TEXT_ITEM,
      .most = ITEMS_MAX,
      .says = "Of `http`: further hosts that whole URLs may lead to, without the token; "
              "`*.example.com` is every one below that, `files.example.com:8443` another port.",
      .example = "[files.example.com]" },
    { .name = "verify",
      .kind = SETTING_TEXT,
      .says = "How webhooks are verified, where the connector leaves it open: `none`, `token`, "
              "`basic`, `hmac_sha1`, `hmac_sha256`, `hmac_sha512`, or the sender's way "
              "(`standard_webhooks` `stripe` `github` `slack` `shopify` `twilio`).",
      .example = "github" },
    { .name = "secret",
      .kind = SETTING_TEXT,
      .says = "What webhooks are verified with.",
      .example = "${secret.hook_secret}" },
    { .name = "secret_previous",
      .kind = SETTING_TEXT,
      .says = "The secret of before, which counts beside `secret` while the sender changes over.",
      .example = "${secret.hook_secret_old}" },
    { .name = "secrets",
      .kind = SETTING_LIST,
      .of = &TEXT_ITEM,
      .most = ITEMS_MAX,
      .says = "Several secrets in place of one: each counts.",
      .example = "[\"${secret.hook_new}\", \"${secret.hook_old}\"]" },
    { .name = "user",
      .kind = SETTING_TEXT,
      .says = "With `verify: basic`: the user's name; the password is `secret`.",
      .example = "ladle" },
    { .name = "header",
      .kind = SETTING_TEXT,
      .says =
          "The header that the signature stands in, or the token of `verify: token`. Of `http`: "
          "the header that its own token goes into.",
      .example = "X-Signature" },
    { .name = "prefix",
      .kind = SETTING_TEXT,
      .says = "What stands before the signature in `header`.",
      .example = "sha256=" },
    { .name = "encoding",
      .kind = SETTING_TEXT,
      .words = WORDS("hex", "base64"),
      .says = "How the signature of `verify: hmac_…` is written; `hex` where it is not given.",
      .example = "base64" },
    { .name = "timestamp",
      .kind = SETTING_TEXT,
      .says = "With `verify: hmac_…`: the header with the time that is signed along.",
      .example = "X-Timestamp" },
    { .name = "signed",
      .kind = SETTING_TEXT,
      .says = "With `verify: hmac_…`: the text that is signed, made of `{body}` `{timestamp}` "
              "`{url}` `{form}` and what stands between them. Without it `{body}`, or "
              "`{timestamp}.{body}` where there is a `timestamp`.",
      .example = "\"v1:{timestamp}:{body}\"" },
    { .name = "tolerance",
      .kind = SETTING_DURATION,
      .words = WORDS("off"),
      .says = "How far the time that is signed may be from now, where the sender signs one.",
      .example = "5 minutes" },
    { .name = "lag",
      .kind = SETTING_DURATION,
      .min_us = SECOND_US,
      .says =
          "How long after a call its effect may be missing in what the service lists, if not as "
          "long as its connector says (`lag_ms`). So long a call without an answer is looked "
          "for before it is made again.",
      .example = "3 min" },
    { .name = "marks",
      .kind = SETTING_FLAG,
      .usual = "true",
      .says = "Whether the engine may mark what it makes, where the connector says that there is "
              "room, so that a call without an answer is told from all others. Without marks what "
              "is there is compared.",
      .example = "false" },
    { .name = "expect_every",
      .kind = SETTING_DURATION,
      .min_us = MINUTE_US,
      .says = "Some webhook comes at least that often: if none does, it is told, and is the "
              "event `ladle.connection_silent`.",
      .example = "1 day" },
    { .name = "webhook",
      .kind = SETTING_MAP,
      .keys = WEBHOOK_KEYS,
      .says = "More about who may send webhooks; see below.",
      .example = "{ allow_from: [203.0.113.0/24] }" },
    { .name = NULL },
};
static const struct setting CONNECTION = { .name = "a connection",
                                           .kind = SETTING_MAP,
                                           .keys = CONNECTION_KEYS };

/* --- inputs of recipes --- */

static const struct setting INPUT = { .name = "an input", .kind = SETTING_VALUE };
static const struct setting RECIPE_INPUTS = { .name = "a recipe",
                                              .kind = SETTING_NAMES,
                                              .of = &INPUT };

/* --- the file --- */

static const struct setting PROJECT_KEYS[] = {
    { .name = "listen",
      .kind = SETTING_TEXT,
      .form = FORM_ADDRESS,
      .usual = "127.0.0.1:8420",
      .says =
          "Where the engine takes requests: webhooks, `/oauth/callback`, `/healthz` and "
          "`/metrics`. An IP address (`localhost` is this machine, `*` every IPv4 address) and a "
          "port; port 0 is any that is free.",
      .example = "0.0.0.0:8420" },
    { .name = "public_url",
      .kind = SETTING_TEXT,
      .form = FORM_URL,
      .says = "The address under which the outside reaches this engine, where that is another one: "
              "behind a proxy or a tunnel. It has no query.",
      .example = "https://hooks.example.com" },
    { .name = "tls",
      .kind = SETTING_MAP,
      .keys = TLS_KEYS,
      .says = "The engine's port speaks HTTPS, with TLS 1.2 and 1.3. New files are taken within "
              "seconds while it runs.",
      .example = "{ certificate: tls/cert.pem, key: tls/key.pem }" },
    { .name = "trusted_proxies",
      .kind = SETTING_LIST,
      .of = &NETWORK,
      .most = PROXIES_MAX,
      .says = "Proxies whose `X-Forwarded-For` or `Forwarded` says who really sent a webhook, for "
              "`allow_from` of a connection.",
      .example = "[127.0.0.1, 10.0.0.0/8]" },
    { .name = "store",
      .kind = SETTING_TEXT,
      .form = FORM_STORE,
      .usual = "sqlite:data/ladle.db",
      .says = "The file of the store, below the project's folder; it is made at the first start, "
              "with the key file beside it.",
      .example = "sqlite:/var/lib/ladle/ladle.db" },
    { .name = "timezone",
      .kind = SETTING_TEXT,
      .form = FORM_ZONE,
      .usual = "UTC",
      .says = "The time zone in which recipes mean times of day and dates.",
      .example = "Europe/Amsterdam" },
    { .name = "retention",
      .kind = SETTING_MAP,
      .keys = RETENTION_KEYS,
      .usual = "{}",
      .says = "How long what is over is kept. What still goes on is never touched.",
      .example = "{ events: 90 days, dead: 1 week }" },
    { .name = "connections",
      .kind = SETTING_NAMES,
      .of = &CONNECTION,
      .most = CONNECTIONS_MAX,
      .is_read_apart = true,
      .usual = "{}",
      .says = "The services that this project works with, each under a name of your choice. "
              "Recipes say which names they need; webhooks of NAME come to `/hooks/NAME`.",
      .example = "{ crm: { connector: highlevel, auth: token, location: ve9EPM428h8vShlRW1KT } }" },
    { .name = "inputs",
      .kind = SETTING_NAMES,
      .of = &RECIPE_INPUTS,
      .says = "Values for the inputs of recipes, by the recipe's name. What is not here has the "
              "recipe's default.",
      .example = "{ new-lead-follow-up: { days: 5 } }" },
    { .name = NULL },
};

const struct setting *settings_of_project(void)
{
    return PROJECT_KEYS;
}

const struct setting *settings_of_connection(void)
{
    return CONNECTION_KEYS;
}

const struct setting *setting_find(const struct setting *keys, const char *name)
{
    for (const struct setting *k = keys; k->name != NULL; k++) {
        if (strcmp(k->name, name) == 0) {
            return k;
        }
    }
    return NULL;
}

/* --- in words --- */

/* What one is, and several are. */
static const char *const FORMS[FORM_COUNT][2] = {
    [FORM_TEXT] = { "a text", "texts" },
    [FORM_ADDRESS] = { "an address and a port", "addresses" },
    [FORM_URL] = { "a URL", "URLs" },
    [FORM_URL_PATH] = { "a URL, or a path below `base_url`", "URLs" },
    [FORM_NETWORK] = { "an IP address or a network", "IP addresses and networks" },
    [FORM_ZONE] = { "a time zone", "time zones" },
    [FORM_STORE] = { "a store", "stores" },
    [FORM_FILE] = { "a file", "files" },
    [FORM_PUBLIC_KEY] = { "a public key", "public keys" },
    [FORM_DATE] = { "a date", "dates" },
};

/* "hex or base64", "a, b or c". */
static void put_allowed_words(struct buf *out, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *before = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        (void)buf_printf(out, "%s%s", before, words[i]); /* WHAT_MAX: cut */
    }
}

char *setting_words(const char *const *words)
{
    struct buf out;
    buf_init(&out, WHAT_MAX);
    put_allowed_words(&out, words);
    return buf_take(&out, NULL);
}

char *setting_what(const struct setting *k)
{
    struct buf out;
    buf_init(&out, WHAT_MAX);
    switch (k->kind) {
    case SETTING_TEXT:
        if (k->words != NULL) {
            put_allowed_words(&out, k->words);
        } else {
            (void)buf_puts(&out, FORMS[k->form][0]);
        }
        break;
    case SETTING_FLAG:
        (void)buf_puts(&out, "true or false");
        break;
    case SETTING_DURATION:
        (void)buf_puts(&out, k->words != NULL ? "a duration, or " : "a duration");
        put_allowed_words(&out, k->words != NULL ? k->words : WORDS(NULL));
        break;
    case SETTING_LIST:
        (void)buf_printf(&out, "a list of %s", FORMS[k->of->form][1]);
        break;
    case SETTING_MAP:
    case SETTING_NAMES:
        (void)buf_puts(&out, "a map");
        break;
    case SETTING_VALUE:
        (void)buf_puts(&out, "a value");
        break;
    }
    return buf_take(&out, NULL);
}
