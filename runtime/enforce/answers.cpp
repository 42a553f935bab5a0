#include "runtime/enforce/answers.h"

#include "base/saturate.h"

namespace aipol::enforce {

namespace {

size_t size_of(const std::string& key, const context::Response& answer) {
  constexpr size_t of_entry = 512;  // the entry itself, its places in list and table
  size_t bytes = of_entry + key.size() + answer.text.size() + answer.finish_reason.size() +
                 answer.model_version.size();
  for (const context::ToolCall& call : answer.tool_calls)
    bytes += sizeof(call) + call.name.size() + call.arguments.size();
  for (const auto& [name, value] : answer.headers)
    bytes += 2 * sizeof(name) + name.size() + value.size();
  return bytes;
}

}  // namespace

std::shared_ptr<const context::Response> MemoryAnswers::find(std::string_view key, int64_t age,
                                                             int64_t now) {
  std::lock_guard lock(mutex_);
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  Place place = found->second;
  if (saturating_subtract(now, place->since) >= age) return nullptr;
  kept_.splice(kept_.begin(), kept_, place);
  return place->answer;
}

void MemoryAnswers::keep(std::string key, context::Response answer, int64_t now) {
  size_t bytes = size_of(key, answer);
  std::lock_guard lock(mutex_);
  if (auto old = by_key_.find(key); old != by_key_.end()) drop(old->second);
  if (bytes > most_) return;
  while (bytes_ + bytes > most_) drop(std::prev(kept_.end()));
  auto shared = std::make_shared<const context::Response>(std::move(answer));
  kept_.push_front({std::move(key), std::move(shared), now, bytes});
  by_key_.emplace(kept_.front().key, kept_.begin());
  bytes_ += bytes;
}

size_t MemoryAnswers::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

void MemoryAnswers::drop(Place place) {
  bytes_ -= place->bytes;
  by_key_.erase(place->key);
  kept_.erase(place);
}

}  // namespace aipol::enforce
