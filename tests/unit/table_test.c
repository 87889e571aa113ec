/*
 * The table and what is read off it: scopes, routes, resources, fields.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "gate/envelope.h"
#include "resources/sessions.h"
#include "routes.h"

/* ---- scopes ------------------------------------------------------------------------------------ */

static void
the_catalogue_begins_with_the_27_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(CC_SCOPE_AUDIT_READ, 26);
    assert_true(CC_SCOPE__MAX >= 27 && (CC_SCOPE__MAX - 27) % 2 == 0);
}

static void
what_is_included_includes_nothing_more(void **state)
{
    (void)state;
    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++) {
        uint64_t once = cc_scope_expand(UINT64_C(1) << s);
        assert_true(cc_scope_expand(once) == once);
    }
}

/* Answers that are kept for retries hold them: a row in the middle would give a stored refusal another meaning. */
static void
the_numbers_of_errors_stay_what_they_were(void **state)
{
    static const char *const codes[] = {
        "OK",
        "VALIDATION",
        "AUTH_MISSING",
        "AUTH_INVALID",
        "SCOPE_DENIED",
        "FORBIDDEN",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "CONFLICT",
        "IDEMPOTENCY_MISMATCH",
        "IDEMPOTENCY_IN_PROGRESS",
        "PRECONDITION_FAILED",
        "PAYLOAD_TOO_LARGE",
        "URI_TOO_LONG",
        "UNSUPPORTED_MEDIA_TYPE",
        "HEADERS_TOO_LARGE",
        "RATE_LIMITED",
        "INTERNAL",
        "UNAVAILABLE",
    };

    (void)state;
    assert_true(CC_COUNT(codes) <= CC_E__MAX);
    for (size_t i = 0; i < CC_COUNT(codes); i++)
        assert_string_equal(cc_err_code((cc_err)i), codes[i]);
}

static void
every_write_includes_its_read_and_runs_write_includes_cancel(void **state)
{
    cc_scope write, read;
    char     text[64];

    (void)state;
    for (cc_scope s = 0; s < CC_SCOPE__MAX; s++) {
        const char *colon = strchr(cc_scope_text(s), ':');
        if (strcmp(colon, ":write") != 0)
            continue;
        snprintf(text, sizeof(text), "%.*s:read", (int)(colon - cc_scope_text(s)), cc_scope_text(s));
        assert_true(cc_scope_find(cc_scope_text(s), &write) && cc_scope_find(text, &read));
        assert_true(cc_scope_expand(UINT64_C(1) << write) >> read & 1);
    }
    assert_true(cc_scope_expand(CC_BIT(RUNS_WRITE)) & CC_BIT(RUNS_CANCEL));
    assert_false(cc_scope_expand(CC_BIT(RUNS_READ)) & CC_BIT(RUNS_CANCEL));
}

/* ---- routes ------------------------------------------------------------------------------------ */

static void
no_two_routes_answer_to_one_method_and_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++)
        for (size_t j = 0; j < i; j++) {
            assert_false(cc_routes[i].method == cc_routes[j].method &&
                         strcmp(cc_routes[i].path, cc_routes[j].path) == 0);
            assert_string_not_equal(cc_routes[i].operation, cc_routes[j].operation);
        }
}

static void
no_older_name_of_a_collection_hides_a_route(void **state)
{
    char older[CC_OLDER_MAX][CC_OLDER_SIZE];

    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++) {
        const char *now;
        assert_null(cc_route_renamed(&cc_table_of_all, cc_routes[i].path, &now));
        assert_true(cc_route_older(&cc_table_of_all, &cc_routes[i], older) <= CC_OLDER_MAX);
        for (size_t a = 0; a < CC_COUNT(cc_routes[i].alias) && cc_routes[i].alias[a]; a++)
            assert_null(cc_route_renamed(&cc_table_of_all, strchr(cc_routes[i].alias[a], ' ') + 1, &now));
    }
}

