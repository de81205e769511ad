/* Brings a text into the form in which it is compared. The steps are: tags away, entities decoded
 * (twice, as some services encode what is encoded), tags away again (those that were sent as text),
 * white space away, case folded. Both sides take all of them, so a text that looks like markup loses
 * the same on both. */
#include "call/normal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/date.h"

enum { ENTITY_MAX = 12 };

static bool has_form(const json_t *forms, const char *word)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)forms, i, one) {
        const char *text = json_string_value(one);
        if (text != NULL && strcmp(text, word) == 0) {
            return true;
        }
    }
    return false;
}

/* --- markup --- */

/* Bytes of the tag that begins here; 0: none does. */
static size_t tag_len(const char *at)
{
    bool is_tag = at[0] == '<' && (isalpha((unsigned char)at[1]) || at[1] == '/' || at[1] == '!');
    const char *end = is_tag ? strchr(at, '>') : NULL;
    return end != NULL ? (size_t)(end - at) + 1 : 0;
}

static void strip_tags(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        size_t len = tag_len(at);
        if (len > 0) {
            at += len;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

static uint32_t numbered(const char *name)
{
    bool is_hex = name[1] == 'x' || name[1] == 'X';
    char *end = NULL;
    unsigned long code = strtoul(name + (is_hex ? 2 : 1), &end, is_hex ? 16 : 10);
    return *end == '\0' && code > 0 && code <= 0x10ffff ? (uint32_t)code : 0;
}

/* The character that the entity of this name stands for; 0: none that is known. */
static uint32_t character_of(const char *name)
{
    static const struct {
        const char *name;
        uint32_t code;
    } known[] = { { "amp", '&' },  { "lt", '<' },    { "gt", '>' },
                  { "quot", '"' }, { "apos", '\'' }, { "nbsp", 0xa0 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].code;
        }
    }
    return name[0] == '#' ? numbered(name) : 0;
}

/* UTF-8 of the character at `to`; it is no longer than an entity for it. */
static size_t put_character(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    to[0] = (char)((0xf00 >> len & 0xff) | code);
    return len;
}

static void decode_entities(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        char name[ENTITY_MAX + 1];
        size_t len = *at == '&' ? strcspn(at + 1, ";&<> ") : 0;
        bool is_one = len > 0 && len <= ENTITY_MAX && at[len + 1] == ';';
        memcpy(name, at + 1, is_one ? len : 0);
        name[is_one ? len : 0] = '\0';
        uint32_t code = is_one ? character_of(name) : 0;
        if (code != 0) {
            to += put_character(to, code);
            at += len + 2;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

/* --- white space and case --- */

/* Bytes of the white space that begins here: of ASCII, no-break, narrow no-break, zero-width, and
 * those of U+2000 to U+200B. */
static size_t space_len(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;
    if (c[0] == ' ' || (c[0] >= '\t' && c[0] <= '\r')) {
        return 1;
    }
    if (c[0] == 0xc2 && c[1] == 0xa0) {
        return 2;
    }
    if (c[0] == 0xe2 && c[1] == 0x80 && (c[2] <= 0x8b || c[2] == 0xaf)) {
        return 3;
    }
    return c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf ? 3 : 0;
}

static void strip_space(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        size_t len = space_len(at);
        if (len > 0) {
            at += len;
        } else {
            *to++ = *at++;
        }
    }
    *to = '\0';
}

static void trim(char *text)
{
    size_t lead = 0, len = strlen(text);
    for (size_t n; (n = space_len(text + lead)) > 0;) {
        lead += n;
    }
    memmove(text, text + lead, len - lead + 1);
    len -= lead;
    while (len > 0 && space_len(text + len - 1) == 1) {
        text[--len] = '\0';
    }
}

static void fold_case(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
    }
}

/* --- comparing --- */

/* Yours. Text behind a NUL, which JSON allows, is left out on both sides. */
static char *normal_text(const json_t *v, const json_t *forms)
{
    char *text = xstrdup(json_string_value(v));
    bool is_html = has_form(forms, "html");
    if (is_html) {
        strip_tags(text);
        decode_entities(text);
        decode_entities(text);
        strip_tags(text);
    }
    if (is_html || has_form(forms, "space")) {
        strip_space(text);
    }
    trim(text);
    if (has_form(forms, "case")) {
        fold_case(text);
    }
    return text;
}

static bool number_of(const json_t *v, double *out)
{
    if (json_is_number(v)) {
        *out = json_number_value(v);
        return true;
    }
    const char *text = json_string_value(v);
    char *end = NULL;
    *out = text != NULL ? strtod(text, &end) : 0;
    return end != NULL && end != text && *end == '\0';
}

static bool moment_of(const json_t *v, int64_t *us)
{
    return json_is_string(v) &&
           date_parse(json_string_value(v), json_string_length(v), NULL, us, NULL) == 0;
}

bool normal_is_same(const json_t *sent, const json_t *there, const json_t *forms)
{
    double a, b;
    int64_t a_us, b_us;
    if (json_equal(sent, there)) {
        return true;
    }
    if (has_form(forms, "number") && number_of(sent, &a) && number_of(there, &b)) {
        return a - b < 1e-9 && b - a < 1e-9;
    }
    /* Whole seconds are sent, so that is what can be equal. */
    if (has_form(forms, "date") && moment_of(sent, &a_us) && moment_of(there, &b_us)) {
        return a_us / 1000000 == b_us / 1000000;
    }
    if (!json_is_string(sent) || !json_is_string(there)) {
        return false;
    }
    char *x = normal_text(sent, forms), *y = normal_text(there, forms);
    bool is_same = strcmp(x, y) == 0;
    free(x);
    free(y);
    return is_same;
}

bool normal_has(const json_t *there, const char *mark)
{
    if (!json_is_string(there)) {
        return false;
    }
    json_t *forms = json_pack("[s,s]", "html", "case");
    char *text = normal_text(there, forms);
    bool has = strstr(text, mark) != NULL;
    json_decref(forms);
    free(text);
    return has;
}
