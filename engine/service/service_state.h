#pragma once

#include "base/map.h"
#include "call/call_set.h"
#include "connection/connection_state.h"
#include "service/service.h"
#include "token/token.h"

/* What the files of service/ share. Loop thread. */
struct service {
    struct connection_env env;
    bool is_engine;
    bool is_cut;
    struct connection **connections; /* in the order they were added */
    size_t count;
    struct map *by_name;
    struct map *accounts; /* "crm/<account>" -> connection: those in memory */
    struct timer account_timer;
    struct call_set *calls;
    struct token_news token_news;
    void (*on_recover)(void *ud, struct connection *c);
    void *on_recover_ud;
};

/* The connection of an account with its token. Yours (service_drop). */
struct connection *service_make_account(struct service *s, struct connection *parent,
                                        const char *account);
/* Takes a connection apart; nobody uses it any more. */
void service_drop(struct service *s, struct connection *c);
