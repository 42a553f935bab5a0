#include <fmt/format.h>

#include "base/overloaded.h"
#include "plan/dump.h"
#include "plan/ip.h"
#include "plan/written.h"
#include "stdlib/native/cells.h"

namespace aipol::plan {

namespace {

template <class List, class Text>
std::string listed(const List& list, Text text) {
  std::string out;
  for (const auto& member : list) out += (out.empty() ? "" : ", ") + text(member);
  return "[" + out + "]";
}

}  // namespace

std::string text_of(const Constant& constant) {
  return std::visit(
      Overloaded{
          [](bool value) { return std::string(value ? "true" : "false"); },
          [](int64_t value) { return std::to_string(value); },
          [](double value) { return fmt::format("{:#}", value); },
          [](const std::string& text) { return in_quotes(text); },
          [](const Ip& ip) { return format_ip(ip); },
          [](const Network& network) {
            return fmt::format("{}/{}", format_ip(network.address), network.prefix);
          },
          [](const IntegerRange& range) { return fmt::format("{}..={}", range.low, range.high); },
          [](const std::vector<std::string>& texts) { return listed(texts, in_quotes); },
          [](const std::vector<int64_t>& integers) {
            return listed(integers, [](int64_t value) { return std::to_string(value); });
          }},
      constant);
}

std::string text_of(Rep rep, const AipolCell& cell) {
  switch (rep) {
    case Rep::boolean:
      return cell.a != 0 ? "true" : "false";
    case Rep::integer:
      return std::to_string(native::integer_of(cell));
    case Rep::real:
      return fmt::format("{:#}", native::real_of(cell));
    case Rep::text:
      return in_quotes(native::text_of(cell));
    case Rep::ip:
      return format_ip({cell.a, cell.b});
    case Rep::texts:
      return listed(native::list_of(cell),
                    [](const AipolCell& one) { return text_of(Rep::text, one); });
    case Rep::integers:
      return listed(native::list_of(cell),
                    [](const AipolCell& one) { return text_of(Rep::integer, one); });
    case Rep::records:
      return fmt::format("{} records", cell.b);
    case Rep::handle:
      return "…";
  }
  return {};
}

std::string dump(const Plan& plan, const Facts& facts) {
  std::string out;
  for (size_t i = 0; i < facts.size(); ++i) {
    std::string value = facts[i].state == Fact::State::present
                            ? text_of(plan.sources[i].rep, facts[i].value)
                        : facts[i].state == Fact::State::absent ? "absent"
                                                                : "unknown";
    fmt::format_to(std::back_inserter(out), "{} = {}\n", plan.sources[i].name(), value);
  }
  return out;
}

}  // namespace aipol::plan
