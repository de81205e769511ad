/*
 * The tables of connectors and actions, as data: each key with what it takes and a sentence. The
 * reference in scripts/connectors/README.md is printed from here (`make reference`), and so are the
 * messages about a table. What types cannot say stands in table_rule.c.
 */
#include "connector/connector_shape.h"

#include <string.h>

#include "connector/table_rule.h"

#define COUNT_MAX 1000000000
#define STATUS    .kind = SHAPE_NUMBER, .min = 100, .max = 599

// clang-format off
#define KEY(name, shape, doc)    { name, &(shape), false, doc }
#define NEEDED(name, shape, doc) { name, &(shape), true, doc }
#define END                      { NULL, NULL, false, NULL }
#define WORDS(...)               (const char *const[]){ __VA_ARGS__, NULL }
#define ONE_OF(...)              { .kind = SHAPE_TEXT, .words = WORDS(__VA_ARGS__) }
#define FROM_TO(least, most)     { .kind = SHAPE_NUMBER, .min = (least), .max = (most) }
#define LIST_OF(shape)           { .kind = SHAPE_LIST, .of = &(shape) }
#define MAP_OF(shape)            { .kind = SHAPE_MAP, .of = &(shape) }
#define TABLE(list, name)        { .kind = SHAPE_TABLE, .keys = (list), .title = (name) }
// clang-format on

/* --- values that are used in many places ------------------------------------------------------ */

static const struct shape ANY = { .kind = SHAPE_ANY };
static const struct shape TEXT = { .kind = SHAPE_TEXT };
static const struct shape PLAIN = { .kind = SHAPE_PLAIN };
static const struct shape FLAG = { .kind = SHAPE_FLAG };
static const struct shape FUNCTION = { .kind = SHAPE_FUNCTION };
static const struct shape TEXTS = LIST_OF(TEXT);
static const struct shape VALUES = { .kind = SHAPE_LIST, .of = &ANY, .min = 1 };
static const struct shape ANY_MAP = MAP_OF(ANY);
static const struct shape TEXT_MAP = MAP_OF(TEXT);
static const struct shape PLAIN_MAP = MAP_OF(PLAIN);
static const struct shape CHARACTER = { .kind = SHAPE_TEXT, .max = 1, .what = "one character" };
static const struct shape COUNT = FROM_TO(1, COUNT_MAX);
static const struct shape MILLISECONDS = FROM_TO(1, COUNT_MAX);

static const struct shape HTTP_STATUS = { STATUS };
static const struct shape STATUSES = LIST_OF(HTTP_STATUS);
static const struct shape STATUS_OR_MORE = { STATUS, .otherwise = &STATUSES };

static const struct shape FIELD = { .kind = SHAPE_TEXT,
                                    .what = "a field of `input`",
                                    .text_rule = table_names_field };
static const struct shape FLAG_FIELD = { .kind = SHAPE_TEXT,
                                         .what = "a boolean field of `input`",
                                         .text_rule = table_names_flag };
static const struct shape FIELDS = LIST_OF(FIELD);
static const struct shape SOME_FIELDS = { .kind = SHAPE_LIST, .of = &FIELD, .min = 1 };
static const struct shape FIELD_MAP = MAP_OF(FIELD);
static const struct shape BY_FIELD = { .kind = SHAPE_MAP, .of = &TEXT, .map_name = &FIELD };

static const struct shape OPERATION_NAME = { .kind = SHAPE_TEXT,
                                             .what = "the name of an operation",
                                             .text_rule = table_names_operation };
static const struct shape READING_NAME = { .kind = SHAPE_TEXT,
                                           .what = "the name of an operation that reads",
                                           .text_rule = table_names_reading };
static const struct shape EVENT_NAME = { .kind = SHAPE_TEXT,
                                         .what = "the name of an event",
                                         .text_rule = table_names_event };
static const struct shape PATH = { .kind = SHAPE_TEXT,
                                   .what = "a path",
                                   .text_rule = table_has_path };

/* --- descriptors of fields -------------------------------------------------------------------- */

static const struct shape TYPE =
    ONE_OF("string", "integer", "number", "boolean", "date", "list", "object", "any");
static const struct shape FORMAT = ONE_OF("email", "date-time", "url");
static const struct shape DESCRIPTOR;
static const struct shape SCHEMA;

static const struct shape_key DESCRIPTOR_KEYS[] = {
    NEEDED("1", TYPE, "The type of the value; it stands first, without a name."),
    KEY("optional", FLAG,
        "The field may be left out; without it, and without a `default`, it must be there."),
    KEY("default", ANY, "The value that the field has where it is left out."),
    KEY("nullable", FLAG, "The field may be `null`; a `null` elsewhere counts as left out."),
    KEY("enum", VALUES, "The values that are allowed, and no others."),
    KEY("max", COUNT, "The most characters of a text, or items of a list."),
    KEY("format", FORMAT, "The form that a text must have."),
    KEY("of", DESCRIPTOR, "The descriptor of a list's items."),
    KEY("fields", SCHEMA, "The fields of an object; without it the object may have any."),
    KEY("label", TEXT, "What the field is, for people."),
    KEY("from_connection", TEXT,
        "The key of the connection in `ladle.yaml` that fills the field in where a step leaves it "
        "out."),
    KEY("engine", FLAG, "The field is for the engine or for `run`, and is not sent."),
    KEY("needs", FLAG_FIELD,
        "The boolean field beside this one that must be true where this one is given."),
    KEY("why", TEXT, "The reason for `needs`, which the message gives."),
    END,
};
static const struct shape DESCRIPTOR = { .kind = SHAPE_TABLE,
                                         .what =
                                             "a descriptor, such as { 'string', optional = true }",
                                         .keys = DESCRIPTOR_KEYS,
                                         .title = "A descriptor" };
