#include <doctest/doctest.h>

#include "plan/ip.h"

namespace aipol::plan {

TEST_CASE("addresses are read and written") {
  for (const char* text : {"10.1.2.3", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "::"}) {
    CHECK(format_ip(*parse_ip(text)) == text);
  }
  for (const char* text :
       {"", "10.1.2", "10.1.2.256", "2001:db8::1::2", "10.1.2.3 ", "10.1.2.3/8"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip(text).has_value());
  }
  CHECK_FALSE(parse_ip(std::string_view("10.1.2.3\0", 9)).has_value());
}

TEST_CASE("an IPv4 address and its mapped form are one") {
  CHECK(*parse_ip("10.1.2.3") == *parse_ip("::ffff:10.1.2.3"));
}

TEST_CASE("networks hold what their prefix says") {
  auto holds = [](const char* network, const char* ip) {
    return contains(*parse_network(network), *parse_ip(ip));
  };
  CHECK(holds("10.0.0.0/8", "10.255.255.255"));
  CHECK_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  CHECK(holds("0.0.0.0/0", "203.0.113.7"));
  CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  CHECK(holds("::/0", "203.0.113.7"));
  CHECK(holds("2001:db8::/64", "2001:db8::ffff:ffff"));
  CHECK_FALSE(holds("2001:db8::/64", "2001:db8:0:1::"));
  CHECK(holds("2001:db8::/65", "2001:db8::1"));
  CHECK(holds("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(holds("192.0.2.7", "192.0.2.8"));
}

TEST_CASE("what is no network is refused") {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/8x",
                           "10.0.0.0/-1", "::/129", "/8"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_network(text).has_value());
  }
}

}  // namespace aipol::plan
