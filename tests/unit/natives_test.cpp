#include "stdlib/native/natives.h"

#include <doctest.h>

#include <limits>
#include <string>

#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"

namespace aipol::native {

namespace {

AipolCell call(std::string_view symbol, std::vector<AipolCell> arguments, AipolScratch& scratch) {
  const Native* native = find(symbol);
  REQUIRE(native != nullptr);
  REQUIRE(native->arguments.size() == arguments.size());
  AipolCell result{};
  native->function(arguments.data(), &result, &scratch);
  return result;
}

AipolCell text(std::string_view value) { return cell_of(value); }

std::string shown(std::string_view symbol, AipolCell argument) {
  AipolScratch scratch;
  return std::string(text_of(call(symbol, {argument}, scratch)));
}

std::string formatted(std::string_view kind, int64_t value) { return shown("format." + std::string(kind), cell_of(value)); }

int64_t clocked(std::string_view symbol, int64_t seconds, std::string_view zone) {
  AipolScratch scratch;
  return integer_of(call(symbol, {cell_of(seconds * 1'000'000'000), text(zone)}, scratch));
}

bool is_private(uint64_t high, uint64_t low) {
  AipolScratch scratch;
  return call("ip.is_private", {{high, low}}, scratch).a != 0;
}

constexpr int64_t least = std::numeric_limits<int64_t>::min();

}  // namespace

TEST_CASE("texts change case in ASCII, trim, and count code points") {
  CHECK(shown("text.lower", text("Ab Ü")) == "ab Ü");
  CHECK(shown("text.upper", text("ab ü")) == "AB ü");
  CHECK(shown("text.trim", text(" \t a b\r\n")) == "a b");
  CHECK(shown("text.trim", text("  ")).empty());
  AipolScratch scratch;
  CHECK(integer_of(call("text.length", {text("aü€")}, scratch)) == 3);
  CHECK(call("text.contains", {text("abc"), text("")}, scratch).a == 1);
  CHECK(call("text.contains", {{0, 0}, text("a")}, scratch).a == 0);
  CHECK(call("text.starts_with", {text("abc"), text("ab")}, scratch).a == 1);
  CHECK(call("text.ends_with", {text("abc"), text("ab")}, scratch).a == 0);
}

TEST_CASE("joining from the left does not change what was joined before") {
  AipolScratch scratch;
  AipolCell ab = call("text.concat", {text("a"), text("b")}, scratch);
  AipolCell abc = call("text.concat", {ab, text("c")}, scratch);
  AipolCell abd = call("text.concat", {ab, text("d")}, scratch);
  AipolCell twice = call("text.concat", {abd, abd}, scratch);
  CHECK(text_of(ab) == "ab");
  CHECK(text_of(abc) == "abc");
  CHECK(text_of(abd) == "abd");
  CHECK(text_of(twice) == "abdabd");
}

TEST_CASE("values are shown as literals") {
  CHECK(formatted("integer", least) == "-9223372036854775808");
  CHECK(formatted("duration", 0) == "0s");
  CHECK(formatted("duration", 5'400'250'000'000) == "1h30m250ms");
  CHECK(formatted("duration", -1'500) == "-1us500ns");
  CHECK(formatted("usd", 2'500'000'000) == "$2.50");
  CHECK(formatted("usd", -125'000) == "-$0.000125");
  CHECK(formatted("usd", least) == "-$9223372036.854775808");
  CHECK(formatted("clock", 9 * 3600 + 30 * 60) == "09:30");
  CHECK(formatted("clock", 61) == "00:01:01");
  CHECK(formatted("date", 0) == "1970-01-01");
  CHECK(formatted("time", 0) == "1970-01-01T00:00:00Z");
  CHECK(formatted("time", -500'000'000) == "1969-12-31T23:59:59.5Z");
  CHECK(formatted("time", least) == "1677-09-21T00:12:43.145224192Z");
  CHECK(shown("format.real", cell_of(0.1)) == "0.1");
  CHECK(shown("format.boolean", cell_of(true)) == "true");
  CHECK(shown("format.ip", {0, 0xFFFF'0A00'0001}) == "10.0.0.1");
  CHECK(shown("format.ip", {0x2001'0db8'0000'0000, 1}) == "2001:db8::1");
}

TEST_CASE("members outside of an enum have no name") {
  AipolScratch scratch;
  AipolCell names[] = {text("a"), text("b")};
  AipolCell list = cell_of(std::span<const AipolCell>(names));
  CHECK(text_of(call("format.member", {cell_of(int64_t{1}), list}, scratch)) == "b");
  CHECK(text_of(call("format.member", {cell_of(int64_t{-1}), list}, scratch)).empty());
}

TEST_CASE("clocks follow the zone") {
  constexpr int64_t summer = 1'782'864'000;  // 2026-07-01T00:00:00Z, a Wednesday
  CHECK(clocked("time.hour", summer, "UTC") == 0);
  CHECK(clocked("time.hour", summer, "Europe/Berlin") == 2);
  CHECK(clocked("time.hour", summer, "America/New_York") == 20);
  CHECK(clocked("time.weekday", summer, "UTC") == 2);
  CHECK(clocked("time.weekday", summer, "America/New_York") == 1);
  CHECK(clocked("time.clock", summer + 61, "UTC") == 61);
  CHECK(clocked("time.date", summer, "UTC") == 20635);
  CHECK(clocked("time.date", -1, "UTC") == -1);
}

TEST_CASE("private addresses are those the internet does not route") {
  constexpr uint64_t v4 = 0xFFFF'0000'0000;
  CHECK(is_private(0, v4 | 0x0A01'0203));
  CHECK(is_private(0, v4 | 0xAC1F'0001));
  CHECK_FALSE(is_private(0, v4 | 0xAC20'0001));
  CHECK(is_private(0, v4 | 0xC0A8'0001));
  CHECK_FALSE(is_private(0, v4 | 0x0808'0808));
  CHECK(is_private(0, 1));
  CHECK(is_private(0xFD00'0000'0000'0000, 1));
  CHECK(is_private(0xFE80'0000'0000'0000, 1));
  CHECK_FALSE(is_private(0x2001'0db8'0000'0000, 1));
}

}  // namespace aipol::native