static const struct shape SCHEMA = {
    .kind = SHAPE_MAP, .of = &DESCRIPTOR, .max = 256, .scope = ""
};

/* --- dates, custom fields --------------------------------------------------------------------- */

static const struct shape MOMENT = ONE_OF("naive", "day", "epoch_ms", "epoch_s");
static const struct shape MOMENT_MAP = MAP_OF(MOMENT);

static const struct shape_key CUSTOM_FIELDS_KEYS[] = {
    NEEDED("model", TEXT,
           "Which definitions are meant; the connector's function `custom_fields` gets it."),
    NEEDED(
        "at", TEXTS,
        "The paths of the objects in the answer that have `customFields`, such as `contacts[]`."),
    END,
};
static const struct shape CUSTOM_FIELDS =
    TABLE(CUSTOM_FIELDS_KEYS, "operations.NAME.custom_fields");

/* --- operations ------------------------------------------------------------------------------- */

static const struct shape METHOD = ONE_OF("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");
static const struct shape ENCODING = ONE_OF("form", "json");
static const struct shape OUTPUT_AS = ONE_OF("response");
static const struct shape ACCESS = ONE_OF("parent", "any");
static const struct shape GRACE = FROM_TO(0, 60000);
static const struct shape MOST = FROM_TO(2, 500);

static const struct shape_key PROBE_KEYS[] = {
    NEEDED("list", READING_NAME, "The operation whose answer the effect is looked for in."),
    NEEDED("items", TEXT, "The path of the list in its answer."),
    NEEDED("match", SOME_FIELDS,
           "Fields in which an item equals the call, as far as the call gave them."),
    NEEDED("as", TEXT, "The key under which the item stands in the output."),
    KEY("from", FIELD_MAP,
        "Fields of that operation, and the field of the call that each takes its value from."),
    KEY("with", ANY_MAP, "Fields of that operation that always have the same value."),
    KEY("fold", FIELDS, "Those of them that are compared without regard to case."),
    KEY("date", TEXT,
        "The path, in an item, of the moment at which it was made; an item older than the call is "
        "not its effect."),
    KEY("grace_ms", GRACE,
        "How long after the call it is looked for at the earliest, in milliseconds; 5000 without "
        "it."),
    END,
};
static const struct shape PROBE = TABLE(PROBE_KEYS, "operations.NAME.probe");

static const struct shape_key RUN_CONDITION_KEYS[] = {
    NEEDED("map", FIELD, "The field that must be a map."),
    END,
};
static const struct shape RUN_IF_MAP = { .kind = SHAPE_TABLE,
                                         .what = "`{ map = field }`",
                                         .keys = RUN_CONDITION_KEYS,
                                         .title = "operations.NAME.run_when[]" };
static const struct shape RUN_IF_ALL = {
    .kind = SHAPE_LIST, .of = &FIELD, .min = 1, .what = "a list of fields", .otherwise = &RUN_IF_MAP
};
static const struct shape RUN_CONDITION = { .kind = SHAPE_TEXT,
                                            .what = "a field of `input`",
                                            .text_rule = table_names_field,
                                            .otherwise = &RUN_IF_ALL };
static const struct shape RUN_CONDITIONS = LIST_OF(RUN_CONDITION);

static const struct shape CAUSE_VALUES = { .kind = SHAPE_MAP,
                                           .what = "fields with the values that they must have",
                                           .of = &PLAIN,
                                           .map_name = &FIELD };
static const struct shape CAUSE_FIELD = { .kind = SHAPE_TEXT,
                                          .what = "a field of `input`",
                                          .text_rule = table_names_field,
                                          .otherwise = &CAUSE_VALUES };
static const struct shape CAUSE = { .kind = SHAPE_FLAG, .otherwise = &CAUSE_FIELD };
static const struct shape CAUSES = { .kind = SHAPE_MAP, .of = &CAUSE, .map_name = &EVENT_NAME };

static const struct shape STYLE = ONE_OF("offset", "page", "cursor", "token", "start_after");
static const struct shape FIRST_PAGE = FROM_TO(0, COUNT_MAX);

