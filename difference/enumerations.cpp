#include "difference/enumerations.h"

#include <algorithm>

namespace aipol::difference {

Enumerations::Enumerations(const plan::Plan& before, const plan::Plan& after) {
  add(Side::before, before);
  add(Side::after, after);
  settle(Side::before, before);
  settle(Side::after, after);
}

void Enumerations::add(Side side, const plan::Plan& plan) {
  for (size_t own = 0; own < plan.enumerations.size(); ++own) {
    const plan::Enumeration& one = plan.enumerations[own];
    auto taken = [&](uint32_t number) {
      return std::ranges::find(numbers_[side], number) != numbers_[side].end();
    };
    uint32_t number = 0;
    while (number < all_.size() && (all_[number].name != one.name || taken(number))) ++number;
    numbers_[side].push_back(number);
    if (number == all_.size()) {
      all_.push_back(one);
      continue;
    }
    std::vector<std::string>& members = all_[number].members;
    for (const std::string& member : one.members) {
      if (std::ranges::find(members, member) != members.end()) continue;
      bool last = one.open && !members.empty() && members.back() == "unknown";
      members.insert(members.end() - (last ? 1 : 0), member);
    }
  }
}

void Enumerations::settle(Side side, const plan::Plan& plan) {
  for (size_t own = 0; own < plan.enumerations.size(); ++own) {
    const std::vector<std::string>& members = all_[numbers_[side][own]].members;
    std::vector<int64_t>& numbers = members_[side].emplace_back();
    for (const std::string& member : plan.enumerations[own].members)
      numbers.push_back(std::ranges::find(members, member) - members.begin());
  }
}

uint32_t Enumerations::number(Side side, uint32_t own) const {
  return own == ~0u ? own : numbers_[side][own];
}

int64_t Enumerations::member(Side side, uint32_t own, int64_t member) const {
  if (own == ~0u) return member;
  const std::vector<int64_t>& numbers = members_[side][own];
  bool known = member >= 0 && member < static_cast<int64_t>(numbers.size());
  return known ? numbers[static_cast<size_t>(member)] : member;
}

plan::Constant Enumerations::value(Side side, uint32_t own, const plan::Constant& value) const {
  if (const auto* one = std::get_if<int64_t>(&value)) return member(side, own, *one);
  const auto* several = std::get_if<std::vector<int64_t>>(&value);
  if (several == nullptr || own == ~0u) return value;
  std::vector<int64_t> out;
  for (int64_t one : *several) out.push_back(member(side, own, one));
  std::ranges::sort(out);
  return out;
}

std::vector<int64_t> Enumerations::missing(Side side, uint32_t own) const {
  std::vector<int64_t> out;
  if (own == ~0u) return out;
  const std::vector<int64_t>& numbers = members_[side][own];
  size_t count = all_[numbers_[side][own]].members.size();
  for (int64_t member = 0; member < static_cast<int64_t>(count); ++member) {
    if (std::ranges::find(numbers, member) == numbers.end()) out.push_back(member);
  }
  return out;
}

}  // namespace aipol::difference
