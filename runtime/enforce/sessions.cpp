#include "runtime/enforce/sessions.h"

#include <algorithm>

#include "base/saturate.h"

namespace aipol::enforce {

void Sessions::recall(context::Session& session, int64_t now) {
  if (session.id.empty()) return;
  std::lock_guard lock(mutex_);
  forget(now);
  auto found = sessions_.find(session.id);
  if (found == sessions_.end()) return;
  for (const std::string& tag : found->second.tags) {
    if (std::ranges::find(session.tags, tag) == session.tags.end()) session.tags.push_back(tag);
  }
  session.turns = saturating_add(session.turns, found->second.turns);
}

void Sessions::remember(const std::string& id, const std::set<std::string>& tags, int64_t now) {
  if (id.empty()) return;
  std::lock_guard lock(mutex_);
  auto [at, fresh] = sessions_.try_emplace(id);
  Kept& kept = at->second;
  if (!fresh) {
    auto range = by_last_.equal_range(kept.last);
    auto old = std::find_if(range.first, range.second, [&](auto& e) { return e.second == id; });
    if (old != range.second) by_last_.erase(old);
  }
  kept.tags.insert(tags.begin(), tags.end());
  ++kept.turns;
  kept.last = now;
  by_last_.emplace(now, id);
  forget(now);
}

void Sessions::forget(int64_t now) {
  while (!by_last_.empty() && (sessions_.size() > most ||
                               saturating_subtract(now, by_last_.begin()->first) > kept_for)) {
    sessions_.erase(by_last_.begin()->second);
    by_last_.erase(by_last_.begin());
  }
}

}  // namespace aipol::enforce
