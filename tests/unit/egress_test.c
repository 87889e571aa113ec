/*
 * Where runs may connect to: addresses in every spelling, the operator's lists, and the head of a proxy's request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "context/settings.h"
#include "engine/egress.h"
#include "engine/proxy.h"

#define NONE NULL

static cc_host_kind
kind_of(const char *host, cc_address *out)
{
    return cc_host_read(host, strlen(host), out);
}

static cc_reach
reach_of(const char *host)
{
    cc_address a;

    if (kind_of(host, &a) != CC_HOST_ADDRESS)
        fail_msg("%s is not read as an address", host);
    return cc_address_reach(&a);
}

/* ---- spellings ----------------------------------------------------------------------------------- */

static void
every_spelling_of_an_address_is_that_address(void **state)
{
    static const struct {
        const char *spelling, *usual;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"127.0.0.1.", "127.0.0.1"},
        {"127.1", "127.0.0.1"},
        {"127.0.1", "127.0.0.1"},
        {"2130706433", "127.0.0.1"},
        {"0x7f000001", "127.0.0.1"},
        {"0X7F.0.0.0x1", "127.0.0.1"},
        {"0x7f.1", "127.0.0.1"},
        {"017700000001", "127.0.0.1"},
        {"0177.0.0.01", "127.0.0.1"},
        {"00000177.0.0.1", "127.0.0.1"},
        {"127.0x000000001", "127.0.0.1"},
        {"127.16777215", "127.255.255.255"},
        {"0", "0.0.0.0"},
        {"0x", "0.0.0.0"},
        {"0.0", "0.0.0.0"},
        {"0xa9fea9fe", "169.254.169.254"},
        {"2852039166", "169.254.169.254"},
        {"169.254.43518", "169.254.169.254"},
        {"0251.0376.0251.0376", "169.254.169.254"},
        {"4294967295", "255.255.255.255"},
        {"10.65535", "10.0.255.255"},
        {"8.8.2056", "8.8.8.8"},
        {"::ffff:7f00:1", "127.0.0.1"},
        {"::FFFF:127.0.0.1", "127.0.0.1"},
        {"0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"fe80::1%eth0", "fe80::1"},
        {"fe80:0::0001%25lo", "fe80::1"},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(rows); i++) {
        cc_address a;
        char       text[CC_ADDRESS_SIZE];
        if (kind_of(rows[i].spelling, &a) != CC_HOST_ADDRESS)
            fail_msg("%s is not read as an address", rows[i].spelling);
        cc_address_write(&a, text);
        assert_string_equal(text, rows[i].usual);
    }
}

static void
what_is_neither_a_name_nor_an_address_is_refused(void **state)
{
    static const char *const texts[] = {
        "", ".", "..", "a..b", ".a", "256.1.1.1", "1.2.3.4.5", "1.2.3.256", "127.0.0.1..", "4294967296", "0x1ffffffff",
        "08.1.1.1", "127.0.0.09", "1.2.3.0xg1.9", "1.16777216", "a b", "a\tb", "a/b", "a@b", "a?b", "a#b", "a\\b", "a%2eb",
        "127%2e0.0.1", "-a", "a.-b", "m\303\274ller.example", "\357\274\221.1.1.1", "127\343\200\2020.0.1", "[::1]", "::1::",
        "1:2:3", ":::", "::ffff:256.0.0.1", "g::1", "foo.1", "foo.0x7f", "localhost.1", "*", "*.a", "a,b", "a\"b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(texts); i++) {
        cc_address a;
        if (kind_of(texts[i], &a) != CC_HOST_BAD)
            fail_msg("'%s' is read as a host", texts[i]);
        assert_false(cc_host_public(texts[i], strlen(texts[i])));
    }
}

static void
names_are_names(void **state)
{
    static const char *const names[] = {"a",           "github.com",  "GitHub.com.", "x-y.example", "a_b.example", "1a",
                                        "0xg.example", "127.0.0.1.a", "0x7f.a",      "1.2.3.4a",    "xn--mller-kva.example"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(names); i++) {
        cc_address a;
        assert_int_equal(kind_of(names[i], &a), CC_HOST_NAME);
        assert_true(cc_host_public(names[i], strlen(names[i])));
    }
}

/* ---- what they reach ------------------------------------------------------------------------------- */

