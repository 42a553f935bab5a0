#include "plan/written.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/civil.h"
#include "base/overloaded.h"
#include "plan/ip.h"

namespace aipol::plan {

namespace {

constexpr int64_t billion = 1'000'000'000;

// Nano-dollars, exactly; cents where there are no smaller parts.
std::string dollars(int64_t number) {
  bool negative = number < 0;
  uint64_t size = negative ? -static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  std::string part = fmt::format("{:09}", size % billion);
  part.erase(std::max<size_t>(part.find_last_not_of('0') + 1, 2));
  if (part == "00") part.clear();
  return fmt::format("{}${}{}{}", negative ? "-" : "", size / billion, part.empty() ? "" : ".",
                     part);
}

std::string duration(int64_t number) {
  constexpr std::pair<int64_t, std::string_view> units[] = {{86'400 * billion, "d"},
                                                            {3'600 * billion, "h"},
                                                            {60 * billion, "m"},
                                                            {billion, "s"},
                                                            {billion / 1000, "ms"}};
  for (auto [length, name] : units) {
    if (number != 0 && number % length == 0) return fmt::format("{}{}", number / length, name);
  }
  return fmt::format("{}s", static_cast<double>(number) / billion);
}

template <class List, class F>
std::string listed(const List& list, F text) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ", ") + text(item);
  return "[" + out + "]";
}

}  // namespace

bool is_name(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
      out += fmt::format("\\u{{{:x}}}", byte);
    else
      out += c;
  }
  return out += '"';
}

std::string written(int64_t number, Unit unit) {
  switch (unit) {
    case Unit::nano_dollars:
      return dollars(number);
    case Unit::nanoseconds:
      return duration(number);
    case Unit::time:
      return in_quotes(format_time(number));
    case Unit::clock:
      return fmt::format("{:02}:{:02}", number / 3600, number / 60 % 60);
    case Unit::date:
      return in_quotes(format_date(number));
    default:
      return fmt::format("{}", number);
  }
}

std::string written_member(const Enumeration& enumeration, int64_t number) {
  bool known = number >= 0 && static_cast<size_t>(number) < enumeration.members.size();
  if (!known) return "?";
  const std::string& name = enumeration.members[static_cast<size_t>(number)];
  return is_name(name) ? name : in_quotes(name);
}

std::string written(const Plan& plan, const Constant& value, Unit unit, uint32_t enumeration) {
  auto integer = [&](int64_t number) {
    return enumeration == ~0u ? written(number, unit)
                              : written_member(plan.enumerations[enumeration], number);
  };
  return std::visit(
      Overloaded{[](bool v) { return std::string(v ? "true" : "false"); },
                 [&](int64_t v) { return integer(v); },
                 [](double v) { return fmt::format("{}", v); },
                 [](const std::string& v) { return in_quotes(v); },
                 [](const Ip& v) { return in_quotes(format_ip(v)); },
                 [](const std::vector<std::string>& v) { return listed(v, in_quotes); },
                 [&](const std::vector<int64_t>& v) { return listed(v, integer); },
                 [](const auto&) { return std::string("?"); }},
      value);
}

}  // namespace aipol::plan
