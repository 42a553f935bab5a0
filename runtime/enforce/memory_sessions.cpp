#include "runtime/enforce/memory_sessions.h"

#include <algorithm>

#include "base/saturate.h"

namespace aipol::enforce {

namespace {

constexpr size_t node_bytes = 256;  // about what the two trees take for a session
constexpr size_t tag_bytes = 72;

size_t bytes_of(const std::string& id, const Remembered& session) {
  size_t bytes = node_bytes + id.size();
  for (const std::string& tag : session.tags) bytes += tag_bytes + tag.size();
  return bytes;
}

}  // namespace

bool MemorySessions::recall(context::Session& session, int64_t now) {
  if (session.id.empty()) return true;
  std::lock_guard lock(mutex_);
  forget(now);
  auto found = sessions_.find(session.id);
  if (found == sessions_.end()) return true;
  for (const std::string& tag : found->second.tags) {
    if (std::ranges::find(session.tags, tag) == session.tags.end()) session.tags.push_back(tag);
  }
  session.turns = saturating_add(session.turns, found->second.turns);
  return true;
}

void MemorySessions::remember(const std::string& id, const std::set<std::string>& tags,
                              int64_t now) {
  if (id.empty()) return;
  std::lock_guard lock(mutex_);
  auto at = sessions_.try_emplace(id).first;
  Kept& kept = at->second;
  kept.tags.insert(tags.begin(), tags.end());
  ++kept.turns;
  touch(at, now);
  if (notes_ && !kept.changed) changed_.push_back(id);
  kept.changed = notes_;
  forget(now);
}

void MemorySessions::note_changes() {
  std::lock_guard lock(mutex_);
  notes_ = true;
}

void MemorySessions::put(const std::string& id, Remembered session) {
  std::lock_guard lock(mutex_);
  auto at = sessions_.try_emplace(id).first;
  int64_t last = session.last;
  static_cast<Remembered&>(at->second) = std::move(session);
  touch(at, last);
  forget(last);
}

void MemorySessions::take_changes(const Of& of) {
  std::lock_guard lock(mutex_);
  for (const std::string& id : forgotten_) of(id, nullptr);
  for (const std::string& id : changed_) {
    auto found = sessions_.find(id);
    if (found == sessions_.end()) continue;
    found->second.changed = false;
    of(id, &found->second);
  }
  forgotten_.clear();
  changed_.clear();
}

void MemorySessions::touch(All::iterator at, int64_t now) {
  Kept& kept = at->second;
  auto [first, last] = by_last_.equal_range(kept.last);
  auto old = std::find_if(first, last, [&](auto& entry) { return entry.second == at; });
  if (kept.bytes != 0 && old != last) by_last_.erase(old);
  bytes_ -= kept.bytes;
  kept.bytes = bytes_of(at->first, kept);
  bytes_ += kept.bytes;
  kept.last = now;
  by_last_.emplace(now, at);
}

void MemorySessions::forget(int64_t now) {
  while (!by_last_.empty() && (sessions_.size() > most || bytes_ > most_bytes ||
                               saturating_subtract(now, by_last_.begin()->first) > kept_for))
    forget_first();
}

void MemorySessions::forget_first() {
  auto at = by_last_.begin()->second;
  if (notes_) forgotten_.push_back(at->first);
  bytes_ -= at->second.bytes;
  by_last_.erase(by_last_.begin());
  sessions_.erase(at);
}

}  // namespace aipol::enforce