static void
each_special_address_is_known_for_what_it_is(void **state)
{
    static const struct {
        const char *address;
        cc_reach    reach;
    } rows[] = {
        {"127.0.0.0", CC_REACH_HOST},         {"127.255.255.255", CC_REACH_HOST},
        {"169.254.0.0", CC_REACH_HOST},       {"169.254.169.254", CC_REACH_HOST},
        {"169.254.255.255", CC_REACH_HOST},   {"::1", CC_REACH_HOST},
        {"fe80::", CC_REACH_HOST},            {"febf:ffff::1", CC_REACH_HOST},
        {"::ffff:127.0.0.1", CC_REACH_HOST},  {"::ffff:169.254.169.254", CC_REACH_HOST},
        {"64:ff9b::7f00:1", CC_REACH_HOST},   {"64:ff9b::169.254.169.254", CC_REACH_HOST},
        {"0.0.0.0", CC_REACH_NEVER},          {"0.1.2.3", CC_REACH_NEVER},
        {"::", CC_REACH_NEVER},               {"::127.0.0.1", CC_REACH_NEVER},
        {"::8.8.8.8", CC_REACH_NEVER},        {"::ffff:0.0.0.0", CC_REACH_NEVER},
        {"64:ff9b::", CC_REACH_NEVER},        {"224.0.0.1", CC_REACH_NEVER},
        {"239.255.255.255", CC_REACH_NEVER},  {"240.0.0.1", CC_REACH_NEVER},
        {"255.255.255.255", CC_REACH_NEVER},  {"ff02::1", CC_REACH_NEVER},
        {"::ffff:224.0.0.1", CC_REACH_NEVER}, {"10.0.0.0", CC_REACH_PRIVATE},
        {"10.255.255.255", CC_REACH_PRIVATE}, {"172.16.0.0", CC_REACH_PRIVATE},
        {"172.31.255.255", CC_REACH_PRIVATE}, {"192.168.0.1", CC_REACH_PRIVATE},
        {"100.64.0.0", CC_REACH_PRIVATE},     {"100.127.255.255", CC_REACH_PRIVATE},
        {"192.0.0.8", CC_REACH_PRIVATE},      {"192.0.2.1", CC_REACH_PRIVATE},
        {"192.88.99.1", CC_REACH_PRIVATE},    {"198.18.0.0", CC_REACH_PRIVATE},
        {"198.19.255.255", CC_REACH_PRIVATE}, {"198.51.100.1", CC_REACH_PRIVATE},
        {"203.0.113.1", CC_REACH_PRIVATE},    {"::ffff:10.0.0.1", CC_REACH_PRIVATE},
        {"64:ff9b::a00:1", CC_REACH_PRIVATE}, {"64:ff9b:1::8.8.8.8", CC_REACH_PRIVATE},
        {"::ffff:0:8.8.8.8", CC_REACH_PRIVATE}, {"fc00::1", CC_REACH_PRIVATE},
        {"fdff::1", CC_REACH_PRIVATE},        {"fec0::1", CC_REACH_PRIVATE},
        {"100::1", CC_REACH_PRIVATE},         {"2001::1", CC_REACH_PRIVATE},
        {"2001:0:7f00:1::", CC_REACH_PRIVATE}, {"2001:2::1", CC_REACH_PRIVATE},
        {"2001:db8::1", CC_REACH_PRIVATE},    {"2002:7f00:1::", CC_REACH_PRIVATE},
        {"2002:808:808::1", CC_REACH_PRIVATE}, {"3fff::1", CC_REACH_PRIVATE},
        {"5f00::1", CC_REACH_PRIVATE},        {"4000::1", CC_REACH_PRIVATE},
        {"8.8.8.8", CC_REACH_PUBLIC},         {"1.0.0.1", CC_REACH_PUBLIC},
        {"9.255.255.255", CC_REACH_PUBLIC},   {"11.0.0.0", CC_REACH_PUBLIC},
        {"100.63.255.255", CC_REACH_PUBLIC},  {"100.128.0.0", CC_REACH_PUBLIC},
        {"126.255.255.255", CC_REACH_PUBLIC}, {"128.0.0.0", CC_REACH_PUBLIC},
        {"169.253.255.255", CC_REACH_PUBLIC}, {"172.15.255.255", CC_REACH_PUBLIC},
        {"172.32.0.0", CC_REACH_PUBLIC},      {"192.167.255.255", CC_REACH_PUBLIC},
        {"192.169.0.0", CC_REACH_PUBLIC},     {"198.17.255.255", CC_REACH_PUBLIC},
        {"198.20.0.0", CC_REACH_PUBLIC},      {"223.255.255.255", CC_REACH_PUBLIC},
        {"2606:4700::1111", CC_REACH_PUBLIC}, {"2a00:1450::1", CC_REACH_PUBLIC},
        {"64:ff9b::808:808", CC_REACH_PUBLIC}, {"::ffff:8.8.8.8", CC_REACH_PUBLIC},
        {"2001:4860:4860::8888", CC_REACH_PUBLIC},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(rows); i++)
        if (reach_of(rows[i].address) != rows[i].reach)
            fail_msg("%s is judged as %d, not %d", rows[i].address, reach_of(rows[i].address), rows[i].reach);
}

