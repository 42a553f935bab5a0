#include "runtime/context/call.h"

#include "base/token_estimate.h"

namespace aipol::context {

void Attributes::add(std::string name, AttributeValue value) {
  auto mark = static_cast<uint32_t>(text_hash(name));
  if (entries_.size() < few)
    first_marks_[entries_.size()] = mark;
  else
    other_marks_.push_back(mark);
  entries_.emplace_back(std::move(name), std::move(value));
}

void Attributes::insert_or_assign(std::string name, AttributeValue value) {
  for (Entry& entry : entries_) {
    if (entry.first != name) continue;
    entry.second = std::move(value);
    return;
  }
  add(std::move(name), std::move(value));
}

bool Attributes::try_emplace(const std::string& name, AttributeValue value) {
  if (find(name) != nullptr) return false;
  add(name, std::move(value));
  return true;
}

void Attributes::clear() {
  entries_.clear();
  first_marks_ = {};
  other_marks_.clear();
}

int64_t input_tokens(const Ai& ai) {
  if (ai.input_tokens) return *ai.input_tokens;
  size_t quarters = 0;
  for (const Message& message : ai.messages) quarters += quarter_tokens(message.text);
  return static_cast<int64_t>(whole_tokens(quarters));
}

}  // namespace aipol::context
