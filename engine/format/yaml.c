/*
 * Reads YAML into a tree of raw scalars with their places, from libyaml's events. What makes YAML
 * surprising is refused with a message that says what to write instead; types are left to whoever
 * knows the schema. The tree is built without recursion on a stack of open collections, whose size
 * is the depth limit. A refused key takes its value with it to `trash`, so that the rest of the
 * file is still checked; only a syntax error ends the reading. The caller owns the tree. One parse
 * per thread.
 */
#include "format/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { NODES_MAX = 100000 /* about 20 MB of nodes; a recipe has hundreds */ };

static const char bom[] = "\xef\xbb\xbf";

/* A list or map that is not closed yet. */
struct frame {
    struct yaml *node;
    size_t cap;        /* of node->items and node->keys */
    struct map *seen;  /* a map's keys so far */
    struct yaml *key;  /* owned; NULL where it was refused */
    bool awaits_value; /* the key has been read */
};

struct parse {
    const char *text;
    size_t len;
    struct diags *d;
    struct yaml *root;
    struct yaml trash; /* a list of what no tree holds */
    size_t trash_cap;
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
    size_t documents;
    /* Where the last mark was found in the text, so that the next look-up goes on from there. */
    int mark_line;
    int mark_column;
    size_t mark_at;
};

/* --- places --- */

/* The byte behind this character of the file; line and column from 0. */
static size_t byte_at(struct parse *p, size_t line, size_t column)
{
    int want_line = (int)line;
    int want_column = (int)column;
    if (want_line < p->mark_line || (want_line == p->mark_line && want_column < p->mark_column)) {
        p->mark_line = p->mark_column = 0;
        p->mark_at = 0;
    }
    while (p->mark_at < p->len && p->mark_line < want_line) {
        p->mark_line += p->text[p->mark_at] == '\n';
        p->mark_column = 0;
        p->mark_at++;
    }
    while (p->mark_at < p->len && p->mark_column < want_column && p->text[p->mark_at] != '\n') {
        p->mark_at += utf8_char(p->text + p->mark_at, p->len - p->mark_at);
        p->mark_column++;
    }
    return p->mark_at;
}

static char char_at_mark(struct parse *p, yaml_mark_t mark)
{
    size_t at = byte_at(p, mark.line, mark.column);
    return at < p->len ? p->text[at] : '\0';
}

/* Whether a comment stands behind the mark on its line. */
static bool is_before_comment(struct parse *p, yaml_mark_t end)
{
    size_t at = byte_at(p, end.line, end.column);
    size_t first = at;
    while (at < p->len && (p->text[at] == ' ' || p->text[at] == '\t')) {
        at++;
    }
    return at > first && at < p->len && p->text[at] == '#';
}

static bool line_holds(struct parse *p, size_t line, const char *needle)
{
    size_t start = byte_at(p, line, 0);
    const char *stop = memchr(p->text + start, '\n', p->len - start);
    size_t len = stop != NULL ? (size_t)(stop - p->text) - start : p->len - start;
    return memmem(p->text + start, len, needle, strlen(needle)) != NULL;
}

#define REFUSE(p, mark, hint, ...)                                                                 \
    diags_add((p)->d, (int)(mark).line + 1, (int)(mark).column + 1, hint, __VA_ARGS__)

/* --- the text before libyaml sees it --- */

/* Why a character has no place in a file, or NULL. What libyaml takes for the end of a line but
 * editors do not would make all later line numbers wrong. */
static const char *char_problem(const unsigned char *c, size_t n, bool is_before_newline)
{
    if (n == 0) {
        return "this is not UTF-8 text";
    }
    if (n == 1 && c[0] == '\r') {
        return is_before_newline ? NULL : "a carriage return stands alone";
    }
    if (n == 1 && (c[0] == '\n' || c[0] == '\t')) {
        return NULL;
    }
    if (utf8_is_control((const char *)c, n)) {
        return "a control character has no place here";
    }
    if (n == 3 && c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9)) {
        return "an invisible line separator has no place here";
    }
    if (n == 3 && ((c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf) ||
                   (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe))) {
        return "an invisible character has no place here";
    }
    return NULL;
}

static int check_utf8(struct parse *p)
{
    int line = 1;
    int column = 1;
    for (size_t at = 0; at < p->len; column++) {
        size_t n = utf8_char(p->text + at, p->len - at);
        bool is_before_newline = at + 1 < p->len && p->text[at + 1] == '\n';
        const unsigned char *c = (const unsigned char *)p->text + at;
        const char *problem = char_problem(c, n, is_before_newline);
        if (problem != NULL) {
            diags_add(
                p->d, line, column,
                "save the file as UTF-8 text; in double quotes \\x1b or \\u2028 can be written",
                "%s", problem);
            return -1;
        }
        if (*c == '\n') {
            line++;
            column = 0;
        }
        at += n;
    }
    return 0;
}