static void
names_of_this_machine_are_not_public(void **state)
{
    static const char *const names[] = {"localhost", "LOCALHOST", "localhost.", "a.localhost", "a.b.LocalHost.",
                                        "localhost.localdomain", "ip6-localhost", "ip6-loopback"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(names); i++)
        assert_false(cc_host_public(names[i], strlen(names[i])));
    assert_true(cc_host_public("localhost.example", 17));
    assert_true(cc_host_public("notlocalhost", 12));
}

/* ---- the lists -------------------------------------------------------------------------------------- */

static bool
has(const char *entry, const char *target)
{
    cc_endpoint to;

    if (!cc_endpoint_read(target, strlen(target), &to))
        fail_msg("%s is not read", target);
    return cc_host_entry_has(entry, &to);
}

static void
a_listed_host_is_found_in_every_spelling_and_nothing_else_is(void **state)
{
    static const struct {
        const char *entry, *target;
        bool        has;
    } rows[] = {
        {"github.com", "github.com:443", true},
        {"github.com", "GitHub.COM:443", true},
        {"github.com", "github.com.:443", true},
        {"github.com.", "github.com:443", true},
        {"GITHUB.com", "github.com:80", true},
        {"github.com", "github.com:22", false},
        {"github.com", "github.com:8443", false},
        {"github.com:22", "github.com:22", true},
        {"github.com:22", "github.com:443", false},
        {"github.com", "api.github.com:443", false},
        {"github.com", "github.com.evil.example:443", false},
        {"github.com", "evilgithub.com:443", false},
        {"*.github.com", "api.github.com:443", true},
        {"*.github.com", "a.b.GITHUB.com.:443", true},
        {"*.github.com", "github.com:443", false},
        {"*.github.com", ".github.com:443", false},
        {"*.github.com", "evilgithub.com:443", false},
        {"*.github.com", "api.github.com:8080", false},
        {"*.github.com:8080", "api.github.com:8080", true},
        {"127.0.0.1:11434", "127.1:11434", true},
        {"127.0.0.1:11434", "2130706433:11434", true},
        {"127.0.0.1:11434", "127.0.0.1:11435", false},
        {"127.0.0.1:11434", "127.0.0.2:11434", false},
        {"[::1]:8000", "[0:0::1]:8000", true},
        {"[::1]:8000", "[::2]:8000", false},
        {"10.1.2.3", "10.1.2.3:443", true},
        {"10.1.2.3", "10.1.2.3.example:443", false},
        {"*.2.3", "10.1.2.3:443", false},
        {"*.com", "com:443", false},
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(rows); i++)
        if (has(rows[i].entry, rows[i].target) != rows[i].has)
            fail_msg("'%s' and %s: expected %s", rows[i].entry, rows[i].target, rows[i].has ? "yes" : "no");
}

static void
entries_that_cannot_be_meant_are_refused(void **state)
{
    static const char *const good[] = {"a", "a:1", "a.b:65535", "*.a", "*.a:22", "1.2.3.4", "1.2.3.4:5", "[::1]:5", "::1", "[::1]"};
    static const char *const bad[] = {"", "*", "*.", "*a", "a.*", "a:", "a:0", "a:65536", "a:x", "a:-1", "a:1:", "*.1.2.3.4",
                                      "http://a", "a/", "a/8", "[a]", "[::1", "[::1]x", "[::1]:", "*.[::1]", "1.2.3.4.5", "a b", "a@b"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(good); i++)
        if (!cc_host_entry_ok(good[i], strlen(good[i])))
            fail_msg("'%s' is refused", good[i]);
    for (size_t i = 0; i < CC_COUNT(bad); i++)
        if (cc_host_entry_ok(bad[i], strlen(bad[i])))
            fail_msg("'%s' is taken", bad[i]);
}

