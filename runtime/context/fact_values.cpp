#include "runtime/context/fact_values.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <span>

#include "base/civil.h"
#include "base/overloaded.h"
#include "plan/ip.h"

namespace aipol::context {

using plan::Fact;

namespace {

Fact present(uint64_t a, uint64_t b = 0) { return {Fact::State::present, {a, b}}; }

AipolCell text_cell(std::string_view value) {
  return {reinterpret_cast<uint64_t>(value.data()), value.size()};
}

AipolCell* cells(size_t count, AipolScratch& scratch) {
  return reinterpret_cast<AipolCell*>(scratch.allocate(count * sizeof(AipolCell)));
}

// Traffic may say a member twice; a set has it once.
template <class F>
Fact once(std::span<AipolCell> list, F value) {
  std::ranges::sort(list, {}, value);
  auto rest = std::ranges::unique(list, {}, value);
  return present(reinterpret_cast<uint64_t>(list.data()), list.size() - rest.size());
}

}  // namespace

Fact absent() { return {Fact::State::absent, {}}; }
Fact boolean(bool value) { return present(value ? 1 : 0); }
Fact integer(int64_t value) { return present(static_cast<uint64_t>(value)); }
Fact real(double value) {
  return present(std::bit_cast<uint64_t>(std::isfinite(value) ? value : 0.0));
}
Fact text(std::string_view value) { return {Fact::State::present, text_cell(value)}; }
Fact address(const plan::Ip& value) { return present(value.high, value.low); }

Fact texts(const std::vector<std::string>& values, AipolScratch& scratch) {
  AipolCell* list = cells(values.size(), scratch);
  std::ranges::transform(values, list, [](const std::string& value) { return text_cell(value); });
  auto view = [](const AipolCell& cell) {
    return std::string_view(reinterpret_cast<const char*>(cell.a), cell.b);
  };
  return once({list, values.size()}, view);
}

int64_t member(const plan::Enumeration& enumeration, std::string_view text) {
  auto found = std::ranges::find(enumeration.members, text);
  if (found != enumeration.members.end()) return found - enumeration.members.begin();
  return enumeration.open ? static_cast<int64_t>(enumeration.members.size()) - 1 : -1;
}

Fact texts_as(const plan::Plan& plan, const plan::Source& source,
              const std::vector<std::string>& values, AipolScratch& scratch) {
  if (source.rep == plan::Rep::texts) return texts(values, scratch);
  const plan::Enumeration& enumeration = plan.enumerations[source.enumeration];
  AipolCell* list = cells(values.size(), scratch);
  size_t count = 0;
  for (const std::string& value : values) {
    auto found = std::ranges::find(enumeration.members, value);
    if (found != enumeration.members.end()) {
      list[count++] = {static_cast<uint64_t>(found - enumeration.members.begin()), 0};
    }
  }
  return once({list, count}, [](const AipolCell& cell) { return cell.a; });
}

namespace {

Fact from_texts(const plan::Plan& plan, const plan::Source& source,
                const std::vector<std::string>& values, AipolScratch& scratch);

constexpr double ns_per_second = 1e9;

Fact rounded(double value) {
  constexpr double limit = 9.2e18;
  if (!std::isfinite(value) || std::abs(value) > limit) return absent();
  return integer(std::llround(value));
}

// A number of a source: seconds, dollars or days where the source counts such.
Fact number(const plan::Source& source, double value) {
  switch (source.unit) {
    case plan::Unit::none:
      return value == std::floor(value) ? rounded(value) : absent();
    case plan::Unit::clock:
    case plan::Unit::date:
      return rounded(value);
    default:
      return rounded(value * ns_per_second);
  }
}

Fact from_integer(const plan::Source& source, int64_t value) {
  if (source.rep == plan::Rep::real) return real(static_cast<double>(value));
  if (source.rep != plan::Rep::integer || source.enumeration != ~0u) return absent();
  return source.unit == plan::Unit::none ? integer(value)
                                         : number(source, static_cast<double>(value));
}

Fact from_real(const plan::Source& source, double value) {
  if (source.rep == plan::Rep::real) return real(value);
  if (source.rep != plan::Rep::integer || source.enumeration != ~0u) return absent();
  return number(source, value);
}

Fact maybe(std::optional<int64_t> value) { return value ? integer(*value) : absent(); }

Fact from_text(const plan::Plan& plan, const plan::Source& source, const std::string& value,
               AipolScratch& scratch) {
  switch (source.rep) {
    case plan::Rep::text:
      return text(value);
    case plan::Rep::ip: {
      auto ip = plan::parse_ip(value);
      return ip ? address(*ip) : absent();
    }
    case plan::Rep::texts:
    case plan::Rep::integers:
      return from_texts(plan, source, {value}, scratch);
    case plan::Rep::integer:
      break;
    default:
      return absent();
  }
  if (source.enumeration != ~0u) {
    int64_t number = member(plan.enumerations[source.enumeration], value);
    return number < 0 ? absent() : integer(number);
  }
  if (source.unit == plan::Unit::time) return maybe(parse_time(value));
  if (source.unit == plan::Unit::date) return maybe(parse_date(value));
  return absent();
}

// A member of a list of numbers.
std::optional<int64_t> listed_number(const plan::Source& source, const std::string& value) {
  if (source.unit == plan::Unit::time) return parse_time(value);
  if (source.unit == plan::Unit::date) return parse_date(value);
  const char* end = value.data() + value.size();
  int64_t whole = 0;
  if (source.unit == plan::Unit::none) {
    auto read = std::from_chars(value.data(), end, whole);
    return read.ec == std::errc() && read.ptr == end ? std::optional(whole) : std::nullopt;
  }
  double amount = 0;
  auto read = std::from_chars(value.data(), end, amount);
  Fact fact = read.ec == std::errc() && read.ptr == end ? number(source, amount) : absent();
  return fact.state == Fact::State::present ? std::optional(static_cast<int64_t>(fact.value.a))
                                            : std::nullopt;
}

Fact integers(const std::vector<int64_t>& values, AipolScratch& scratch) {
  AipolCell* list = cells(values.size(), scratch);
  std::ranges::transform(values, list,
                         [](int64_t value) { return AipolCell{static_cast<uint64_t>(value), 0}; });
  return once({list, values.size()},
              [](const AipolCell& cell) { return static_cast<int64_t>(cell.a); });
}

bool lists_numbers(const plan::Source& source) {
  return source.rep == plan::Rep::integers && source.enumeration == ~0u;
}

Fact from_texts(const plan::Plan& plan, const plan::Source& source,
                const std::vector<std::string>& values, AipolScratch& scratch) {
  if (!lists_numbers(source)) {
    bool list = source.rep == plan::Rep::texts || source.rep == plan::Rep::integers;
    return list ? texts_as(plan, source, values, scratch) : absent();
  }
  std::vector<int64_t> numbers;
  for (const std::string& value : values) {
    if (auto number = listed_number(source, value)) numbers.push_back(*number);
  }
  return integers(numbers, scratch);
}

}  // namespace

Fact attribute(const plan::Plan& plan, const plan::Source& source, const AttributeValue& value,
               AipolScratch& scratch) {
  return std::visit(
      Overloaded{
          [&](bool v) { return source.rep == plan::Rep::boolean ? boolean(v) : absent(); },
          [&](int64_t v) { return from_integer(source, v); },
          [&](double v) { return from_real(source, v); },
          [&](const std::string& v) { return from_text(plan, source, v, scratch); },
          [&](const std::vector<std::string>& v) { return from_texts(plan, source, v, scratch); },
          [&](const std::vector<ExactInteger>& v) {
            std::vector<int64_t> numbers;
            for (ExactInteger one : v) numbers.push_back(one.value);
            return lists_numbers(source) ? integers(numbers, scratch) : absent();
          },
          [&](ExactInteger v) {
            return source.rep == plan::Rep::integer ? integer(v.value) : absent();
          },
          [&](const plan::Ip& v) { return source.rep == plan::Rep::ip ? address(v) : absent(); },
      },
      value);
}

}  // namespace aipol::context