static void
no_alias_hides_a_route_or_another_alias(void **state)
{
    char own[128];

    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++)
        for (size_t a = 0; a < CC_COUNT(cc_routes[i].alias); a++) {
            const char *alias = cc_routes[i].alias[a];
            for (size_t j = 0; alias && j < cc_routes_count; j++) {
                snprintf(own, sizeof(own), "%s %s", cc_method_text(cc_routes[j].method), cc_routes[j].path);
                assert_string_not_equal(alias, own);
                for (size_t b = 0; b < CC_COUNT(cc_routes[j].alias); b++)
                    if (cc_routes[j].alias[b] && (i != j || a != b))
                        assert_string_not_equal(alias, cc_routes[j].alias[b]);
            }
        }
}

/* The gate looks at the aliases of those rows alone that begin as what was asked for does. */
static void
an_alias_begins_as_its_route_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++)
        for (size_t a = 0; a < CC_COUNT(cc_routes[i].alias) && cc_routes[i].alias[a]; a++) {
            const char *path = strchr(cc_routes[i].alias[a], ' ') + 1;
            assert_memory_equal(path, cc_routes[i].path, strcspn(cc_routes[i].path + 1, "/") + 1);
        }
}

static void
every_route_says_what_it_does_and_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++) {
        const cc_route *route = &cc_routes[i];
        assert_non_null(route->handler);
        assert_non_null(route->operation);
        assert_true(route->summary && strlen(route->summary) > 10);
        assert_true(cc_route_answer(route) || route->flags & (CC_ROUTE_OWN_BODY | CC_ROUTE_FILE));
        assert_false(route->flags & CC_ROUTE_CURSOR && !(route->flags & CC_ROUTE_LISTED));
        assert_false(route->flags & CC_ROUTE_CURSOR && !route->pages_by &&
                     !(route->resource && route->resource->prefix));
    }
}

/* The filters of a list make a mask of 16 bits, and none may fall off the end in silence. */
static void
every_filter_of_a_list_has_its_place(void **state)
{
    const cc_field *query[CC_QUERY_MAX];

    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++) {
        const cc_route *route = &cc_routes[i];
        size_t          n = cc_route_query(route, query), filters = 0;
        if (!(route->flags & CC_ROUTE_CURSOR) || route->pages_by)
            continue;
        for (const cc_field *f = route->resource ? route->resource->fields : cc_no_fields; f->name; f++)
            filters += (f->flags & CC_FIELD_FILTER) != 0;
        assert_true(n >= 2 + filters + (route->resource && route->resource->by_time ? 2 : 0));
    }
}

/* ---- declarations ------------------------------------------------------------------------------ */

static void
check_field(const cc_field *f)
{
    assert_true(strlen(f->name) < 32);
    assert_int_equal(f->member_size, strlen(f->member));
    assert_true(f->meaning && f->meaning[0]);
    assert_true((f->type == CC_TYPE_CHOICE || f->type == CC_TYPE_CHOICES) == (f->choices != NULL));
    assert_true((f->type == CC_TYPE_ID || f->type == CC_TYPE_IDS) == (f->ref != NULL));
    if (f->flags & CC_FIELD_HIDDEN)
        assert_false(f->flags & (CC_FIELD_FILTER | CC_FIELD_SEARCH | CC_FIELD_REQUIRED));
    if (f->preset)
        assert_false(f->flags & CC_FIELD_REQUIRED);
}

/* A create that leaves the member out must have something to store. */
static bool
has_a_value(const cc_field *f)
{
    return f->preset || f->flags & (CC_FIELD_REQUIRED | CC_FIELD_NULLABLE | CC_FIELD_READ_ONLY | CC_FIELD_HIDDEN |
                                    CC_FIELD_WRITE_ONLY | CC_FIELD_VIRTUAL);
}