static const struct shape_key PAGES_KEYS[] = {
    NEEDED("items", TEXT, "The path of the list in the answer."),
    KEY("style", STYLE, "The way in which the service parts its answers, for people."),
    KEY("offset", FIELD, "The field that counts the items to skip."),
    KEY("page", FIELD, "The field that counts the pages."),
    KEY("first", FIRST_PAGE, "The number of the first page; 1 without it."),
    KEY("next", BY_FIELD,
        "Fields of the next call, and the path in the answer that each takes its value from."),
    KEY("last", BY_FIELD, "The same with paths in the last item of the page."),
    KEY("size", FIELD, "The field that says how many items a page has."),
    KEY("size_max", COUNT, "The most that `size` may say; pages are asked for with it."),
    KEY("total", TEXT, "The path in the answer of the count of all items."),
    KEY("as_text", FLAG, "The service takes `offset`, `page` and `size` as text."),
    END,
};
static const struct shape PAGES = { .kind = SHAPE_TABLE,
                                    .keys = PAGES_KEYS,
                                    .rule = table_is_pages,
                                    .title = "operations.NAME.pages" };

static const struct shape GIVEN = { .kind = SHAPE_LIST, .of = &TEXT, .min = 1, .max = 3 };
static const struct shape GIVEN_MAP = MAP_OF(GIVEN);

static const struct shape_key ANSWERS_KEYS[] = {
    NEEDED("at", TEXT, "The path of the list that tells of each object."),
    NEEDED("id", TEXT, "The key of its items that names the object."),
    KEY("ok", ANY_MAP, "What an item has where its object was done."),
    KEY("message", TEXT, "The key of its items that says why an object was refused."),
    KEY("gives", GIVEN_MAP,
        "The output of each call: a key, and the item's lists that make it, the first with the "
        "second and without the third."),
    END,
};
static const struct shape ANSWERS = TABLE(ANSWERS_KEYS, "operations.NAME.batch.answers");

static const struct shape_key BATCH_KEYS[] = {
    NEEDED("use", OPERATION_NAME, "The operation that takes many."),
    NEEDED("each", FIELD, "The field that names the object, or the objects, of one call."),
    NEEDED("into", TEXT, "The field of `use` that gets all of them."),
    KEY("same", FIELDS, "Fields that must be equal for calls to go together; they go along."),
    KEY("fixed", ANY_MAP, "Fields of `use` that always have the same value."),
    KEY("most", MOST, "The most objects of one request; 50 without it."),
    KEY("answers", ANSWERS,
        "Where the answer tells of each object; without it the answer lists, under `into`, what "
        "was done."),
    END,
};
static const struct shape BATCH = TABLE(BATCH_KEYS, "operations.NAME.batch");

static const struct shape_key FREE_KEYS[] = {
    NEEDED("url", FIELD, "The field with the URL, or with a path under `base_url`."),
    KEY("url_config", TEXT, "The key of the connection whose URL may be called too."),
    KEY("hosts", TEXTS,
        "Further hosts that may be called, over TLS: `example.com`, `*.example.com`, "
        "`example.com:8443`."),
    KEY("method", FIELD, "The field that says another method."),
    KEY("query", FIELD, "The field whose members go into the query."),
    KEY("headers", FIELD, "The field whose members are headers."),
    KEY("json", FIELD, "The field that is the body, as JSON."),
    KEY("form", FIELD, "The field that is the body, as a form."),
    KEY("text", FIELD, "The field that is the body, as it stands."),
    KEY("wrap", FIELD, "The field with the key under which `json` stands in the body."),
    END,
};
static const struct shape FREE = TABLE(FREE_KEYS, "operations.NAME.free");

static const struct shape STORE_ACTION = ONE_OF("upsert", "delete", "get", "list");
static const struct shape STORE_KIND = ONE_OF("contact", "task", "activity", "submission");

static const struct shape_key STORE_KEYS[] = {
    NEEDED("action", STORE_ACTION, "What is done to the workspace."),
    NEEDED("kind", STORE_KIND, "To which kind of record."),
    KEY("id", FIELD, "The field with the record's id."),
    KEY("contact", FIELD, "The field with the id of the contact that it belongs to."),
    END,
};
static const struct shape STORE = { .kind = SHAPE_TABLE,
                                    .keys = STORE_KEYS,
                                    .rule = table_is_store,
                                    .title = "operations.NAME.store" };