static void
permits_are_networks_or_single_ports(void **state)
{
    static const char *const good[] = {"10.0.0.0/8", "10.1.2.3", "10.1.2.3:443", "fd00::/8", "[fd00::1]:22", "127.0.0.1:11434",
                                       "[::1]:8080", "169.254.169.254:80", "0.0.0.0/0", "::/0"};
    static const char *const bad[] = {"", "localhost", "a.example:1", "127.0.0.1", "127.0.0.0/8", "127.0.0.0/16", "::1", "fe80::/10",
                                      "169.254.0.0/16", "169.254.169.254", "0.0.0.0", "0.0.0.0:80", "255.255.255.255", "224.0.0.1:5",
                                      "10.0.0.0/33", "10.0.0.0/8:80", "10.0.0.0/-1", "127.1:80", "0x7f.1:80", "10.1.2.3:0", "10.1.2.3:",
                                      "127.0.0.1:70000", "[10.0.0.1]:5"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(good); i++)
        if (!cc_permit_ok(good[i], strlen(good[i])))
            fail_msg("'%s' is refused", good[i]);
    for (size_t i = 0; i < CC_COUNT(bad); i++)
        if (cc_permit_ok(bad[i], strlen(bad[i])))
            fail_msg("'%s' is taken", bad[i]);
}

static bool
permitted(const char *host, uint16_t port, bool own, const char *one, const char *two)
{
    const char *const list[] = {one, two, NULL};
    cc_address        a;

    assert_int_equal(kind_of(host, &a), CC_HOST_ADDRESS);
    return cc_address_permitted(&a, port, own, one ? list : NULL);
}

static void
only_what_is_public_or_permitted_is_connected_to(void **state)
{
    (void)state;
    assert_true(permitted("8.8.8.8", 443, false, NONE, NONE));
    assert_false(permitted("10.0.0.1", 443, false, NONE, NONE));
    assert_false(permitted("127.0.0.1", 443, false, NONE, NONE));
    assert_false(permitted("8.8.8.8", 443, true, NONE, NONE)); /* this machine's own */
    assert_true(permitted("10.0.0.1", 443, false, "10.0.0.0/8", NONE));
    assert_true(permitted("::ffff:10.0.0.1", 443, false, "10.0.0.0/8", NONE));
    assert_false(permitted("11.0.0.1", 443, true, "10.0.0.0/8", NONE));
    assert_false(permitted("10.0.0.1", 443, true, "10.0.0.0/8", NONE)); /* its own address in an allowed network */
    assert_true(permitted("10.0.0.1", 443, true, "10.0.0.0/8", "10.0.0.1:443"));
    assert_false(permitted("10.0.0.1", 444, true, "10.0.0.0/8", "10.0.0.1:443"));
    assert_true(permitted("127.0.0.1", 11434, false, "10.0.0.0/8", "127.0.0.1:11434"));
    assert_false(permitted("127.0.0.1", 11433, false, "10.0.0.0/8", "127.0.0.1:11434"));
    assert_false(permitted("127.0.0.2", 11434, false, "10.0.0.0/8", "127.0.0.1:11434"));
}

static void
a_wide_network_lets_no_loopback_and_no_broadcast_through(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0", "255.255.255.255", "224.0.0.1",
                                        "ff02::1", "::", "::7f00:1", "64:ff9b::7f00:1"};

    (void)state;
    for (size_t i = 0; i < CC_COUNT(hosts); i++)
        assert_false(permitted(hosts[i], 80, false, "0.0.0.0/0", "::/0"));
    assert_true(permitted("fd00::1", 80, false, "0.0.0.0/0", "::/0"));
    assert_true(permitted("192.168.1.1", 80, false, "0.0.0.0/0", "::/0"));
}

static void
an_open_policy_lists_every_host_and_a_list_only_its_own(void **state)
{
    static const char *const hosts[] = {"git.example", "*.model.example", NULL};
    const cc_egress_policy   list = {.mode = CC_EGRESS_LIST, .hosts = hosts}, open = {.mode = CC_EGRESS_OPEN},
                           empty = {.mode = CC_EGRESS_LIST};
    cc_endpoint to;

    (void)state;
    assert_true(cc_endpoint_read("api.model.example:443", 21, &to));
    assert_true(cc_egress_listed(&list, &to) && cc_egress_listed(&open, &to) && !cc_egress_listed(&empty, &to));
    assert_true(cc_endpoint_read("evil.example:443", 16, &to));
    assert_true(!cc_egress_listed(&list, &to) && cc_egress_listed(&open, &to));
}