static void
what_a_create_leaves_out_has_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++)
        if (cc_routes[i].handler == cc_resource_create)
            for (const cc_field *f = cc_routes[i].resource->fields; f->name; f++) {
                if (!has_a_value(f))
                    print_message("%s.%s\n", cc_routes[i].resource->singular, f->name);
                assert_true(has_a_value(f));
                if (f->type == CC_TYPE_MAP) /* is sealed by a hook, or would be stored as nothing */
                    assert_non_null(cc_routes[i].resource->prepare);
            }
}

static void
ids_tell_of_what_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; cc_resources[i]; i++) {
        const cc_resource *res = cc_resources[i];
        if (res->prefix && !(res->stored && !res->stored[0])) { /* a session has the id of the run that it is */
            assert_int_equal(strlen(res->prefix), 4);
            assert_string_equal(res->fields[0].ref, res->prefix);
            assert_ptr_equal(cc_resource_of(&cc_table_of_all, res->prefix), res); /* no other has it */
        }
    }
}

static void
every_kind_of_session_that_can_be_asked_for_is_one(void **state)
{
    (void)state;
    for (const char *const *name = cc_session_kind_names; *name; name++) {
        assert_non_null(cc_session_kind_find(*name));
        assert_string_equal(cc_session_kind_find(*name)->name, *name);
    }
    assert_null(cc_session_kind_find("guess"));
}

/* cc_references_check looks there. */
static void
what_a_body_refers_to_is_a_resource(void **state)
{
    (void)state;
    for (size_t i = 0; i < cc_routes_count; i++)
        for (const cc_field *f = cc_route_body(&cc_routes[i]); f && f->name; f++) {
            if (f->ref && !(f->flags & (CC_FIELD_READ_ONLY | CC_FIELD_HIDDEN)) && f != cc_bulk_ids) /* of any kind */
                assert_non_null(cc_resource_of(&cc_table_of_all, f->ref));
            for (const cc_field *m = f->members; m && m->name; m++)
                if (m->ref && !(f->flags & CC_FIELD_READ_ONLY))
                    assert_non_null(cc_resource_of(&cc_table_of_all, m->ref));
        }
}

static void
every_field_is_declared_in_full(void **state)
{
    (void)state;
    for (size_t i = 0; cc_resources[i]; i++) {
        const cc_resource *res = cc_resources[i];
        assert_true(res->singular && res->table && res->meaning);
        if (res->prefix)
            assert_string_equal(res->fields[0].name, "id");
        for (const cc_field *f = res->fields; f->name; f++) {
            check_field(f);
            for (const cc_field *m = f->members; m && m->name; m++)
                check_field(m);
            if (f->flags & CC_FIELD_LIVE)
                assert_non_null(res->live);
            if (f->flags & CC_FIELD_VIRTUAL)
                assert_non_null(res->virtual_);
        }
    }
}

static void
every_error_has_a_code_a_status_a_message_and_advice(void **state)
{
    (void)state;
    for (cc_err e = CC_OK + 1; e < CC_E__MAX; e++) {
        assert_in_range(cc_err_status(e), 400, 503);
        assert_true(cc_err_code(e)[0] && cc_err_message(e)[0] && cc_err_advice(e)[0]);
        assert_int_equal(cc_err_retryable(e),
                         cc_err_status(e) >= 500 || e == CC_E_RATE_LIMITED || e == CC_E_IDEMPOTENCY_IN_PROGRESS);
    }
    assert_string_equal(cc_err_code(CC_OK), "OK");
    assert_string_equal(cc_err_code((cc_err)999), "INTERNAL");
}

/* ---- networks ---------------------------------------------------------------------------------- */