static const struct shape_key OPERATION_KEYS[] = {
    KEY("method", METHOD, "The HTTP method."),
    KEY("path", PATH, "The path under `base_url`; `{field}` is filled in from the input."),
    KEY("summary", TEXT, "What it does, in one line for people."),
    KEY("input", SCHEMA,
        "The fields that it takes: name and descriptor. Without it anything goes in."),
    KEY("output", SCHEMA,
        "The fields of its answer; one that lacks a field that is not optional is an error of the "
        "kind `protocol`."),
    KEY("returns", DESCRIPTOR, "For people: the descriptor of an answer that is no object."),
    KEY("scopes", TEXTS, "The scopes that a token needs for it."),
    KEY("success", HTTP_STATUS, "For people: the usual status. Every 2xx counts as success."),
    KEY("deprecated", TEXT, "For people: what to use instead."),
    KEY("unsupported", TEXT, "Why it is listed and cannot be called."),
    KEY("core", FLAG, "For people: it is one of the core set."),
    KEY("access", ACCESS,
        "Which tokens it takes: that of an account's parent, or any; that of an account without "
        "it."),
    KEY("oauth_only", FLAG, "It takes no private integration token."),
    KEY("query", FIELDS,
        "Fields that go into the query. The others of POST, PUT and PATCH make the body."),
    KEY("joined", FIELDS,
        "Lists of the query that go as one text with commas; others are repeated, item by item."),
    KEY("body", FIELDS, "The fields of the body, for methods that have none by themselves."),
    KEY("body_as", FIELD, "The field that is the whole JSON body by itself."),
    KEY("encoding", ENCODING, "How the body is written; as JSON without it."),
    KEY("headers", PLAIN_MAP, "Headers of this operation, beside those of the connector."),
    KEY("timeout_ms", MILLISECONDS,
        "How long one call may take, in milliseconds, where the step says nothing."),
    KEY("one_of", FIELDS, "Fields of which at least one must be given."),
    KEY("idempotent", FLAG,
        "Whether repeating it does no harm. GET, PUT and DELETE are unless it says `false`; POST "
        "and PATCH are not unless it says `true`."),
    KEY("idempotent_when", FLAG_FIELD,
        "A boolean field that makes the call safe to repeat where it is true."),
    KEY("idempotent_unless", FLAG_FIELD,
        "A boolean field that makes the call unsafe to repeat where it is true."),
    KEY("idempotency_header", TEXT, "The header in which a key goes that is the same in each try."),
    KEY("probe", PROBE, "How to look for an effect of unknown outcome."),
    KEY("when_missing", ANY_MAP, "The output where the answer is 404, which then is no error."),
    KEY("when_conflict", ANY_MAP, "The output where the answer is 409, which then is no error."),
    KEY("output_as", OUTPUT_AS,
        "The output is `status`, `headers` and `body` of the answer, whatever it is."),
    KEY("also", TEXT_MAP,
        "Second spellings: `{ ours = 'theirs' }` makes the answer's field `theirs` stand under "
        "`ours` too."),
    KEY("dates", MOMENT_MAP, "Dates of the answer that are not RFC 3339, by their path."),
    KEY("custom_fields", CUSTOM_FIELDS,
        "Where the answer has custom fields that `custom_fields: names` gives names."),
    KEY("pages", PAGES,
        "How its answers come in pages. Where it is left out and the fields have usual names, "
        "those say it."),
    KEY("cache_ms", MILLISECONDS,
        "How many milliseconds an answer may serve others who ask the same of the same account; "
        "only for what reads."),
    KEY("batch", BATCH,
        "How calls that wait for the limit and want the same go as one; only for what may be "
        "repeated."),
    KEY("causes", CAUSES,
        "The events that a call brings, where the names do not say it (`create_note` brings "
        "`note_created`): always, where a field is given, or where fields have these values. By "
        "this a recipe is found that answers its own effect."),
    KEY("run", FUNCTION, "Does what one call cannot: `run(ctx, input)` gives the output."),
    KEY("run_when", RUN_CONDITIONS,
        "When `run` is used: one of these fits the input. Without it always."),
    KEY("free", FREE, "The call's URL, query, headers and body come from its input."),
    KEY("store", STORE, "Of `records` only: what it does to the workspace."),
    END,
};
static const struct shape OPERATION = { .kind = SHAPE_TABLE,
                                        .keys = OPERATION_KEYS,
                                        .scope = "input",
                                        .rule = table_is_operation,
                                        .title = "operations.NAME" };
static const struct shape OPERATIONS = MAP_OF(OPERATION);

/* --- events ----------------------------------------------------------------------------------- */

static const struct shape_key CONDITION_KEYS[] = {
    NEEDED("field", TEXT, "The path of the field in the event."),
    KEY("has", TEXT,
        "Holds where the field, a text or a list, shares an item with this setting, a list."),
    KEY("is", TEXT, "Holds where the field is a text of this setting, a list."),
    KEY("missing", TEXT, "Holds where the field is empty and this setting is true."),
    END,
};
static const struct shape CONDITION = { .kind = SHAPE_TABLE,
                                        .keys = CONDITION_KEYS,
                                        .rule = table_is_condition,
                                        .title = "events.NAME.any[]" };
static const struct shape CONDITIONS = LIST_OF(CONDITION);

static const struct shape_key EVENT_KEYS[] = {
    KEY("type", TEXT, "What the service calls it."),
    KEY("types", TEXTS, "The same, where the service has several names for it."),
    KEY("summary", TEXT, "What happened, in one line for people."),
    KEY("sample", TEXT,
        "The file of a sample, `samples/CONNECTOR/EVENT.json`, under `connectors/`."),
    KEY("scopes", TEXTS, "The scopes that a token needs for the event to come."),
    KEY("of", EVENT_NAME, "The event that this one is derived from."),
    KEY("any", CONDITIONS, "What makes an event of `of` one of this kind: one of these holds."),
    KEY("defaults", ANY_MAP,
        "The settings that `any` speaks of, where the connection does not have them."),
    KEY("internal", FLAG, "It comes from the engine's own store, not through a webhook."),
    KEY("fields", SCHEMA,
        "What its payload has: `ladle check` warns of `event.x` that neither it nor the sample "
        "has."),
    KEY("required", TEXTS, "For people: the fields that every payload has."),
    KEY("note", TEXT, "For people: what else there is to know."),
    KEY("core", FLAG, "For people: it is one of the core set."),
    END,
};
static const struct shape EVENT = {
    .kind = SHAPE_TABLE, .keys = EVENT_KEYS, .rule = table_is_event, .title = "events.NAME"
};
static const struct shape EVENTS = MAP_OF(EVENT);