/* ---- the request's head ------------------------------------------------------------------------------ */

static int
status_of(const char *head)
{
    cc_proxy_request r;

    return cc_proxy_read(head, strlen(head), &r);
}

static void
a_plain_request_goes_on_for_its_host_and_without_what_was_ours(void **state)
{
    static const char head[] = "POST HTTP://Example.org:8080/a?b HTTP/1.1\r\nHost: other\r\nProxy-Authorization: Basic YTpi\r\n"
                               "Connection: x-mine, Content-Length\r\nX-Mine: 1\r\nContent-Length: 2\r\nKeep-Alive: 5\r\nA:b\r\n\r\n";
    cc_proxy_request  r;
    cc_arena         *a = cc_arena_new();
    cc_buf            b;

    (void)state;
    cc_buf_init(&b, a);
    assert_int_equal(cc_proxy_read(head, sizeof(head) - 1, &r), 0);
    assert_int_equal(r.to.port, 8080);
    assert_memory_equal(r.credentials.s, "YTpi", 4);
    cc_proxy_write(&b, &r);
    assert_string_equal(cc_buf_text(&b), "POST /a?b HTTP/1.1\r\nHost: Example.org:8080\r\nConnection: close\r\n"
                                         "Content-Length: 2\r\nA:b\r\n\r\n");
    cc_arena_free(a);
}

static void
a_head_that_two_readers_could_read_differently_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/2.0\r\n\r\n", "GET  http://a/ HTTP/1.1\r\n\r\n",
        "GET http://a/\r\n\r\n", "GET http://a/ HTTP/1.1\n\n", "GET http://a/ HTTP/1.1\r\nA: b\n\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET http://a/ HTTP/1.1\r\nA : b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nnothing\r\n\r\n", "GET http://u@a/ HTTP/1.1\r\n\r\n", "GET http://a\\@b/ HTTP/1.1\r\n\r\n",
        "GET http://a/#b HTTP/1.1\r\n\r\n", "GET https://a/ HTTP/1.1\r\n\r\n", "GET ftp://a/ HTTP/1.1\r\n\r\n",
        "GET http:///x HTTP/1.1\r\n\r\n", "GET http://a:b/ HTTP/1.1\r\n\r\n", "CONNECT a HTTP/1.1\r\n\r\n",
        "CONNECT a:0 HTTP/1.1\r\n\r\n", "CONNECT a:443/ HTTP/1.1\r\n\r\n", "CONNECT u@a:443 HTTP/1.1\r\n\r\n",
        "CONNECT http://a:443 HTTP/1.1\r\n\r\n", "CONNECT 1.2.3.4.5:80 HTTP/1.1\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\n\r\nB: c\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < CC_COUNT(bad); i++)
        if (status_of(bad[i]) != 400)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(status_of("CONNECT a.example:443 HTTP/1.0\r\n\r\n"), 0);
    assert_int_equal(status_of("connect [2606:4700::1]:443 HTTP/1.1\r\nHost:\r\n\r\n"), 0);
    assert_int_equal(status_of("GET http://a HTTP/1.1\r\n\r\n"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_an_address_is_that_address),
        cmocka_unit_test(what_is_neither_a_name_nor_an_address_is_refused),
        cmocka_unit_test(names_are_names),
        cmocka_unit_test(each_special_address_is_known_for_what_it_is),
        cmocka_unit_test(names_of_this_machine_are_not_public),
        cmocka_unit_test(a_listed_host_is_found_in_every_spelling_and_nothing_else_is),
        cmocka_unit_test(entries_that_cannot_be_meant_are_refused),
        cmocka_unit_test(permits_are_networks_or_single_ports),
        cmocka_unit_test(only_what_is_public_or_permitted_is_connected_to),
        cmocka_unit_test(a_wide_network_lets_no_loopback_and_no_broadcast_through),
        cmocka_unit_test(an_open_policy_lists_every_host_and_a_list_only_its_own),
        cmocka_unit_test(a_plain_request_goes_on_for_its_host_and_without_what_was_ours),
        cmocka_unit_test(a_head_that_two_readers_could_read_differently_is_refused),
    };

    return cmocka_run_group_tests_name("egress", tests, NULL, NULL);
}