/* --- nodes --- */

static void grow(struct yaml *node, size_t *cap)
{
    if (node->count < *cap) {
        return;
    }
    *cap = *cap == 0 ? 4 : *cap * 2;
    node->items = xrealloc(node->items, *cap * sizeof(*node->items));
    if (node->kind == YAML_MAP) {
        node->keys = xrealloc(node->keys, *cap * sizeof(*node->keys));
    }
}

static void throw_away(struct parse *p, struct yaml *node)
{
    grow(&p->trash, &p->trash_cap);
    p->trash.items[p->trash.count++] = node;
}

/* The key that the map takes; NULL where it is refused, and then the node is in the trash. */
static struct yaml *accept_key(struct parse *p, struct frame *f, struct yaml *key)
{
    if (key->kind != YAML_SCALAR) {
        diags_add(p->d, key->line, key->column,
                  key->kind == YAML_MAP
                      ? "there is no `{{ }}` here: a value is written as ${…}; a text that begins "
                        "with { or [ must be in quotes"
                      : "a text that begins with { or [ must be in quotes",
                  "a key must be a text");
        throw_away(p, key);
        return NULL;
    }
    const struct yaml *first = map_get(f->seen, key->text);
    if (first != NULL) {
        diags_add(p->d, key->line, key->column, "remove one of them",
                  "the key \"%.80s\" is here already, in line %d", key->text, first->line);
        throw_away(p, key);
        return NULL;
    }
    (void)map_put(f->seen, key->text, key); /* was absent */
    return key;
}

static void add_to_map(struct parse *p, struct frame *f, struct yaml *node)
{
    if (!f->awaits_value) {
        f->key = accept_key(p, f, node);
        f->awaits_value = true;
        return;
    }
    f->awaits_value = false;
    if (f->key == NULL) {
        throw_away(p, node);
        return;
    }
    grow(f->node, &f->cap);
    f->node->keys[f->node->count] = f->key;
    f->node->items[f->node->count++] = node;
    f->key = NULL;
}

/* Hands a node to whatever is open; from then on it is owned by the tree or the trash. */
static void add_node(struct parse *p, struct yaml *node)
{
    if (p->depth == 0) {
        p->root = node;
        return;
    }
    struct frame *f = &p->frames[p->depth - 1];
    if (f->node->kind == YAML_MAP) {
        add_to_map(p, f, node);
        return;
    }
    grow(f->node, &f->cap);
    f->node->items[f->node->count++] = node;
}

/* NULL where the file has too many. */
static struct yaml *node_new(struct parse *p, enum yaml_kind kind, yaml_mark_t mark)
{
    if (++p->nodes > NODES_MAX) {
        REFUSE(p, mark, "divide it into several files", "the file has more than %d values",
               NODES_MAX);
        return NULL;
    }
    struct yaml *node = xcalloc(1, sizeof(*node));
    node->kind = kind;
    node->line = (int)mark.line + 1;
    node->column = (int)mark.column + 1;
    return node;
}

/* --- events --- */

static void refuse_properties(struct parse *p, yaml_mark_t mark, const yaml_char_t *anchor,
                              const yaml_char_t *tag)
{
    if (anchor != NULL) {
        REFUSE(p, mark, "a text that begins with & must be in quotes",
               "anchors such as &%.40s are not used here", (const char *)anchor);
    }
    if (tag != NULL) {
        REFUSE(p, mark, "a text that begins with ! must be in quotes",
               "tags such as ! or !!str are not used here");
    }
}

/* 0, or -1 where reading cannot go on. */
static int on_scalar(struct parse *p, const yaml_event_t *event)
{
    struct yaml *node = node_new(p, YAML_SCALAR, event->start_mark);
    if (node == NULL) {
        return -1;
    }
    refuse_properties(p, event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);
    const char *value = (const char *)event->data.scalar.value;
    node->len = strnlen(value, event->data.scalar.length);
    node->text = xstrndup(value, node->len);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->is_cut_by_comment = node->is_plain && is_before_comment(p, event->end_mark);
    if (node->len != event->data.scalar.length) {
        REFUSE(p, event->start_mark, "remove the \\0", "a text may not hold the character NUL");
    }
    add_node(p, node);
    return 0;
}

