/* The test key of `ladle send`: made once, readable by its owner only, good for what the engine
 * checks. */
#include "fixture.h"

#include "cli/test_key.h"

static mode_t mode_of(const struct fixture *f, const char *name)
{
    char *path = fix_path(f, name);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_mode & 0777;
}

static void the_key_is_made_once_and_kept(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct sign_key *first = test_key_open(f->folder, &e);
    assert_non_null(first);
    struct sign_key *second = test_key_open(f->folder, &e);
    assert_non_null(second);
    char *a = sign_key_public_pem(first);
    char *b = sign_key_public_pem(second);
    assert_string_equal(a, b);
    assert_int_equal(mode_of(f, "test-webhook-key.pem"), 0600);
    free(a);
    free(b);
    sign_key_free(first);
    sign_key_free(second);
}

static void the_public_file_verifies_what_the_private_one_signs(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct sign_key *key = test_key_open(f->folder, &e);
    uint8_t signature[SIGN_ED25519];
    assert_int_equal(sign_make(key, "body", 4, signature, &e), 0);
    char *pem = fix_read(f, "test-webhook-key.pub.pem");
    struct sign_key *public_half = sign_key_parse(pem, strlen(pem), &e);
    assert_non_null(public_half);
    assert_true(sign_verify(public_half, "body", 4, signature, sizeof signature));
    assert_false(sign_verify(public_half, "bodY", 4, signature, sizeof signature));
    free(pem);
    sign_key_free(public_half);
    sign_key_free(key);
}

static void a_damaged_key_is_an_error_that_names_the_file(void **state)
{
    struct fixture *f = *state;
    fix_write_text(f, "test-webhook-key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n");
    struct err e = ERR_INIT;
    assert_null(test_key_open(f->folder, &e));
    assert_contains(e.message, "test-webhook-key.pem");
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    struct err e = ERR_INIT;
    assert_null(test_key_open("/nonexistent-folder", &e));
    assert_int_equal(e.kind, ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_key_is_made_once_and_kept, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(the_public_file_verifies_what_the_private_one_signs,
                                        fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_key_is_an_error_that_names_the_file, fix_setup,
                                        fix_teardown),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