static void
a_network_list_lets_in_whom_it_names(void **state)
{
    const char *list = "192.0.2.0/24 2001:db8::/33 198.51.100.7/32";

    (void)state;
    assert_true(cc_network_allows(list, "192.0.2.0"));
    assert_true(cc_network_allows(list, "192.0.2.255"));
    assert_false(cc_network_allows(list, "192.0.3.0"));
    assert_true(cc_network_allows(list, "198.51.100.7"));
    assert_false(cc_network_allows(list, "198.51.100.6"));
    assert_true(cc_network_allows(list, "2001:db8:7fff::1"));
    assert_false(cc_network_allows(list, "2001:db8:8000::1"));
    assert_true(cc_network_allows(list, "::ffff:192.0.2.9")); /* the same host, as a dual-stack socket names it */
    assert_false(cc_network_allows(list, NULL));
    assert_false(cc_network_allows(list, "unix:"));
    assert_true(cc_network_allows("", "203.0.113.1"));
    assert_true(cc_network_allows("0.0.0.0/0", "203.0.113.1"));
    assert_false(cc_network_allows("0.0.0.0/0", "2001:db8::1"));
    assert_true(cc_network_allows("::/0", "2001:db8::1"));
}

static void
a_list_within_another_opens_nothing_new(void **state)
{
    (void)state;
    assert_true(cc_networks_within("192.0.2.128/25", "192.0.2.0/24"));
    assert_true(cc_networks_within("192.0.2.1/32 2001:db8::1/128", "2001:db8::/32 192.0.2.0/24"));
    assert_false(cc_networks_within("192.0.2.0/23", "192.0.2.0/24"));
    assert_false(cc_networks_within("192.0.2.0/24 10.0.0.0/8", "192.0.2.0/24"));
    assert_false(cc_networks_within("", "192.0.2.0/24")); /* from anywhere is not within */
    assert_true(cc_networks_within("192.0.2.0/24", ""));
}

/* ---- ETags ------------------------------------------------------------------------------------- */

static void
an_etag_is_found_in_a_list_whatever_a_web_server_did_to_it(void **state)
{
    (void)state;
    assert_true(cc_etag_matches("\"v7\"", 7));
    assert_true(cc_etag_matches("W/\"v7\"", 7));
    assert_true(cc_etag_matches("\"v7-gzip\"", 7));
    assert_true(cc_etag_matches("\"v7-br\"", 7));
    assert_true(cc_etag_matches("\"v1\", \"v7\"", 7));
    assert_true(cc_etag_matches("*", 7));
    assert_false(cc_etag_matches("\"v77\"", 7));
    assert_false(cc_etag_matches("\"v70\"", 7));
    assert_false(cc_etag_matches("v7", 7));
    assert_false(cc_etag_matches("\"v7", 7));
    assert_false(cc_etag_matches("\"\"", 0));
    assert_false(cc_etag_matches("", 7));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_begins_with_the_27_of_the_contract),
        cmocka_unit_test(what_is_included_includes_nothing_more),
        cmocka_unit_test(every_write_includes_its_read_and_runs_write_includes_cancel),
        cmocka_unit_test(the_numbers_of_errors_stay_what_they_were),
        cmocka_unit_test(no_two_routes_answer_to_one_method_and_path),
        cmocka_unit_test(no_older_name_of_a_collection_hides_a_route),
        cmocka_unit_test(no_alias_hides_a_route_or_another_alias),
        cmocka_unit_test(an_alias_begins_as_its_route_does),
        cmocka_unit_test(every_route_says_what_it_does_and_answers),
        cmocka_unit_test(every_filter_of_a_list_has_its_place),
        cmocka_unit_test(every_field_is_declared_in_full),
        cmocka_unit_test(what_a_create_leaves_out_has_a_value),
        cmocka_unit_test(ids_tell_of_what_they_are),
        cmocka_unit_test(what_a_body_refers_to_is_a_resource),
        cmocka_unit_test(every_kind_of_session_that_can_be_asked_for_is_one),
        cmocka_unit_test(every_error_has_a_code_a_status_a_message_and_advice),
        cmocka_unit_test(a_network_list_lets_in_whom_it_names),
        cmocka_unit_test(a_list_within_another_opens_nothing_new),
        cmocka_unit_test(an_etag_is_found_in_a_list_whatever_a_web_server_did_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
