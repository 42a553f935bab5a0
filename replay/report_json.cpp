#include "replay/report_json.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/civil.h"

namespace aipol::replay {

namespace {

using json = nlohmann::ordered_json;

constexpr double billion = 1e9;

// Dollars.
json usd(int64_t nano_dollars) { return static_cast<double>(nano_dollars) / billion; }

json time(int64_t at) { return at == 0 ? json() : json(format_time(at)); }

json places(const Examples& examples, size_t logs) {
  json out = json::array();
  for (const Examples::Place& place : examples.places())
    out.push_back(logs > 1 ? place.file + ":" + std::to_string(place.line)
                           : "line " + std::to_string(place.line));
  return out;
}

// The largest first, else in the order of their names.
void sort_by(json& list, const char* count) {
  auto& items = list.get_ref<json::array_t&>();
  std::stable_sort(items.begin(), items.end(), [&](const json& a, const json& b) {
    return a[count].get<uint64_t>() > b[count].get<uint64_t>();
  });
}

json changes(const Report& report) {
  json out = json::array();
  for (const auto& [answers, change] : report.changes) {
    const auto& [from, to] = answers;
    json one = {{"from", from.allowed ? "allow" : "deny"},
                {"from_status", from.status},
                {"from_policy", from.policy},
                {"from_statement", from.statement},
                {"to", to.allowed ? "allow" : "deny"},
                {"to_status", to.status},
                {"to_policy", to.policy},
                {"to_statement", to.statement}};
    // Whose doing it is: the policy that refuses, or the one that refused.
    one["policy"] = to.allowed ? from.policy : to.policy;
    one["statement"] = to.allowed ? from.statement : to.statement;
    one["count"] = change.count;
    one["unmeasured"] = change.unmeasured;
    one["tokens"] = change.tokens;
    one["usd"] = usd(change.usd);
    one["examples"] = places(change.examples, report.logs.size());
    out.push_back(std::move(one));
  }
  sort_by(out, "count");
  return out;
}

template <class Each>
json counted(const Each& each, std::string_view name, size_t logs) {
  json out = json::array();
  for (const auto& [text, sum] : each)
    out.push_back({{std::string(name), text},
                   {"count", sum.count},
                   {"examples", places(sum.examples, logs)}});
  sort_by(out, "count");
  return out;
}

json share_json(const Share& share) {
  return {{"records", share.records},
          {"changed", share.changed},
          {"newly_denied", share.newly_denied},
          {"newly_allowed", share.newly_allowed},
          {"undetermined", share.undetermined},
          {"tokens", share.tokens},
          {"usd", usd(share.usd)}};
}

json shares(const BoundedCounts<Share>& all) {
  std::vector<std::pair<std::string, Share>> sorted;
  for (const auto& [name, share] : all.kept()) sorted.emplace_back(name.second, share);
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return std::tuple(b.second.changed, b.second.records, a.first) <
           std::tuple(a.second.changed, a.second.records, b.first);
  });
  json out = json::array();
  for (const auto& [name, share] : sorted) {
    json one = {{"name", name}};
    one.update(share_json(share));
    out.push_back(std::move(one));
  }
  if (all.dropped()) {
    json one = {{"others", true}};
    one.update(share_json(all.others()));
    out.push_back(std::move(one));
  }
  return out;
}

json reasons(const Report& report) {
  std::map<std::string, Counted> sorted;
  for (const auto& [name, sum] : report.reasons.kept()) sorted.emplace(name.second, sum);
  json out = counted(sorted, "reason", report.logs.size());
  if (report.reasons.dropped())
    out.push_back({{"others", true},
                   {"count", report.reasons.others().count},
                   {"examples", places(report.reasons.others().examples, report.logs.size())}});
  return out;
}

