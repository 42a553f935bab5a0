#include "runtime/audit/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/civil.h"

namespace aipol::audit {

namespace {

using nlohmann::json;

// A record, read without trust.
class Reader {
 public:
  explicit Reader(std::string_view line) : object_(json::parse(line, nullptr, false)) {}

  bool is_record() const { return object_.is_object(); }

  // Empty where it is absent or no text.
  std::string text(const char* name) const { return text_in(object_, name); }
  std::string text(const char* outer, const char* name) const {
    auto found = object_.find(outer);
    return found == object_.end() ? std::string() : text_in(*found, name);
  }
  std::optional<int64_t> number(const char* name) const {
    auto found = object_.find(name);
    if (found == object_.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<int64_t>();
  }
  std::vector<std::string> fired() const {
    std::vector<std::string> policies;
    auto found = object_.find("fired");
    if (found == object_.end() || !found->is_array()) return policies;
    for (const json& one : *found) policies.push_back(text_in(one, "policy"));
    return policies;
  }

 private:
  static std::string text_in(const json& object, const char* name) {
    if (!object.is_object()) return {};
    auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  json object_;
};

template <class T>
bool any(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool in_time(const Query& query, const Reader& record) {
  if (!query.since && !query.until) return true;
  std::optional<int64_t> time = parse_time(record.text("time"));
  return time && (!query.since || *time >= *query.since) && (!query.until || *time < *query.until);
}

bool of_policy(const Query& query, const Reader& record) {
  if (any(query.policies, record.text("policy"))) return true;
  return std::ranges::any_of(record.fired(),
                             [&](const std::string& one) { return any(query.policies, one); });
}

bool of_status(const Query& query, const Reader& record) {
  std::optional<int64_t> status = record.number("status");
  return query.statuses.empty() || (status && any(query.statuses, *status));
}

// What could change how a terminal behaves becomes a blank.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if ((c >= 0 && c < 0x20) || c == 0x7f) c = ' ';
  }
  return text;
}

void add(std::string& out, std::string_view part) {
  if (part.empty()) return;
  if (!out.empty()) out += ' ';
  out += part;
}

void describe_request(std::string& out, const Reader& record) {
  add(out, record.text("decision"));
  if (auto status = record.number("status")) add(out, fmt::format("{}", *status));
  std::string principal = record.text("principal", "id");
  add(out, principal.empty() ? record.text("principal", "kind") : principal);
  std::string model = record.text("model", "name"), target = record.text("target");
  add(out, target.empty() || target == model ? model : model + "->" + target);
  add(out, record.text("request", "method"));
  add(out, record.text("request", "path"));
  add(out, record.text("policy"));
  std::string statement = record.text("statement"), message = record.text("message");
  if (!statement.empty()) add(out, "(" + statement + ")");
  if (!message.empty()) out += ": " + message;
}

}  // namespace

Match matches(const Query& query, std::string_view line) {
  Reader record(line);
  if (!record.is_record()) return Match::no_record;
  bool model =
      any(query.models, record.text("model", "name")) || any(query.models, record.text("target"));
  bool all = in_time(query, record) && any(query.principals, record.text("principal", "id")) &&
             of_policy(query, record) && of_status(query, record) && model &&
             (!query.decision || *query.decision == record.text("decision")) &&
             any(query.ids, record.text("id")) && any(query.kinds, record.text("kind"));
  return all ? Match::yes : Match::no;
}

std::string describe(std::string_view line) {
  Reader record(line);
  std::string out = record.text("time"), kind = record.text("kind");
  if (kind == "request" || kind.empty()) {
    describe_request(out, record);
  } else if (kind == "shed") {
    add(out, fmt::format("shed: {} records were left out", record.number("count").value_or(0)));
  } else if (kind == "resumed") {
    add(out, fmt::format(
                 "resumed: {} bytes of an unfinished record were cut off, {} records are missing",
                 record.number("cut_bytes").value_or(0), record.number("missing").value_or(0)));
  } else {
    add(out, kind);
    add(out, record.text("policy"));
    if (std::string text = record.text("text"); !text.empty()) out += ": " + text;
  }
  return on_one_line(std::move(out));
}

std::optional<int64_t> parse_moment(std::string_view text, int64_t now) {
  constexpr std::pair<char, int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}};
  constexpr int64_t ns_per_second = 1'000'000'000, most = 9'000'000'000;
  for (auto [letter, seconds] : units) {
    if (!text.ends_with(letter)) continue;
    int64_t count = 0;
    const char* end = text.data() + text.size() - 1;
    auto [at, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || at != end || count < 0 || count > most / seconds)
      return std::nullopt;
    return now - count * seconds * ns_per_second;
  }
  return parse_time(text);
}

}  // namespace aipol::audit
