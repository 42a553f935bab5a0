#include "runtime/stores/redis_sessions.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/saturate.h"

namespace aipol::stores {

namespace {

constexpr size_t most_sent = 100;  // sessions at once
constexpr std::string_view turns_field = "turns";
constexpr char tag_mark = '#';  // before a tag, in the name of its field

std::string key(const RedisCounters& server, const std::string& id) {
  return server.prefix() + "s:" + id;
}

// HGETALL: fields and values by turns.
enforce::Remembered session_of(const Reply& reply) {
  enforce::Remembered session;
  for (size_t i = 0; i + 1 < reply.items.size(); i += 2) {
    std::string_view field = reply.items[i].text, value = reply.items[i + 1].text;
    if (field.starts_with(tag_mark)) session.tags.emplace(field.substr(1));
    if (field == turns_field)
      std::from_chars(value.data(), value.data() + value.size(), session.turns);
  }
  return session;
}

}  // namespace

bool RedisSessions::recall(context::Session& session, int64_t now) {
  if (session.id.empty()) return true;
  auto replies = server_.ask({{"HGETALL", key(server_, session.id)}});
  if (!replies || replies->front().kind != Reply::Kind::list) {
    if (when_away_ == WhenAway::local) return met_.recall(session, now);
    return when_away_ == WhenAway::allow;
  }
  enforce::Remembered kept = session_of(replies->front());
  for (const std::string& tag : kept.tags) {
    if (std::ranges::find(session.tags, tag) == session.tags.end()) session.tags.push_back(tag);
  }
  session.turns = saturating_add(session.turns, std::max<int64_t>(kept.turns, 0));
  kept.last = now;
  if (when_away_ == WhenAway::local && kept.turns > 0) met_.put(session.id, std::move(kept));
  return true;
}

void RedisSessions::add_commands(const std::string& id, const Owed& owed,
                                 std::vector<Command>& to) const {
  std::string at = key(server_, id);
  to.push_back({"HINCRBY", at, std::string(turns_field), std::to_string(owed.turns)});
  if (!owed.tags.empty()) {
    Command set = {"HSET", at};
    for (const std::string& tag : owed.tags) set.insert(set.end(), {tag_mark + tag, ""});
    to.push_back(std::move(set));
  }
  to.push_back({"PEXPIRE", at, std::to_string(kept_for / 1'000'000)});
}

void RedisSessions::remember(const std::string& id, const std::set<std::string>& tags,
                             int64_t now) {
  if (id.empty()) return;
  if (when_away_ == WhenAway::local) met_.remember(id, tags, now);
  owe(id, {tags, 1});
  std::map<std::string, Owed> sent = take_owed();
  std::vector<Command> commands;
  for (const auto& [owed, what] : sent) add_commands(owed, what, commands);
  if (commands.empty() || server_.ask(std::move(commands))) return;
  for (auto& [owed, what] : sent) owe(owed, std::move(what));
}

void RedisSessions::owe(const std::string& id, Owed owed) {
  std::lock_guard lock(mutex_);
  if (owed_.size() >= most_owed && !owed_.contains(id)) return;
  Owed& all = owed_[id];
  all.tags.merge(owed.tags);
  all.turns += owed.turns;
}

std::map<std::string, RedisSessions::Owed> RedisSessions::take_owed() {
  std::map<std::string, Owed> taken;
  std::lock_guard lock(mutex_);
  while (!owed_.empty() && taken.size() < most_sent) taken.insert(owed_.extract(owed_.begin()));
  return taken;
}

}  // namespace aipol::stores