static const struct shape_key WAY_KEYS[] = {
    NEEDED("fields", TEXTS, "The fields of the event that this brings in."),
    NEEDED("use", OPERATION_NAME, "The operation that has them."),
    KEY("with", TEXT_MAP, "Its fields, and the field of the event that each takes its value from."),
    KEY("fixed", ANY_MAP, "Its fields that always have the same value."),
    KEY("item", TEXT, "The key of the answer under which the record stands."),
    KEY("items", TEXT, "The key of the answer under which a list of records stands."),
    KEY("match", TEXT_MAP,
        "Which of `items` it is: a field of the record, and the field of the event that it "
        "equals."),
    END,
};
static const struct shape WAY = {
    .kind = SHAPE_TABLE, .keys = WAY_KEYS, .rule = table_is_way, .title = "prepare.NAME.hydrate[]"
};
static const struct shape WAYS = LIST_OF(WAY);

static const struct shape_key MODEL_KEYS[] = {
    NEEDED("model", TEXT,
           "Which definitions are meant; the connector's function `custom_fields` gets it."),
    END,
};
static const struct shape MODEL = TABLE(MODEL_KEYS, "prepare.NAME.custom_fields");

static const struct shape_key PREPARE_KEYS[] = {
    KEY("hydrate", WAYS,
        "Ways to fetch fields that the service left out; only what a recipe's steps name is "
        "fetched."),
    KEY("dates", MOMENT_MAP, "Dates of the payload that are not RFC 3339, by their path."),
    KEY("custom_fields", MODEL, "The payload's `customFields` get names, as `event.custom`."),
    END,
};
static const struct shape PREPARE = TABLE(PREPARE_KEYS, "prepare.NAME");
static const struct shape PREPARES = { .kind = SHAPE_MAP, .of = &PREPARE, .map_name = &EVENT_NAME };

/* --- webhooks --------------------------------------------------------------------------------- */

static const struct shape SCHEME = ONE_OF("none", "token", "basic", "hmac_sha1", "hmac_sha256",
                                          "hmac_sha512", "ed25519", "rsa_sha256");
static const struct shape SIGNATURE_ENCODING = ONE_OF("hex", "base64");
static const struct shape SECRET_ENCODING = ONE_OF("base64");
static const struct shape CONTENT = ONE_OF("json", "form", "any");

static const struct shape_key PLACE_KEYS[] = {
    NEEDED("header", TEXT, "The header that it stands in."),
    KEY("split", CHARACTER, "The character that parts several values of the header."),
    KEY("prefix", TEXT, "What the value begins with."),
    END,
};
static const struct shape PLACE = TABLE(PLACE_KEYS, "webhook.verify[].timestamp");

static const struct shape_key RULE_KEYS[] = {
    NEEDED("kind", SCHEME, "What proves who sent a delivery."),
    KEY("header", TEXT, "The header with the signature or the token."),
    KEY("split", CHARACTER,
        "The character that parts several values of the header; one that fits is enough."),
    KEY("prefix", TEXT, "What a value begins with; values without it do not count."),
    KEY("encoding", SIGNATURE_ENCODING,
        "How the signature is written; an HMAC in hex and others in base64 without it."),
    KEY("keys", TEXTS,
        "Public keys, as PEM texts; a connection's `webhook.public_keys` replace them."),
    KEY("key_prefix", TEXT, "Public keys can be written behind this text, as 32 bytes in base64."),
    KEY("signed", TEXT,
        "The text that is signed: `{body}`, `{id}`, `{timestamp}`, `{url}`, `{form}`, and what "
        "stands between them. Without it the body."),
    KEY("id", PLACE, "Where the delivery's id stands."),
    KEY("timestamp", PLACE, "Where the time of signing stands."),
    KEY("tolerance", TEXT,
        "How far the timestamp may be from now, such as `5 minutes`; only for senders that sign "
        "each repeat anew."),
    KEY("body_digest", TEXT, "The field of the query with the SHA-256 of a body that is no form."),
    KEY("user", TEXT, "The user name of `basic`."),
    KEY("secret_prefix", TEXT, "What a secret begins with and is not part of the key."),
    KEY("secret_encoding", SECRET_ENCODING, "How a secret is written, where it stands for bytes."),
    KEY("secret_min", COUNT, "The least length of a secret, in characters."),
    KEY("switch", TEXT,
        "The rule counts only where the connection's `webhook` has this key as `true`."),
    END,
};
static const struct shape RULE = TABLE(RULE_KEYS, "webhook.verify[]");
static const struct shape RULES = { .kind = SHAPE_LIST, .of = &RULE, .min = 1 };
static const struct shape VERIFY = { .kind = SHAPE_TEXT,
                                     .words = WORDS("config"),
                                     .otherwise = &RULES };

