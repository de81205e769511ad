/* The engine's own port, as browsers call it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/own_port.h"

static void says(struct project p, const char *expected)
{
    char *url = own_port_base_url(&p);
    assert_true((url == NULL) == (expected == NULL));
    if (url != NULL) {
        assert_string_equal(url, expected);
    }
    free(url);
}

static void the_address_is_the_public_one_or_that_of_this_machine(void **state)
{
    static char public[] = "https://hooks.test", some[] = "192.0.2.7:80", any[] = "0.0.0.0:8420",
                star[] = "*:8420", six[] = "[::]:8420", none[] = "127.0.0.1:0", file[] = "x.pem";
    says((struct project){ .listen = some, .public_url = public }, "https://hooks.test");
    says((struct project){ .listen = some }, "http://192.0.2.7:80");
    says((struct project){ .listen = some, .tls_certificate = file }, "https://192.0.2.7:80");
    says((struct project){ .listen = any }, "http://127.0.0.1:8420");
    says((struct project){ .listen = star }, "http://127.0.0.1:8420");
    says((struct project){ .listen = six }, "http://[::1]:8420");
    says((struct project){ .listen = none }, NULL);
}

static void is_at(struct project p, const char *address, const char *expected)
{
    char *url = own_port_url_at(&p, address);
    assert_string_equal(url, expected);
    free(url);
}

static void the_address_of_a_hook_is_one_that_can_be_called(void **state)
{
    static char public[] = "https://hooks.test/x//", file[] = "x.pem";
    is_at((struct project){ .public_url = public }, "0.0.0.0:8420", "https://hooks.test/x");
    is_at((struct project){ 0 }, "127.0.0.1:43211", "http://127.0.0.1:43211");
    is_at((struct project){ 0 }, "0.0.0.0:43211", "http://127.0.0.1:43211");
    is_at((struct project){ .tls_certificate = file }, "[::]:443", "https://[::1]:443");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_address_is_the_public_one_or_that_of_this_machine),
        cmocka_unit_test(the_address_of_a_hook_is_one_that_can_be_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
