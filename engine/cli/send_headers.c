/* Reads `--header NAME: VALUE` of `ladle send`. What is said so goes before what the connection's
 * scheme would send, so that a wrong signature can be tried, too. */
#include "cli/send_headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/mem.h"

static bool is_header_name(const char *text, size_t len)
{
    static const char others[] = "!#$%&'*+-.^_`|~"; /* RFC 9110, 5.6.2 */
    for (size_t i = 0; i < len; i++) {
        bool is_token = ascii_is_alpha(text[i]) || ascii_is_digit(text[i]) ||
                        (text[i] != '\0' && strchr(others, text[i]) != NULL);
        if (!is_token) {
            return false;
        }
    }
    return len > 0;
}

/* What is said on the command line goes before what the scheme would send, in any case. */
static void replace_header(json_t *headers, const char *name, const char *value)
{
    const char *known;
    json_t *old;
    void *next;
    json_object_foreach_safe(headers, next, known, old)
    {
        if (strcasecmp(known, name) == 0) {
            json_object_del(headers, known);
        }
    }
    json_object_set_new(headers, name, json_string(value));
}

/* "X-GitHub-Event: push" */
static int add_header(json_t *headers, const char *text, struct err *e)
{
    const char *colon = strchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    const char *value = colon != NULL ? colon + 1 + strspn(colon + 1, " \t") : "";
    if (!is_header_name(text, len) || value[strcspn(value, "\r\n")] != '\0') {
        return err_set(e, ERR_CONFIG, "--header %.60s: NAME: VALUE is expected", text);
    }
    char *name = xstrndup(text, len), *trimmed = xstrdup(value);
    for (size_t end = strlen(trimmed); end > 0 && strchr(" \t", trimmed[end - 1]) != NULL;) {
        trimmed[--end] = '\0';
    }
    int rc = 0;
    if (strcasecmp(name, "content-type") == 0) {
        rc = err_set(e, ERR_CONFIG, "--header %s: that is --content-type", name);
    } else {
        replace_header(headers, name, trimmed);
    }
    free(trimmed);
    free(name);
    return rc;
}

int send_headers_add(const struct cli *c, json_t *headers, struct err *e)
{
    int pos = 0;
    const char *text;
    while ((text = cli_option_next(c, "header", &pos)) != NULL) {
        if (add_header(headers, text, e) == -1) {
            return -1;
        }
    }
    return json_object_size(headers) < SEND_HEADERS_MAX
               ? 0
               : err_set(e, ERR_CONFIG, "--header: more than %d headers", SEND_HEADERS_MAX - 1);
}