static const struct shape_key SPOT_KEYS[] = {
    KEY("header", TEXT, "The header that it stands in."),
    KEY("field", TEXT, "The path in the body that it stands at."),
    END,
};
static const struct shape SPOT = TABLE(SPOT_KEYS, "webhook.schemes.NAME.type");
static const struct shape SPOTS = LIST_OF(SPOT);

static const struct shape_key CHALLENGE_KEYS[] = {
    NEEDED("field", TEXT, "The path in the body that tells a challenge."),
    NEEDED("is", TEXT, "What stands there."),
    NEEDED("answer", TEXT, "The path of the text that is sent back."),
    END,
};
static const struct shape CHALLENGE = TABLE(CHALLENGE_KEYS, "webhook.schemes.NAME.challenge");

static const struct shape_key ANSWER_KEYS[] = {
    NEEDED("status", HTTP_STATUS, "The status."),
    KEY("content_type", TEXT, "The type of the body."),
    KEY("body", TEXT, "The body."),
    END,
};
static const struct shape SENDERS_ANSWER = TABLE(ANSWER_KEYS, "webhook.schemes.NAME.answer");

static const struct shape SETTING =
    ONE_OF("header", "prefix", "encoding", "signed", "timestamp", "tolerance", "user");
static const struct shape SETTING_LIST = LIST_OF(SETTING);

static const struct shape_key PRESET_KEYS[] = {
    NEEDED("rules", RULES,
           "Any one that fits is enough; one whose secret or key the connection does not have is "
           "left out."),
    KEY("summary", TEXT, "Whose way it is, for people."),
    KEY("docs", TEXT, "The address of its description, for people."),
    KEY("takes", SETTING_LIST, "Keys of the connection that change the rules."),
    KEY("needs", SETTING_LIST, "Those that a connection must have."),
    KEY("dedupe", SPOTS, "Where the id stands that tells a delivery from its repeats."),
    KEY("type", SPOT, "Where the event's type stands, which recipes see as `meta.event_type`."),
    KEY("challenge", CHALLENGE, "How the sender tries out an address."),
    KEY("answer", SENDERS_ANSWER, "What the sender wants to read, where our JSON would be wrong."),
    END,
};
static const struct shape PRESET = TABLE(PRESET_KEYS, "webhook.schemes.NAME");
static const struct shape PRESETS = MAP_OF(PRESET);

static const struct shape_key INSTALLS_KEYS[] = {
    NEEDED("add", TEXT, "The type by which an account comes."),
    NEEDED("remove", TEXT, "The type by which it goes."),
    END,
};
static const struct shape INSTALLS = TABLE(INSTALLS_KEYS, "webhook.installs");

static const struct shape_key WEBHOOK_KEYS[] = {
    NEEDED("verify", VERIFY,
           "Who may send: any rule that fits is enough. `config`: the connection chooses a preset "
           "by its own `verify`."),
    KEY("content", CONTENT,
        "How the body is read: `any` goes by its content type. As JSON without it."),
    KEY("type", TEXT, "The path in the body of the event's type."),
    KEY("event", EVENT_NAME, "The one event that all deliveries are."),
    KEY("dedupe", TEXTS,
        "The paths in the body of the id that tells a delivery from its repeats: the first that is "
        "there counts, else a hash of the body."),
    KEY("dedupe_config", TEXT, "The key of the connection that lists those paths."),
    KEY("verify_default", TEXT, "The preset that holds where the connection says none."),
    KEY("account", TEXT, "The path in the body of the account that a delivery is for."),
    KEY("account_else", TEXT, "The same, for deliveries that name it elsewhere."),
    KEY("account_config", TEXT,
        "The key of the connection that names its account; a delivery for another starts nothing."),
    KEY("parent", TEXT, "The path in the body of the account's parent."),
    KEY("app", TEXT, "The path in the body of the app that the delivery is for."),
    KEY("installs", INSTALLS,
        "The types of deliveries that say that the app was installed in an account, or removed."),
    KEY("schemes", PRESETS,
        "The presets for `config`. The engine puts those of `lib/signatures.lua` here."),
    END,
};
static const struct shape WEBHOOK = {
    .kind = SHAPE_TABLE, .keys = WEBHOOK_KEYS, .rule = table_is_webhook, .title = "webhook"
};

/* --- authorisation ---------------------------------------------------------------------------- */

static const struct shape AUTH_KIND = ONE_OF("oauth", "token", "none");
static const struct shape AUTH_KIND_LIST = LIST_OF(AUTH_KIND);
static const struct shape CLIENT = ONE_OF("body", "basic", "none");
static const struct shape GRANT = ONE_OF("authorization_code", "client_credentials");
static const struct shape PKCE = ONE_OF("S256", "none");
static const struct shape AUTH;

static const struct shape_key PARAMS_KEYS[] = {
    KEY("authorize", PLAIN_MAP, "Those of the link that a person opens."),
    KEY("token", PLAIN_MAP, "Those that go with a code or with client credentials."),
    KEY("refresh", PLAIN_MAP, "Those that go with a refresh token."),
    END,
};
static const struct shape PARAMS = TABLE(PARAMS_KEYS, "auth.params");

