#include "replay/gate.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aipol::replay {

namespace {

constexpr double whole = 100;

uint64_t records(const Report& report) { return report.records; }
uint64_t lines(const Report& report) { return report.records + report.unreadable; }

}  // namespace

const Gate::Measure Gate::all[] = {
    {"newly-denied", [](const Report& r) { return r.newly_denied; }, records},
    {"newly-allowed", [](const Report& r) { return r.newly_allowed; }, records},
    {"changed", [](const Report& r) { return r.changed; }, records},
    {"undetermined", [](const Report& r) { return r.undetermined; }, records},
    {"unreadable", [](const Report& r) { return r.unreadable; }, lines},
    {"late", [](const Report& r) { return r.late; }, records},
};

std::vector<std::string_view> Gate::measures() {
  std::vector<std::string_view> names;
  for (const Measure& measure : all) names.push_back(measure.name);
  return names;
}

Result<Gate> Gate::parse(std::string_view text) {
  Gate gate;
  gate.text_ = text;
  size_t sign = text.find('>');
  std::string_view name = text.substr(0, sign);
  const Measure* found = std::ranges::find(all, name, &Measure::name);
  if (found == std::end(all))
    return failure(fmt::format("`{}`: nothing of that name is measured; it is one of {}", name,
                               fmt::join(measures(), ", ")));
  gate.measure_ = found;
  if (sign == text.npos) return gate;
  std::string_view bound = text.substr(sign + 1);
  gate.percent_ = bound.ends_with('%');
  if (gate.percent_) bound.remove_suffix(1);
  auto [end, error] = std::from_chars(bound.data(), bound.data() + bound.size(), gate.bound_);
  bool plain = error == std::errc() && end == bound.data() + bound.size() && gate.bound_ >= 0;
  if (!plain)
    return failure(fmt::format("`{}` is not MEASURE>NUMBER, such as newly-denied>0.1%", text));
  return gate;
}

bool Gate::fails(const Report& report) const {
  auto count = static_cast<double>(measure_->of(report));
  auto among = static_cast<double>(measure_->among(report));
  return percent_ ? count * whole > bound_ * among : count > bound_;
}

std::string Gate::measured(const Report& report) const {
  uint64_t count = measure_->of(report), among = measure_->among(report);
  double percent = among == 0 ? 0 : whole * static_cast<double>(count) / static_cast<double>(among);
  return fmt::format("{} of {} ({:.2f}%)", count, among, percent);
}

bool any_fails(const std::vector<Gate>& gates, const Report& report) {
  return std::ranges::any_of(gates, [&](const Gate& gate) { return gate.fails(report); });
}

}  // namespace aipol::replay
