#include "compiler/index/values.h"

#include <algorithm>

namespace aipol::compiler {

ValueId Values::add(plan::Constant value) {
  values_.push_back(std::move(value));
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId Values::id(plan::Constant value) {
  auto next = static_cast<ValueId>(values_.size());
  bool fresh = false;
  ValueId id = 0;
  auto note = [&](auto&& placed) { id = placed.first->second, fresh = placed.second; };
  if (auto* text = std::get_if<std::string>(&value)) note(texts_.try_emplace(*text, next));
  else if (auto* integer = std::get_if<int64_t>(&value)) note(integers_.try_emplace(*integer, next));
  else note(others_.try_emplace(value, next));
  return fresh ? add(std::move(value)) : id;
}

ValueId Values::whole(uint32_t constant) {
  auto known = wholes_.find(constant);
  if (known != wholes_.end()) return known->second;
  ValueId made = id(plan_.constants[constant]);
  wholes_.emplace(constant, made);
  return made;
}

std::span<const ValueId> Values::members(uint32_t constant) {
  auto [it, fresh] = members_.try_emplace(constant);
  if (!fresh) return it->second;
  const plan::Constant& list = plan_.constants[constant];
  if (auto* texts = std::get_if<std::vector<std::string>>(&list)) {
    for (const std::string& text : *texts) it->second.push_back(id(text));
  } else {
    for (int64_t integer : std::get<std::vector<int64_t>>(list)) it->second.push_back(id(integer));
  }
  std::ranges::sort(it->second);
  it->second.erase(std::ranges::unique(it->second).begin(), it->second.end());
  return it->second;
}

bool Values::zero(ValueId id) const {
  if (auto* text = std::get_if<std::string>(&values_[id])) return text->empty();
  if (auto* integer = std::get_if<int64_t>(&values_[id])) return *integer == 0;
  return false;
}

}  // namespace aipol::compiler
