/*
 * Roles, and what signing in rests on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gate/signin.h"

static void
a_role_may_all_that_a_weaker_one_may(void **state)
{
    (void)state;
    for (cc_role role = CC_ROLE_NONE + 1; role < CC_ROLE__MAX; role++)
        assert_true((cc_role_may((cc_role)(role - 1)) & ~cc_role_may(role)) == 0);
    assert_true(cc_role_may(CC_ROLE_OWNER) == CC_ALL_SCOPES);
    assert_true(cc_role_may(CC_ROLE_NONE) == 0);
}

/* The gate does not expand them again. */
static void
a_role_s_scopes_are_complete(void **state)
{
    (void)state;
    for (cc_role role = CC_ROLE_NONE; role < CC_ROLE__MAX; role++)
        assert_true(cc_scope_expand(cc_role_may(role)) == cc_role_may(role));
}

static void
nobody_hands_out_what_he_does_not_have(void **state)
{
    (void)state;
    for (cc_role role = CC_ROLE_NONE; role < CC_ROLE__MAX; role++)
        assert_true((cc_role_grant(role) & ~cc_role_may(role)) == 0);
    assert_true(cc_role_grant(CC_ROLE_MEMBER) == 0);
}

/* Deleting a project is its owners' alone, so no other role may make a key that can. */
static void
only_owners_hand_out_the_project(void **state)
{
    (void)state;
    for (cc_role role = CC_ROLE_NONE; role < CC_ROLE__MAX; role++)
        assert_true((cc_role_grant(role) & CC_BIT(PROJECTS_WRITE)) == 0 || role == CC_ROLE_OWNER);
}

static void
roles_are_found_by_their_names(void **state)
{
    (void)state;
    assert_int_equal(cc_role_find("admin"), CC_ROLE_ADMIN);
    assert_int_equal(cc_role_find("Admin"), CC_ROLE_NONE);
    assert_int_equal(cc_role_find(""), CC_ROLE_NONE);
    for (cc_role role = CC_ROLE_NONE + 1; role < CC_ROLE__MAX; role++) {
        assert_int_equal(cc_role_find(cc_role_text(role)), role);
        assert_string_equal(cc_role_names[role - 1], cc_role_text(role));
    }
}

/* Should libsodium ever change what "interactive" costs, an account that does not exist would be told by the time it takes. */
static void
nobody_s_password_costs_what_a_real_one_does(void **state)
{
    char        fresh[128];
    bool        right;
    const char *end = strstr(cc_password_of_nobody, "p=1$");

    (void)state;
    assert_int_equal(cc_secret_start(), CC_OK);
    assert_int_equal(cc_password_hash("correct horse", fresh), CC_OK);
    assert_non_null(end);
    assert_memory_equal(fresh, cc_password_of_nobody, (size_t)(end - cc_password_of_nobody) + 4);
    assert_int_equal(cc_password_right(cc_password_of_nobody, "correct horse", &right), CC_OK);
    assert_false(right);
    assert_int_equal(cc_password_right(fresh, "correct horse", &right), CC_OK);
    assert_true(right);
}

static void
a_token_is_43_characters_of_base64url(void **state)
{
    (void)state;
    assert_int_equal(cc_secret_start(), CC_OK);
    assert_true(cc_token_well_formed("mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxKM"));
    assert_false(cc_token_well_formed(""));
    assert_false(cc_token_well_formed("mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxK"));
    assert_false(cc_token_well_formed("mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYxKM="));
    assert_false(cc_token_well_formed("mW3vH0rXb2kQ9cT5yN8dLs1uFgJ4zEaPi7oRtVwYx+M"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_may_all_that_a_weaker_one_may),
        cmocka_unit_test(a_role_s_scopes_are_complete),
        cmocka_unit_test(nobody_hands_out_what_he_does_not_have),
        cmocka_unit_test(only_owners_hand_out_the_project),
        cmocka_unit_test(roles_are_found_by_their_names),
        cmocka_unit_test(nobody_s_password_costs_what_a_real_one_does),
        cmocka_unit_test(a_token_is_43_characters_of_base64url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
