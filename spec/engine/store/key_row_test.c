/* The master key's row: what is sealed under another key is not written, and a change of the key is
 * one transaction over all values. */
#include "fixture.h"

#include "store/key_row.h"
#include "store/secret_row.h"

static struct secret_put *sealed_put(const struct vault *v, const char *name, const char *value)
{
    uint8_t *sealed;
    size_t len;
    struct secret *plain = secret_new(value, strlen(value));
    vault_seal(v, name, plain, &sealed, &len);
    secret_free(plain);
    return secret_put_new(name, sealed, len);
}

static int put(struct store *s, const struct vault *v, const char *name, const char *value,
               struct err *e)
{
    struct secret_put *p = sealed_put(v, name, value);
    int rc = store_exec(s, &p->op, e);
    secret_put_free(p);
    return rc;
}

static int name_key(struct store *s, const struct vault *v, struct err *e)
{
    struct secret_put *sealed = sealed_put(v, KEY_ROW, "");
    struct key_put *p = key_put_new(sealed->sealed, sealed->len);
    sealed->sealed = NULL;
    secret_put_free(sealed);
    int rc = store_exec(s, &p->op, e);
    key_put_free(p);
    return rc;
}

static bool opens(struct store *s, const struct vault *v, const char *name, const char *value)
{
    struct secret_get *get = secret_get_new(name);
    assert_int_equal(store_exec(s, &get->op, NULL), 0);
    struct secret *plain =
        get->sealed != NULL ? vault_open_value(v, name, get->sealed, get->len, NULL) : NULL;
    bool is = plain != NULL && strcmp(secret_bytes(plain), value) == 0;
    secret_free(plain);
    secret_get_free(get);
    return is;
}

static bool names(struct store *s, const struct vault *v)
{
    struct key_get *get = key_get_new();
    assert_int_equal(store_exec(s, &get->op, NULL), 0);
    bool is = get->is_there && memcmp(get->id, key_id(vault_key(v)), KEY_ID) == 0;
    key_get_free(get);
    return is;
}

struct keys {
    struct vault *old, *new;
    struct store *store;
};

static void begin(const struct fixture *f, struct keys *k)
{
    struct err e = ERR_INIT;
    k->old = vault_of(key_new());
    k->new = vault_of(key_new());
    k->store = f->store;
    assert_int_equal(name_key(k->store, k->old, &e), 0);
    assert_int_equal(put(k->store, k->old, "token:crm", "the-token", &e), 0);
    assert_int_equal(put(k->store, k->old, "user:a", "the-secret", &e), 0);
}

static void end(struct keys *k)
{
    vault_free(k->old);
    vault_free(k->new);
}

static void what_is_sealed_under_another_key_is_not_written(void **state)
{
    struct keys k;
    struct err e = ERR_INIT;
    begin(*state, &k);
    assert_int_equal(put(k.store, k.new, "user:a", "another", &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_true(opens(k.store, k.old, "user:a", "the-secret"));
    end(&k);
}

static void a_change_seals_all_values_again_and_keeps_their_age(void **state)
{
    struct keys k;
    struct err e = ERR_INIT;
    begin(*state, &k);
    struct secret_get *before = secret_get_new("user:a"), *after = secret_get_new("user:a");
    assert_int_equal(store_exec(k.store, &before->op, &e), 0);
    struct key_change *c = key_change_new(k.old, k.new);
    c->op.now_us = before->stored_us + 1000000;
    assert_int_equal(store_exec(k.store, &c->op, &e), 0);
    assert_int_equal(c->sealed, 2);
    assert_true(opens(k.store, k.new, "user:a", "the-secret") &&
                opens(k.store, k.new, "token:crm", "the-token"));
    assert_false(opens(k.store, k.old, "user:a", "the-secret"));
    assert_true(names(k.store, k.new));
    assert_int_equal(store_exec(k.store, &after->op, &e), 0);
    assert_int_equal(after->stored_us, before->stored_us);
    assert_int_equal(put(k.store, k.old, "user:a", "late", &e), -1);
    key_change_free(c);
    secret_get_free(before);
    secret_get_free(after);
    end(&k);
}

static void a_value_that_does_not_open_undoes_the_whole_change(void **state)
{
    struct keys k;
    struct err e = ERR_INIT;
    begin(*state, &k);
    struct key_change *c = key_change_new(k.old, k.new);
    struct secret_get *get = secret_get_new("token:crm");
    assert_int_equal(store_exec(k.store, &get->op, &e), 0);
    struct secret_put *moved = secret_put_new("user:b", get->sealed, get->len); /* last by name */
    get->sealed = NULL;
    assert_int_equal(store_exec(k.store, &moved->op, &e), 0);
    assert_int_equal(store_exec(k.store, &c->op, &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "user:b"));
    assert_true(names(k.store, k.old));
    assert_true(opens(k.store, k.old, "token:crm", "the-token"));
    secret_put_free(moved);
    secret_get_free(get);
    key_change_free(c);
    end(&k);
}

static void a_store_whose_values_have_another_key_takes_no_new_one(void **state)
{
    const struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct vault *old = vault_of(key_new()), *other = vault_of(key_new());
    struct store *s = f->store;
    assert_int_equal(put(s, old, "user:a", "the-secret", &e), 0);
    assert_int_equal(name_key(s, other, &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "ladle key forget"));
    assert_int_equal(name_key(s, old, &e), 0);
    assert_int_equal(name_key(s, old, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    vault_free(old);
    vault_free(other);
}

static void what_a_lost_key_sealed_can_be_removed(void **state)
{
    struct keys k;
    struct err e = ERR_INIT;
    begin(*state, &k);
    struct key_forget *f = key_forget_new(k.new);
    assert_int_equal(store_exec(k.store, &f->op, &e), 0);
    assert_int_equal(f->removed, 2);
    assert_true(names(k.store, k.new));
    assert_int_equal(put(k.store, k.new, "user:a", "set-again", &e), 0);
    assert_int_equal(store_exec(k.store, &f->op, &e), 0);
    assert_int_equal(f->removed, 0);
    assert_true(opens(k.store, k.new, "user:a", "set-again"));
    key_forget_free(f);
    end(&k);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_sealed_under_another_key_is_not_written),
        TEST(a_change_seals_all_values_again_and_keeps_their_age),
        TEST(a_value_that_does_not_open_undoes_the_whole_change),
        TEST(a_store_whose_values_have_another_key_takes_no_new_one),
        TEST(what_a_lost_key_sealed_can_be_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