json timeline(const Timeline& line) {
  json steps = json::array();
  for (const auto& [number, counts] : line.counts()) {
    steps.push_back({{"time", format_time(number * line.step())},
                     {"records", counts.records},
                     {"changed", counts.changed},
                     {"newly_denied", counts.newly_denied},
                     {"newly_allowed", counts.newly_allowed},
                     {"undetermined", counts.undetermined},
                     {"limited_from", counts.limited_from},
                     {"limited_to", counts.limited_to}});
  }
  return {{"step", line.step() / 1'000'000'000}, {"steps", std::move(steps)}};
}

json limits(const Report& report) {
  json out = json::array();
  for (const auto& [name, limit] : report.limits) {
    json keys = json::array();
    for (const auto& [key, count] : limit.keys.kept())
      keys.push_back({{"key", key.second}, {"refused", count}});
    sort_by(keys, "refused");
    if (limit.keys.dropped()) keys.push_back({{"others", true}, {"refused", limit.keys.others()}});
    out.push_back({{"side", name.first ? "to" : "from"},
                   {"policy", name.second.policy},
                   {"statement", name.second.statement},
                   {"refused", limit.refused},
                   {"first", time(limit.first)},
                   {"last", time(limit.last)},
                   {"keys", std::move(keys)},
                   {"examples", places(limit.examples, report.logs.size())}});
  }
  return out;
}

json routes(const Report& report) {
  json out = json::array();
  for (const auto& [models, shift] : report.routes)
    out.push_back({{"from", models.first},
                   {"to", models.second},
                   {"count", shift.count},
                   {"tokens", shift.tokens},
                   {"usd_from", usd(shift.usd_from)},
                   {"usd_to", usd(shift.usd_to)},
                   {"examples", places(shift.examples, report.logs.size())}});
  return out;
}

json redactions(const Report& report) {
  json out = json::array();
  for (const auto& [name, counts] : report.redactions)
    out.push_back({{"policy", name.policy},
                   {"detector", name.detector},
                   {"surface", name.of_answer ? "response" : "request"},
                   {"from", counts.first},
                   {"to", counts.second}});
  return out;
}

json statements(const Report& report) {
  json out = json::array();
  for (const auto& [name, exercise] : report.statements) {
    json one = {{"policy", name.policy},
                {"effect", name.effect},
                {"statement", name.statement},
                {"fired", exercise.fired}};
    if (exercise.shadow) one["shadow"] = true;
    out.push_back(std::move(one));
  }
  return out;
}

json side(const Side& one) {
  if (one.version.empty()) return {{"recorded", true}};
  return {{"policies", one.name}, {"version", one.version}};
}

}  // namespace

std::string report_json(const Report& report) {
  json out = {{"v", report_version},
              {"from", side(report.from)},
              {"to", side(report.to)},
              {"logs", report.logs}};
  if (report.of > 0) out["shards"] = {{"of", report.of}, {"numbers", report.shards}};
  out["records"] = report.records;
  out["same"] = report.same;
  out["changed"] = report.changed;
  out["undetermined"] = report.undetermined;
  out["newly_denied"] = report.newly_denied;
  out["newly_allowed"] = report.newly_allowed;
  out["unreadable"] = report.unreadable;
  out["other"] = report.other;
  out["late"] = report.late;
  out["estimated"] = report.estimated;
  out["first"] = time(report.first);
  out["last"] = time(report.last);
  out["changes"] = changes(report);
  out["undetermined_by"] = counted(report.missing, "field", report.logs.size());
  out["unreadable_by"] = reasons(report);
  out["by"] = json::object();
  for (const auto& [dimension, all] : report.by) out["by"][dimension] = shares(all);
  out["limits"] = limits(report);
  out["routes"] = routes(report);
  out["redactions"] = redactions(report);
  out["statements"] = statements(report);
  out["timeline"] = timeline(report.timeline);
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

namespace {

// Reading: what is missing or of another type throws, and is caught once, in read_report.
struct Malformed {
  std::string what;
};

const json& at(const json& object, const char* name) {
  auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end()) throw Malformed{std::string(name)};
  return *found;
}

uint64_t number(const json& object, const char* name) {
  const json& value = at(object, name);
  if (!value.is_number_unsigned()) throw Malformed{name};
  return value.get<uint64_t>();
}

int64_t integer(const json& object, const char* name) {
  const json& value = at(object, name);
  if (!value.is_number_integer()) throw Malformed{name};
  return value.get<int64_t>();
}

int64_t nano_dollars(const json& object, const char* name) {
  const json& value = at(object, name);
  if (!value.is_number() || std::abs(value.get<double>()) > 9e9) throw Malformed{name};
  return std::llround(value.get<double>() * billion);
}

std::string text(const json& object, const char* name) {
  const json& value = at(object, name);
  if (!value.is_string()) throw Malformed{name};
  return value.get<std::string>();
}

const json& list(const json& object, const char* name) {
  const json& value = at(object, name);
  if (!value.is_array()) throw Malformed{name};
  return value;
}

int64_t time_of(const json& object, const char* name) {
  const json& value = at(object, name);
  if (value.is_null()) return 0;
  std::optional<int64_t> time =
      value.is_string() ? parse_time(value.get<std::string>()) : std::nullopt;
  if (!time) throw Malformed{name};
  return *time;
}

Examples examples(const json& object, const std::vector<std::string>& logs) {
  Examples out;
  for (const json& one : list(object, "examples")) {
    if (!one.is_string()) throw Malformed{"examples"};
    std::string place = one.get<std::string>();
    size_t sign = place.find_last_of(": ");
    if (sign == place.npos) throw Malformed{"examples"};
    uint64_t line = std::strtoull(place.c_str() + sign + 1, nullptr, 10);
    out.add(logs.size() > 1 || logs.empty() ? place.substr(0, sign) : logs.front(), line);
  }
  return out;
}

Counted counted_of(const json& one, const std::vector<std::string>& logs) {
  return {number(one, "count"), examples(one, logs)};
}

bool is_others(const json& one) { return one.is_object() && one.contains("others"); }

Answer answer_of(const json& one, const std::string& side) {
  uint64_t status = number(one, (side + "_status").c_str());
  return {text(one, side.c_str()) == "allow", static_cast<uint16_t>(status),
          text(one, (side + "_policy").c_str()), text(one, (side + "_statement").c_str())};
}

Share share_of(const json& one) {
  return {number(one, "records"),       number(one, "changed"),      number(one, "newly_denied"),
          number(one, "newly_allowed"), number(one, "undetermined"), integer(one, "tokens"),
          nano_dollars(one, "usd")};
}

BoundedCounts<Share> shares_of(const json& all) {
  BoundedCounts<Share> out;
  for (const json& one : all) {
    if (is_others(one))
      out.add_others(share_of(one));
    else
      out.at(text(one, "name")) += share_of(one);
  }
  return out;
}

Timeline timeline_of(const json& line) {
  int64_t step = integer(line, "step");
  if (step < 1 || step > 290'304'000) throw Malformed{"step"};
  step *= 1'000'000'000;
  std::map<int64_t, Timeline::Counts> counts;
  for (const json& one : list(line, "steps"))
    counts[time_of(one, "time") / step] = {
        number(one, "records"),       number(one, "changed"),      number(one, "newly_denied"),
        number(one, "newly_allowed"), number(one, "undetermined"), number(one, "limited_from"),
        number(one, "limited_to")};
  return Timeline::of(step, std::move(counts));
}

Limit limit_of(const json& one, const std::vector<std::string>& logs) {
  Limit out{
      number(one, "refused"), time_of(one, "first"), time_of(one, "last"), {}, examples(one, logs)};
  for (const json& key : list(one, "keys")) {
    if (is_others(key))
      out.keys.add_others(number(key, "refused"));
    else
      out.keys.at(text(key, "key")) += number(key, "refused");
  }
  return out;
}

Side side_of(const json& one) {
  if (one.contains("recorded")) return {};
  return {text(one, "policies"), text(one, "version")};
}

void read_sums(const json& in, Report& out) {
  out.records = number(in, "records");
  out.same = number(in, "same");
  out.changed = number(in, "changed");
  out.undetermined = number(in, "undetermined");
  out.newly_denied = number(in, "newly_denied");
  out.newly_allowed = number(in, "newly_allowed");
  out.unreadable = number(in, "unreadable");
  out.other = number(in, "other");
  out.late = number(in, "late");
  out.estimated = number(in, "estimated");
  out.first = time_of(in, "first");
  out.last = time_of(in, "last");
}

void read_lists(const json& in, Report& out) {
  for (const json& one : list(in, "changes"))
    out.changes[{answer_of(one, "from"), answer_of(one, "to")}] = {
        number(one, "count"), number(one, "unmeasured"), integer(one, "tokens"),
        nano_dollars(one, "usd"), examples(one, out.logs)};
  for (const json& one : list(in, "undetermined_by"))
    out.missing[text(one, "field")] = counted_of(one, out.logs);
  for (const json& one : list(in, "unreadable_by")) {
    if (is_others(one))
      out.reasons.add_others(counted_of(one, out.logs));
    else
      out.reasons.at(text(one, "reason")) += counted_of(one, out.logs);
  }
  for (const auto& [dimension, all] : at(in, "by").items()) out.by[dimension] = shares_of(all);
  for (const json& one : list(in, "limits"))
    out.limits[{text(one, "side") == "to",
                {text(one, "statement"), text(one, "policy"), "limit"}}] = limit_of(one, out.logs);
  for (const json& one : list(in, "routes"))
    out.routes[{text(one, "from"), text(one, "to")}] = {
        number(one, "count"), integer(one, "tokens"), nano_dollars(one, "usd_from"),
        nano_dollars(one, "usd_to"), examples(one, out.logs)};
  for (const json& one : list(in, "redactions"))
    out.redactions[{text(one, "policy"), text(one, "detector"),
                    text(one, "surface") == "response"}] = {number(one, "from"), number(one, "to")};
  for (const json& one : list(in, "statements"))
    out.statements[{text(one, "statement"), text(one, "policy"), text(one, "effect")}] = {
        number(one, "fired"), one.contains("shadow")};
}

Report report_of(const json& in) {
  Report out;
  out.from = side_of(at(in, "from"));
  out.to = side_of(at(in, "to"));
  for (const json& log : list(in, "logs")) {
    if (!log.is_string()) throw Malformed{"logs"};
    out.logs.push_back(log.get<std::string>());
  }
  if (in.contains("shards")) {
    const json& shards = in["shards"];
    out.of = static_cast<uint32_t>(number(shards, "of"));
    for (const json& one : list(shards, "numbers")) {
      if (!one.is_number_unsigned()) throw Malformed{"numbers"};
      out.shards.insert(one.get<uint32_t>());
    }
  }
  read_sums(in, out);
  read_lists(in, out);
  out.timeline = timeline_of(at(in, "timeline"));
  return out;
}

}  // namespace

Result<Report> read_report(std::string_view text) {
  json in = json::parse(text, nullptr, false);
  if (in.is_discarded() || !in.is_object() || !in.contains("v"))
    return failure("it is no result of a replay");
  if (in["v"] != report_version) return failure("it was written by another version of aipol");
  try {
    return report_of(in);
  } catch (const Malformed& malformed) {
    return failure("`" + malformed.what + "` is missing in it, or is not what it should be");
  }
}

}  // namespace aipol::replay