static const struct shape_key TOKEN_ANSWER_KEYS[] = {
    KEY("access", TEXT, "The path of the access token; `access_token` without it."),
    KEY("refresh", TEXT, "The path of the refresh token; `refresh_token` without it."),
    KEY("expires_in", TEXT, "The path of the lifetime in seconds; `expires_in` without it."),
    KEY("scope", TEXT, "The path of the granted scopes; `scope` without it."),
    KEY("error", TEXT, "The path of a refusal's code; `error` without it."),
    KEY("error_description", TEXT,
        "The path of a refusal's words; `error_description` without it."),
    END,
};
static const struct shape TOKEN_ANSWER = TABLE(TOKEN_ANSWER_KEYS, "auth.answer");

static const struct shape_key ACCOUNTS_KEYS[] = {
    NEEDED("name", TEXT,
           "What an account is called: the key of a connection that is for one account, the key "
           "of `meta`, and the word in messages."),
    KEY("parent", TEXT,
        "What stands for many accounts is called: the key of a connection that is for all of its "
        "accounts, and the word in messages."),
    KEY("parent_auth", AUTH, "The keys of `auth` that are others for the parent's own token."),
    KEY("exchange", OPERATION,
        "The operation that gives an account's token for the parent's; `field` is one of its "
        "input."),
    KEY("field", TEXT,
        "The field that names the account: in the input of `exchange`, and where a step says "
        "another account than the event's."),
    END,
};
static const struct shape ACCOUNTS = { .kind = SHAPE_TABLE,
                                       .keys = ACCOUNTS_KEYS,
                                       .rule = table_is_accounts,
                                       .title = "auth.accounts" };

static const struct shape_key AUTH_KEYS[] = {
    KEY("kinds", AUTH_KIND_LIST, "The ways in which a connection may be authorised."),
    KEY("header", TEXT, "The header that the token goes into; `Authorization` without it."),
    KEY("header_config", TEXT, "The key of the connection that may say another header."),
    KEY("scheme", TEXT, "The word before the token, such as `Bearer`."),
    KEY("stale", STATUSES,
        "Statuses that mean, after a call that carried an OAuth token, that it has to be renewed, "
        "whatever `classify` makes of them."),
    KEY("grant", GRANT,
        "Who authorises it: a person (`authorization_code`, which holds without it), or the engine "
        "by itself."),
    KEY("authorize_url", TEXT, "The URL that a person opens; a path is taken from `base_url`."),
    KEY("white_label_url", TEXT,
        "The same under a neutral name, for `ladle connect --white-label`."),
    KEY("token_url", TEXT, "The URL that tokens come from; a path is taken from `base_url`."),
    KEY("client", CLIENT,
        "Where client id and secret go; `none` is a public client, which has no secret."),
    KEY("encoding", ENCODING, "How token requests are written."),
    KEY("scopes", TEXTS, "The scopes that are asked for."),
    KEY("scope_separator", TEXT, "What parts them; a space without it."),
    KEY("pkce", PKCE, "Whether a code can only be exchanged by who asked for it (RFC 7636)."),
    KEY("fields", PLAIN_MAP, "Further parameters of each token request."),
    KEY("params", PARAMS, "Further parameters by request."),
    KEY("answer", TOKEN_ANSWER, "Paths in the answer where they are not those of RFC 6749."),
    KEY("issuer", TEXT,
        "What the service names itself in the callback (RFC 9207); one that names another, or "
        "none, is refused."),
    KEY("account", TEXT,
        "The path in the answer of the account; a token of another account than the connection's "
        "is refused."),
    KEY("suspended", TEXTS,
        "Parts of a refusal's words, in any case, that mean a state which passes by itself: the "
        "connection is tried again, not broken."),
    KEY("accounts", ACCOUNTS,
        "The accounts that the service has, and their parents: one authorisation for many "
        "accounts."),
    END,
};
static const struct shape AUTH = TABLE(AUTH_KEYS, "auth");

/* --- limits, answers -------------------------------------------------------------------------- */

static const struct shape REQUESTS = FROM_TO(1, 100000000);
static const struct shape PER_MS = FROM_TO(1, 31LL * 86400000);

static const struct shape_key LIMIT_KEYS[] = {
    NEEDED("requests", REQUESTS, "How many calls the window takes."),
    NEEDED("per_ms", PER_MS, "The length of the window in milliseconds, at most 31 days."),
    END,
};
static const struct shape LIMIT = TABLE(LIMIT_KEYS, "limits[]");
static const struct shape LIMITS = { .kind = SHAPE_LIST, .of = &LIMIT, .max = 4 };

static const struct shape_key RATE_HEADERS_KEYS[] = {
    KEY("max", TEXT, "The header with the calls that the short window takes."),
    KEY("remaining", TEXT, "The header with the calls that are left in it."),
    KEY("interval_ms", TEXT, "The header with its length in milliseconds."),
    KEY("daily_max", TEXT, "The header with the calls that a day takes."),
    KEY("daily_remaining", TEXT, "The header with the calls that are left of the day."),
    KEY("daily_reset_ms", TEXT, "The header with the milliseconds until the day ends."),
    END,
};
static const struct shape RATE_HEADERS = TABLE(RATE_HEADERS_KEYS, "rate_headers");

