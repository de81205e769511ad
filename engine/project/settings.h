#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Every key of ladle.yaml, as data: what it takes, its default, a sentence and an example. The
 * reader (setting_read.h), its messages and the reference in this folder's README.md come from the
 * same rows, so a further key is one row in settings.c and `make reference`. */
enum setting_kind {
    SETTING_TEXT,     /* one value, read as its `form` says */
    SETTING_FLAG,     /* true or false; false where it is not given */
    SETTING_DURATION, /* "30 days", min_us at least */
    SETTING_LIST,     /* 1 to `most` items, each as `of` says */
    SETTING_MAP,      /* has these `keys` and no others */
    SETTING_NAMES, /* at most `most` names of the user's choice, each with a value as `of` says */
    SETTING_VALUE, /* whatever it is: what it should be is known elsewhere */
};

/* What a text has to be (setting_read.c). */
enum setting_form {
    FORM_TEXT,
    FORM_ADDRESS, /* to listen on */
    FORM_URL,
    FORM_URL_PATH, /* a URL, or a path below `base_url` */
    FORM_NETWORK,
    FORM_ZONE,
    FORM_STORE,
    FORM_FILE,
    FORM_PUBLIC_KEY, /* a file, or the key itself */
    FORM_DATE,
    FORM_COUNT
};

struct setting {
    /* NULL ends a list of keys. Of what `of` leads to: what one is called ("a connection"). */
    const char *name;
    enum setting_kind kind;
    enum setting_form form;          /* of a text */
    const char *const *words;        /* of a text, the only ones; of a duration, further ones */
    int64_t min_us;                  /* of a duration */
    size_t most;                     /* of a list, and of names; 0: without a bound */
    const struct setting *keys;      /* of a map */
    const struct setting *of;        /* of a list, and of names */
    const struct setting *otherwise; /* another kind of value that is as good; or NULL */
    bool is_needed;
    bool is_read_apart;  /* it takes more than this row: who reads the map around it reads it */
    const char *usual;   /* the default, as it would be written; NULL: none */
    const char *says;    /* one or two sentences */
    const char *example; /* as it would be written behind the key */
};

enum { SETTINGS_MAX = 64 }; /* of one map */

const struct setting *settings_of_project(void);
const struct setting *settings_of_connection(void); /* those of every connector */

/* The key of that name, or NULL. */
const struct setting *setting_find(const struct setting *keys, const char *name);
/* What a value is, "an address and a port", "a list of networks"; yours. */
char *setting_what(const struct setting *k);
/* The words, "hex or base64"; yours. */
char *setting_words(const char *const *words);
