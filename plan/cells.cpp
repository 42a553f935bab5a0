#include "plan/cells.h"

#include "base/overloaded.h"
#include "plan/arithmetic.h"
#include "stdlib/native/cells.h"

namespace aipol::plan {

AipolCell CellStore::cell(const Constant& constant) {
  auto list = [&]<class Member>(const std::vector<Member>& members) {
    using Cell = std::conditional_t<std::is_same_v<Member, std::string>, std::string_view, Member>;
    auto& cells = lists_.emplace_back();
    cells.reserve(members.size());
    for (const Member& member : members) cells.push_back(native::cell_of(Cell(member)));
    return native::cell_of(std::span<const AipolCell>(cells));
  };
  return std::visit(Overloaded{[](bool value) { return native::cell_of(value); },
                               [](int64_t value) { return native::cell_of(value); },
                               [](double value) { return native::cell_of(value); },
                               [](const std::string& text) { return native::cell_of(std::string_view(text)); },
                               [](const Ip& ip) { return AipolCell{ip.high, ip.low}; },
                               [](const Network&) { return AipolCell{}; },
                               [](const IntegerRange&) { return AipolCell{}; },
                               [&](const std::vector<std::string>& texts) { return list(texts); },
                               [&](const std::vector<int64_t>& integers) { return list(integers); }},
                    constant);
}

Defaults::Defaults(const Plan& plan) {
  for (const Source& source : plan.sources) {
    cells_.push_back(source.fallback ? store_.cell(*source.fallback) : AipolCell{});
  }
}

AipolCell Defaults::value(const Plan& plan, const Facts& facts, SourceId source) const {
  const Fact& fact = facts[source];
  if (fact.state != Fact::State::present) return cells_[source];
  if (plan.sources[source].rep != Rep::real) return fact.value;
  return native::cell_of(finite(native::real_of(fact.value)));
}

bool Defaults::present(const Plan& plan, const Facts& facts, SourceId source) {
  return !plan.sources[source].optional || facts[source].state == Fact::State::present;
}

}  // namespace aipol::plan
