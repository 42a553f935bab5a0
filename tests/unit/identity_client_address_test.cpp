#include <doctest.h>

#include "plan/ip.h"
#include "runtime/identity/client_address.h"

using namespace aipol;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const std::vector<plan::Network> trusted = {*plan::parse_network("10.0.0.0/8"),
                                            *plan::parse_network("fd00::/8")};

std::string from(const char* peer, const Headers& headers) {
  return plan::format_ip(identity::client_address(*plan::parse_ip(peer), headers, trusted));
}
std::string forwarded_for(const std::string& value) {
  return from("10.0.0.1", {{"x-forwarded-for", value}});
}
std::string forwarded(const std::string& value) { return from("10.0.0.1", {{"forwarded", value}}); }

}  // namespace

TEST_CASE("only trusted proxies say where a request comes from") {
  CHECK(from("192.0.2.9", {{"x-forwarded-for", "198.51.100.1"}}) == "192.0.2.9");
  CHECK(from("10.0.0.1", {}) == "10.0.0.1");
  CHECK(forwarded_for("198.51.100.1") == "198.51.100.1");
  CHECK(forwarded_for("6.6.6.6, 198.51.100.1") == "198.51.100.1");
  CHECK(forwarded_for("6.6.6.6, 198.51.100.1,10.2.0.1 , 10.3.0.1") == "198.51.100.1");
  CHECK(forwarded_for("10.9.9.9,10.2.0.1") == "10.9.9.9");
  CHECK(from("fd00::1", {{"x-forwarded-for", "2001:db8::7"}}) == "2001:db8::7");
  CHECK(plan::format_ip(identity::client_address(
            *plan::parse_ip("10.0.0.1"), {{"x-forwarded-for", "1.1.1.1"}}, {})) == "10.0.0.1");
}

TEST_CASE("fields of one name are one list") {
  CHECK(from("10.0.0.1",
             {{"x-forwarded-for", "6.6.6.6"}, {"accept", "x"}, {"x-forwarded-for", "10.2.0.1"}}) ==
        "6.6.6.6");
  CHECK(from("10.0.0.1", {{"x-forwarded-for", "6.6.6.6"}, {"x-forwarded-for", "198.51.100.1"}}) ==
        "198.51.100.1");
  CHECK(from("10.0.0.1", {{"forwarded", "for=6.6.6.6"}, {"x-forwarded-for", "198.51.100.1"}}) ==
        "198.51.100.1");
}

TEST_CASE("what is no address ends the walk") {
  for (const char* value :
       {"", ",", "unknown", "6.6.6.6,", "6.6.6.6, unknown", "6.6.6.6, 300.1.1.1", "6.6.6.6 7.7.7.7",
        "6.6.6.6, localhost", "6.6.6.6, [::1", "6.6.6.6, 1.1.1.1:", "6.6.6.6, 1.1.1.1:99999999",
        "6.6.6.6, 1.1.1.1:x", "6.6.6.6, [::1]x", "6.6.6.6, \"1.1.1.1\""}) {
    CAPTURE(value);
    CHECK(forwarded_for(value) == "10.0.0.1");
  }
  CHECK(forwarded_for("6.6.6.6, garbage, 10.2.0.1") == "10.2.0.1");
}

TEST_CASE("addresses may have ports and brackets") {
  CHECK(forwarded_for("198.51.100.1:4711") == "198.51.100.1");
  CHECK(forwarded_for("[2001:db8::7]:4711") == "2001:db8::7");
  CHECK(forwarded_for("[2001:db8::7]") == "2001:db8::7");
  CHECK(forwarded_for("::ffff:198.51.100.1") == "198.51.100.1");
}

TEST_CASE("the standard's own header is understood") {
  CHECK(forwarded("for=198.51.100.1") == "198.51.100.1");
  CHECK(forwarded("proto=http; For=\"198.51.100.1:80\" ;by=10.0.0.2") == "198.51.100.1");
  CHECK(forwarded("for=6.6.6.6, for=\"[2001:db8::7]:4711\"") == "2001:db8::7");
  CHECK(forwarded("for=6.6.6.6, for=10.2.0.1;host=\"a,b\"") == "6.6.6.6");
  for (const char* value : {"for=_hidden", "for=unknown", "by=6.6.6.6", "for=", "for=\"6.6.6.6",
                            "for=6.6.6.6;for=7.7.7.7"}) {
    CAPTURE(value);
    CHECK(forwarded(value) == "10.0.0.1");
  }
  // What a client left open does not swallow what the proxy added.
  CHECK(forwarded("for=\"6.6.6.6, for=198.51.100.1") == "198.51.100.1");
}

TEST_CASE("long lists are not followed to their end") {
  std::string list = "6.6.6.6";
  for (int i = 0; i < 31; ++i) list += ",10.1.1.1";
  CHECK(forwarded_for(list) == "6.6.6.6");
  CHECK(forwarded_for("6.6.6.6,10.4.4.4" + list.substr(7)) == "10.4.4.4");
  CHECK(forwarded_for(std::string(100'000, ',')) == "10.0.0.1");
  // The entry that the limit cuts in two is not taken: 198.51.100.1 is not 8.51.100.1.
  const std::string filler = "," + std::string(8 * 1024 - 1 - 10 - 9, ' ') + "10.1.1.1";
  CHECK(forwarded_for("198.51.100.1" + filler) == "10.1.1.1");
}