/* An alias stands for nothing here; an empty text takes its place in the tree. */
static int on_alias(struct parse *p, const yaml_event_t *event)
{
    struct yaml *node = node_new(p, YAML_SCALAR, event->start_mark);
    if (node == NULL) {
        return -1;
    }
    REFUSE(p, event->start_mark, "a text that begins with * must be in quotes",
           "aliases such as *%.40s are not used here", (const char *)event->data.alias.anchor);
    node->text = xstrdup("");
    add_node(p, node);
    return 0;
}

static int on_start(struct parse *p, enum yaml_kind kind, const yaml_event_t *event)
{
    if (p->depth == YAML_DEPTH_MAX) {
        REFUSE(p, event->start_mark, NULL, "this is nested more than %d levels deep",
               YAML_DEPTH_MAX);
        return -1;
    }
    struct yaml *node = node_new(p, kind, event->start_mark);
    if (node == NULL) {
        return -1;
    }
    if (kind == YAML_MAP) {
        refuse_properties(p, event->start_mark, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
    } else {
        refuse_properties(p, event->start_mark, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
    }
    add_node(p, node);
    p->frames[p->depth++] =
        (struct frame){ .node = node, .seen = kind == YAML_MAP ? map_new() : NULL };
    return 0;
}

static void on_end(struct parse *p)
{
    assert(p->depth > 0);
    struct frame *f = &p->frames[--p->depth];
    map_free(f->seen, NULL);
    yaml_tree_free(f->key);
}

static int on_document(struct parse *p, const yaml_event_t *event)
{
    if (++p->documents > 1) {
        REFUSE(p, event->start_mark, "put it into a file of its own and remove the line ---",
               "a file holds one document, and here a second one begins");
        return -1;
    }
    return 0;
}

static int on_event(struct parse *p, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(p, event);
    case YAML_ALIAS_EVENT:
        return on_alias(p, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(p, YAML_LIST, event);
    case YAML_MAPPING_START_EVENT:
        return on_start(p, YAML_MAP, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_end(p);
        return 0;
    case YAML_DOCUMENT_START_EVENT:
        return on_document(p, event);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return 0;
    }
    return 0;
}

/* --- syntax errors --- */

/* What libyaml says, and what that means to someone who writes a recipe. */
static const struct advice {
    const char *problem;
    const char *message;
    const char *hint;
    bool is_at_context; /* the place to look at is where the thing began */
} advices[] = {
    { "mapping values are not allowed in this context", "a \": \" stands where none can be",
      "put a text that holds \": \" in quotes, or check how far this line and the ones above are "
      "indented",
      false },
    { "block sequence entries are not allowed in this context", "a list begins where none can be",
      "put the \"- \" on a line of its own, indented", false },
    { "mapping keys are not allowed in this context", "a key begins where none can be",
      "put a text that begins with \"? \" in quotes", false },
    { "could not find expected ':'", "a key without \": \" behind it",
      "write key: value; a text over several lines begins with | or is in quotes", true },
    { "found unexpected end of stream", "a quote is not closed", "close it with the same quote",
      true },
    { "found unexpected document indicator", "a quote is not closed",
      "close it with the same quote", true },
    { "found unknown escape character", "a backslash in double quotes begins no known escape",
      "write \\\\ for a backslash, or use single quotes, where it means itself", false },
    { "did not find expected key", "this line does not fit to the ones above",
      "indent it like the keys above; behind a text in quotes nothing may follow", false },
    { "did not find expected '-' indicator", "this line does not fit to the list above",
      "indent it deeper than the \"- \", or begin it with \"- \" as the others", false },
    { "did not find expected ',' or ']'", "a list in [ ] is not closed, or a comma is missing",
      "a text that begins with [ must be in quotes", true },
    { "did not find expected ',' or '}'", "a map in { } is not closed, or a comma is missing",
      "a text that begins with { must be in quotes", true },
    { "did not find expected node content", "a value is missing here",
      "a text that begins with one of , ] } must be in quotes", false },
    { "did not find expected alphabetic or numeric character", "a name is missing behind & or *",
      "a text that begins with & or * must be in quotes", true },
    { "did not find expected <document start>", "nothing can follow here",
      "check how far this line is indented, and that all values above stand behind a key", false },
    { "did not find expected comment or line break", "nothing may follow | or > on its line",
      "begin the text on the next line, indented, or put it in quotes", true },
    { "found a tab character where an indentation space is expected", "a tab is used to indent",
      "indent with spaces", false },
    { "found a tab character that violates indentation", "a tab is used to indent",
      "indent with spaces", false },
};

static const struct advice *find_advice(const char *problem)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (strcmp(advices[i].problem, problem) == 0) {
            return &advices[i];
        }
    }
    return NULL;
}

static bool holds_expression(struct parse *p, size_t line)
{
    return line_holds(p, line, ": = ") || line_holds(p, line, "- = ");
}

/* An expression is text to YAML: ": " in it is an error, and " #" ends it, which is noticed when it
 * goes on in the line below. */
static bool is_about_expression(struct parse *p, yaml_mark_t mark)
{
    if (holds_expression(p, mark.line)) {
        return true;
    }
    return mark.line > 0 && holds_expression(p, mark.line - 1) &&
           line_holds(p, mark.line - 1, " #");
}

/* True where the error was about the first character of a token, and is reported. */
static bool report_bad_start(struct parse *p, const yaml_parser_t *parser, const char *problem)
{
    if (strcmp(problem, "found character that cannot start any token") != 0) {
        return false;
    }
    char c = char_at_mark(p, parser->problem_mark);
    if (c == '\t') {
        REFUSE(p, parser->problem_mark, "indent with spaces", "a tab is used to indent");
    } else {
        REFUSE(p, parser->problem_mark, "put the whole text in quotes",
               "a text cannot begin with %c", c);
    }
    return true;
}

static void report_syntax(struct parse *p, const yaml_parser_t *parser)
{
    assert(parser->error != YAML_MEMORY_ERROR);
    const char *problem = parser->problem != NULL ? parser->problem : "this is not YAML";
    if (report_bad_start(p, parser, problem)) {
        return;
    }
    const struct advice *a = find_advice(problem);
    bool is_at_context = a != NULL && a->is_at_context && parser->context != NULL;
    yaml_mark_t mark = is_at_context ? parser->context_mark : parser->problem_mark;
    const char *hint = a != NULL ? a->hint : NULL;
    if (is_about_expression(p, mark) || is_about_expression(p, parser->problem_mark)) {
        hint = "put the whole expression in quotes, as in  name: '= t[\"a: b\"]'";
    }
    REFUSE(p, mark, hint, "%s", a != NULL ? a->message : problem);
}

/* --- the parse --- */

/* 0 at the end of the text, -1 where the tree is not whole. */
static int read_events(struct parse *p, yaml_parser_t *parser)
{
    bool is_end = false;
    int rc = 0;
    while (rc == 0 && !is_end) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) != 1) {
            report_syntax(p, parser);
            return -1;
        }
        rc = on_event(p, &event);
        is_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return rc;
}

