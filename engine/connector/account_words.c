/* What a service calls its accounts and their parents: read from the connector's table, wherever a
 * key of ladle.yaml, a message or a member of a JSON document has that name. */

#include "connector/account_words.h"

#include <string.h>

struct account_words account_words(const json_t *table)
{
    const json_t *accounts = json_object_get(json_object_get(table, "auth"), "accounts");
    return (struct account_words){ .one = json_get_text(accounts, "name"),
                                   .parent = json_get_text(accounts, "parent"),
                                   .field = json_get_text(accounts, "field") };
}

const char *account_words_bound(const json_t *table, const json_t *config)
{
    struct account_words words = account_words(table);
    const char *own = json_get_text(config, words.one);
    return own != NULL ? own : json_get_text(config, words.parent);
}

bool account_words_is_parent(const json_t *table, const json_t *config)
{
    return json_object_get(config, account_words(table).parent) != NULL;
}

const char *account_words_access(const json_t *table, const json_t *operation)
{
    struct account_words words = account_words(table);
    const char *access = json_get_text(operation, "access");
    if (words.parent == NULL) {
        return access;
    }
    return access == NULL ? words.one : strcmp(access, "parent") == 0 ? words.parent : access;
}