static const struct shape ERROR_KIND = ONE_OF(
    "invalid", "too_large", "not_found", "conflict", "duplicate", "config", "store", "store_full",
    "io", "unreachable", "tls", "timeout", "unknown", "protocol", "unavailable", "rate_limited",
    "expired", "auth", "forbidden", "script", "budget", "memory", "cancelled", "internal");

static const struct shape_key CLASSIFY_KEYS[] = {
    NEEDED("kind", ERROR_KIND, "The kind of error that the answer is."),
    KEY("status", STATUS_OR_MORE, "Fits an answer with this status, or one of these."),
    KEY("message", TEXT, "Fits where the service's message has this text in it, in any case."),
    KEY("has", TEXT, "Fits where the body has something at this path."),
    KEY("detail", TEXT, "The path in the body of the id of what is there already."),
    KEY("scopes", FLAG, "The message names the scopes that the operation needs."),
    KEY("say", TEXT, "A sentence for the person who reads the error."),
    END,
};
static const struct shape CLASSIFY_RULE = TABLE(CLASSIFY_KEYS, "classify[]");
static const struct shape CLASSIFY = LIST_OF(CLASSIFY_RULE);

/* --- the whole -------------------------------------------------------------------------------- */

static const struct shape NETWORK = ONE_OF("strict");

static const struct shape_key CONNECTOR_KEYS[] = {
    NEEDED("name", TEXT, "The connector's name, which is that of its file."),
    KEY("title", TEXT, "Its name for people."),
    KEY("base_url", TEXT, "The URL under which paths are; a connection may give its own."),
    KEY("headers", PLAIN_MAP, "Headers that go with every call."),
    KEY("operations", OPERATIONS, "The actions, by the name that recipes use."),
    KEY("events", EVENTS, "The triggers, by the name that recipes use."),
    KEY("prepare", PREPARES, "What is done to an event before the steps see it, by its name."),
    KEY("auth", AUTH, "How a connection is authorised."),
    KEY("limits", LIMITS, "Windows of time, and how many calls the service takes in any of each."),
    KEY("rate_headers", RATE_HEADERS, "Headers of the answer that tell how many calls are left."),
    KEY("classify", CLASSIFY,
        "What an answer means that is no success: the first rule that fits names its kind."),
    KEY("webhook", WEBHOOK,
        "How deliveries are read and verified; without it the connector takes none."),
    KEY("config", SCHEMA,
        "The keys that a connection may have in `ladle.yaml`, beside those that all have."),
    KEY("areas", FLAG, "Further operations and events stand in the folder beside the file."),
    KEY("network", NETWORK,
        "Private and loopback addresses are refused unless the connection says `allow_private: "
        "true`."),
    KEY("receive", FUNCTION,
        "Reads deliveries whose shape data cannot describe: `receive(body, content_type)`."),
    KEY("zone", FUNCTION,
        "Gives the time zone that `naive` dates and days are meant in: `zone(ctx, account)`."),
    KEY("custom_fields", FUNCTION,
        "Gives what reads custom fields: `custom_fields(ctx, account, model)`."),
    END,
};
static const struct shape CONNECTOR = TABLE(CONNECTOR_KEYS, "The table");

static const struct shape TRUE_MAP = MAP_OF(FLAG);

static const struct shape_key INDEX_KEYS[] = {
    NEEDED("operations", TEXT_MAP, "The name of each operation, and the file that has it."),
    KEY("events", EVENTS, "Events, as in the connector's own table."),
    KEY("core", TRUE_MAP, "The operations of the core set, for people: `{ name = true }`."),
    END,
};
static const struct shape INDEX = TABLE(INDEX_KEYS, "index.lua");

static const struct shape_key AREA_KEYS[] = {
    NEEDED("operations", OPERATIONS,
           "Operations, as in the connector's own table. Their `output` is what the vendor "
           "documents: an answer is not held against it."),
    END,
};
static const struct shape AREA = TABLE(AREA_KEYS, "AREA.lua");

static const struct shape SCHEMAS = MAP_OF(SCHEMA);
static const struct shape_key PAYLOADS_KEYS[] = {
    NEEDED("events", SCHEMAS, "What the payload of each event has, for people."),
    END,
};
static const struct shape PAYLOADS = TABLE(PAYLOADS_KEYS, "events.lua");

static const struct shape_key ACTION_KEYS[] = {
    NEEDED("name", TEXT, "The action's name, which is that of its file."),
    NEEDED("run", FUNCTION, "Does it: `run(ctx, input)` gives the step's result."),
    KEY("summary", TEXT, "What it does, in one line for people."),
    KEY("input", SCHEMA, "What `with` gives: field and descriptor. Without it anything goes in."),
    KEY("output", SCHEMA,
        "What comes out: `ladle check` warns of `steps.NAME.x` that it does not have. What `run` "
        "returns is not held against it."),
    END,
};
static const struct shape ACTION = TABLE(ACTION_KEYS, "The table of an action");

const struct shape *connector_shape(void)
{
    return &CONNECTOR;
}

const struct shape *connector_part_shape(const char *file)
{
    return strcmp(file, "index") == 0 ? &INDEX : strcmp(file, "events") == 0 ? &PAYLOADS : &AREA;
}

const struct shape *action_shape(void)
{
    return &ACTION;
}
