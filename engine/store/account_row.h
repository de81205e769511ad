#pragma once

#include "store/store.h"

/* The accounts of a parent's connection are rows of the table of connections, named
 * "crm/<account>". An event may add or remove one; that is written with the event. */
enum account_change {
    ACCOUNT_UNCHANGED,
    ACCOUNT_ADDED,  /* one that was suspended, or broken, is tried again */
    ACCOUNT_REMOVED /* it is suspended, and its token goes */
};

struct account_note {
    enum account_change change;
    char *name;       /* of the connection's row; owned; NULL where nothing changes */
    char *account;    /* owned */
    bool keeps_token; /* it is a connection of ladle.yaml: what it has may serve again */
};
void account_note_fini(struct account_note *a);

/* What stands in the row of an account that the app was removed from. */
#define ACCOUNT_REMOVED_REASON "the app was uninstalled from it"

/* A parent works again: its broken accounts are new, and are tried when they are needed. */
struct account_revive {
    struct store_op op;
    char *parent; /* owned */
};
struct account_revive *account_revive_new(const char *parent);
void account_revive_free(struct account_revive *r);