static int read_tree(struct parse *p)
{
    yaml_parser_t parser;
    int ok = yaml_parser_initialize(&parser);
    assert(ok == 1); /* fails for want of memory only */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)p->text, p->len);
    int rc = read_events(p, &parser);
    yaml_parser_delete(&parser);
    while (p->depth > 0) {
        on_end(p);
    }
    return rc;
}

static bool is_nothing(const struct yaml *root)
{
    return root == NULL || (root->kind == YAML_SCALAR && root->is_plain && root->len == 0);
}

static void free_items(struct yaml *y)
{
    for (size_t i = 0; i < y->count; i++) {
        yaml_tree_free(y->items[i]);
        if (y->kind == YAML_MAP) {
            yaml_tree_free(y->keys[i]);
        }
    }
    free(y->items);
    free(y->keys);
}

struct yaml *yaml_parse(const char *text, size_t len, struct diags *d)
{
    if (len > YAML_BYTES_MAX) {
        diags_add(d, 0, 0, "divide it into several files", "the file is larger than %d KiB",
                  YAML_BYTES_MAX / 1024);
        return NULL;
    }
    if (len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (d->text == NULL) {
        diags_set_text(d, text, len);
    }
    struct parse p = { .text = text, .len = len, .d = d, .trash = { .kind = YAML_LIST } };
    int rc = check_utf8(&p) == 0 ? read_tree(&p) : -1;
    if (rc == 0 && is_nothing(p.root)) {
        diags_add(d, 1, 1, NULL, "the file is empty");
        rc = -1;
    }
    free_items(&p.trash);
    if (rc == -1) {
        yaml_tree_free(p.root);
        return NULL;
    }
    return p.root;
}

/* Recursion is bounded: no tree is deeper than YAML_DEPTH_MAX. */
void yaml_tree_free(struct yaml *y)
{
    if (y == NULL) {
        return;
    }
    free_items(y);
    free(y->text);
    free(y);
}

struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0) {
            return map->items[i];
        }
    }
    return NULL;
}
