#include "replay/record_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>

#include "base/civil.h"
#include "plan/ip.h"
#include "replay/read_slowly.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

namespace dom = simdjson::dom;
using dom::element_type;

// Of a value that is not the plain case: the other way decides what it means.
constexpr bool not_simple = false;

bool take(dom::element value, std::string& into) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return not_simple;
  into.assign(text);
  return true;
}

bool take(dom::element value, std::optional<std::string>& into) {
  return take(value, into.emplace());
}

bool take(dom::element value, bool& into) { return value.get(into) == simdjson::SUCCESS; }

bool take(dom::element value, int64_t& into) {
  return value.type() == element_type::INT64 && value.get(into) == simdjson::SUCCESS;
}

bool take(dom::element value, std::optional<int64_t>& into) { return take(value, into.emplace()); }

bool take_real(dom::element value, double& into) {
  if (value.type() == element_type::UINT64) return not_simple;
  return value.get(into) == simdjson::SUCCESS;
}

bool take(dom::element value, double& into) { return take_real(value, into); }
bool take(dom::element value, std::optional<double>& into) {
  return take_real(value, into.emplace());
}

bool take(dom::element value, std::vector<std::string>& into) {
  dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return not_simple;
  for (dom::element item : items) {
    if (!take(item, into.emplace_back())) return not_simple;
  }
  return true;
}

bool take(dom::element value, plan::Ip& into) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return not_simple;
  std::optional<plan::Ip> ip = plan::parse_ip(text);
  if (ip) into = *ip;
  return ip.has_value();
}

constexpr double ns_per_second = 1e9, most_seconds = 9e9;

bool take_billionths(dom::element value, int64_t& into) {
  double number = 0;
  if (!take_real(value, number) || std::abs(number) > most_seconds) return not_simple;
  into = std::llround(number * ns_per_second);
  return true;
}

bool take_time(dom::element value, int64_t& into) {
  if (value.type() == element_type::STRING) {
    std::optional<int64_t> time = parse_time(value.get_string().value_unsafe());
    if (time) into = *time;
    return time.has_value();
  }
  if (value.type() == element_type::INT64) {
    int64_t seconds = value.get_int64().value_unsafe();
    if (std::abs(static_cast<double>(seconds)) > most_seconds) return not_simple;
    into = seconds * static_cast<int64_t>(ns_per_second);
    return true;
  }
  return take_billionths(value, into);
}

bool take_time(dom::element value, std::optional<int64_t>& into) {
  return take_time(value, into.emplace());
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool take(dom::element value, Pairs& into, bool lower_case) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return not_simple;
  for (auto [name, item] : object) {
    bool cased = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    bool again = std::ranges::any_of(into, [&](const auto& pair) { return pair.first == name; });
    if ((lower_case && cased) || again) return not_simple;
    if (!take(item, into.emplace_back(std::string(name), std::string()).second)) return not_simple;
  }
  return true;
}

// A list of records of two texts; more in one of them means nothing.
template <class Item>
bool take(dom::element value, std::vector<Item>& into, std::string_view first,
          std::string Item::* one, std::string_view second, std::string Item::* other) {
  dom::array items;
  if (!into.empty() || value.get(items) != simdjson::SUCCESS) return not_simple;
  for (dom::element item : items) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return not_simple;
    Item& made = into.emplace_back();
    bool has_one = false, has_other = false;
    for (auto [name, text] : object) {
      bool is_one = name == first;
      if (!is_one && name != second) continue;
      if (std::exchange(is_one ? has_one : has_other, true)) return not_simple;
      if (!take(text, made.*(is_one ? one : other))) return not_simple;
    }
    if (!has_one || !has_other) return not_simple;
  }
  return true;
}

bool take_attribute(std::string_view name, dom::element value, context::Attributes& into) {
  std::string key(name);
  switch (value.type()) {
    case element_type::BOOL:
      return into.try_emplace(key, bool(value));
    case element_type::INT64:
      return into.try_emplace(key, int64_t(value));
    case element_type::DOUBLE:
      return into.try_emplace(key, double(value));
    case element_type::STRING: {
      std::string_view text = value.get_string().value_unsafe();
      return into.try_emplace(key, std::string(text));
    }
    case element_type::ARRAY: {
      std::vector<std::string> list;  // of numbers: the other way writes them
      return take(value, list) && into.try_emplace(key, std::move(list));
    }
    default:
      return not_simple;
  }
}

struct Row {
  std::string_view name;
  Field field;
  bool (*take)(Record&, dom::element);
};

#define ROW(object, name, call) \
  {#name, Field::object##_##name, [](Record& r, dom::element v) { return call; }}
#define PLAIN(object, name, member) ROW(object, name, take(v, r.call.member))

const Row request_rows[] = {
    PLAIN(request, id, call.request.id),
    PLAIN(request, method, call.request.method),
    PLAIN(request, path, target),
    PLAIN(request, host, call.request.host),
    PLAIN(request, ip, call.request.ip),
    PLAIN(request, country, call.request.country),
    PLAIN(request, region, call.request.region),
    PLAIN(request, tls, call.request.tls),
    PLAIN(request, size, call.request.size),
    ROW(request, time, take_time(v, r.call.call.request.time_ns)),
    ROW(request, headers, take(v, r.call.call.request.headers, true)),
    ROW(request, query, take(v, r.call.call.request.query, false)),
    PLAIN(request, body_text, call.request.body_text),
};

const Row principal_rows[] = {
    PLAIN(principal, kind, call.principal.kind),
    PLAIN(principal, id, call.principal.id),
    PLAIN(principal, name, call.principal.name),
    PLAIN(principal, tenant, call.principal.tenant),
    PLAIN(principal, method, call.principal.method),
    PLAIN(principal, roles, call.principal.roles),
    PLAIN(principal, groups, call.principal.groups),
    PLAIN(principal, scopes, call.principal.scopes),
    PLAIN(principal, mfa, call.principal.mfa),
    ROW(principal, expires, take_time(v, r.call.call.principal.expires_ns)),
    PLAIN(principal, actor, call.principal.actor),
};

const Row session_rows[] = {
    PLAIN(session, id, call.session.id),
    PLAIN(session, tags, call.session.tags),
    PLAIN(session, turns, call.session.turns),
};

const Row system_rows[] = {
    PLAIN(system, load, load),
    PLAIN(system, in_flight, in_flight),
};

const Row ai_rows[] = {
    PLAIN(ai, operation, call.ai.operation),
    PLAIN(ai, stream, call.ai.stream),
    PLAIN(ai, max_tokens, call.ai.max_tokens),
    PLAIN(ai, temperature, call.ai.temperature),
    PLAIN(ai, input_tokens, call.ai.input_tokens),
    PLAIN(ai, turns, call.ai.turns),
    PLAIN(ai, tools, call.ai.tools),
    PLAIN(ai, has_images, call.ai.has_images),
    PLAIN(ai, has_audio, call.ai.has_audio),
    PLAIN(ai, tags, call.ai.tags),
    ROW(ai, messages,
        take(v, r.call.call.ai.messages, "role", &context::Message::role, "text",
             &context::Message::text)),
    PLAIN(ai, documents, call.ai.documents),
};

const Row tool_rows[] = {
    {"server", Field::ai_tool_server,
     [](Record& r, dom::element v) { return take(v, r.call.call.ai.tool.server); }},
    {"name", Field::ai_tool_name,
     [](Record& r, dom::element v) { return take(v, r.call.call.ai.tool.name); }},
    {"args", Field::ai_tool_args,
     [](Record& r, dom::element v) { return take(v, r.call.call.ai.tool.arguments, false); }},
};

const Row model_rows[] = {PLAIN(model, name, call.model_name)};

const Row response_rows[] = {
    PLAIN(response, status, call.response.status),
    PLAIN(response, finish_reason, call.response.finish_reason),
    PLAIN(response, model_version, call.response.model_version),
    PLAIN(response, size, call.response.size),
    ROW(response, latency, take_billionths(v, r.call.call.response.latency_ns)),
    PLAIN(response, text, call.response.text),
    PLAIN(response, chunks, reply.chunks),
    ROW(response, tool_calls,
        take(v, r.call.call.response.tool_calls, "name", &context::ToolCall::name, "arguments",
             &context::ToolCall::arguments)),
    PLAIN(response, error, reply.error),
};

const Row usage_rows[] = {
    PLAIN(usage, input_tokens, call.usage.input_tokens),
    PLAIN(usage, output_tokens, call.usage.output_tokens),
    PLAIN(usage, cached_tokens, call.usage.cached_tokens),
    PLAIN(usage, reasoning_tokens, call.usage.reasoning_tokens),
    ROW(usage, cost, take_billionths(v, r.call.call.usage.cost)),
    PLAIN(usage, cached, call.usage.cached),
};

#undef PLAIN
#undef ROW

// Writers keep the order of their fields: the row behind the last one is looked at first.
class Rows {
 public:
  explicit Rows(std::span<const Row> rows) : rows_(rows) {}
  const Row* find(std::string_view name) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[(next_ + i) % rows_.size()];
      if (row.name != name) continue;
      next_ = (next_ + i + 1) % rows_.size();
      return &row;
    }
    return nullptr;
  }

 private:
  std::span<const Row> rows_;
  size_t next_ = 0;
};

bool take_field(Record& record, const Row& row, dom::element value) {
  if (record.given.has(row.field)) return not_simple;
  record.given.add(row.field);
  return row.take(record, value);
}

class FastReader {
 public:
  FastReader(const plan::Plan& names, Record& record) : names_(names), record_(record) {}

  bool read(dom::object object) {
    if (!find_kind(object)) return not_simple;
    if (record_.kind == Kind::other) return true;
    for (auto [name, value] : object) {
      if (!member(name, value)) return not_simple;
    }
    conclude();
    return true;
  }

 private:
  // aipol's own begin with their version and kind, perhaps behind their place in a chain.
  bool find_kind(dom::object object) {
    bool version = false;
    std::string_view kind;
    size_t looked = 0;
    for (auto [name, value] : object) {
      if (name == "v") version = value.type() == element_type::INT64;
      if (name == "kind" && value.get(kind) != simdjson::SUCCESS) return not_simple;
      if (version && !kind.empty()) break;
      if (++looked == 6) break;
    }
    if (!version || kind.empty()) {
      // In another place than expected: the other way knows.
      simdjson::dom::element any;
      bool perhaps =
          object["v"].get(any) == simdjson::SUCCESS || object["kind"].get(any) == simdjson::SUCCESS;
      record_.kind = Kind::plain;
      return !perhaps;
    }
    record_.kind = kind == "request"   ? Kind::request
                   : kind == "traffic" ? Kind::traffic
                                       : Kind::other;
    return true;
  }

  bool own() const { return record_.kind != Kind::plain; }

  bool member(std::string_view name, dom::element value) {
    if (name == "request") return once(0) && container("request", value, request_rows);
    if (name == "principal") return once(1) && container("principal", value, principal_rows);
    if (name == "session") return once(2) && container("session", value, session_rows);
    if (name == "ai") return once(3) && container("ai", value, ai_rows);
    if (name == "model") return once(4) && container("model", value, model_rows);
    if (name == "response") return once(5) && container("response", value, response_rows);
    if (name == "usage") return once(6) && container("usage", value, usage_rows);
    if (name == "system") return once(7) && container("system", value, system_rows);
    if (name == "time") {
      if (record_.given.has(Field::request_time)) return not_simple;
      record_.given.add(Field::request_time);
      return take_time(value, record_.call.call.request.time_ns);
    }
    if (!own()) return not_simple;  // perhaps an error
    if (name == "id") {
      if (record_.given.has(Field::request_id)) return not_simple;
      record_.given.add(Field::request_id);
      return take(value, record_.call.call.request.id);
    }
    return recorded(name, value);
  }

  bool once(unsigned part) {
    unsigned bit = 1u << part;
    return (std::exchange(parts_, parts_ | bit) & bit) == 0;
  }

  bool recorded(std::string_view name, dom::element value) {
    Recorded& recorded = record_.recorded;
    std::string_view text;
    if (name == "decision") {
      if (recorded.known || value.get(text) != simdjson::SUCCESS) return not_simple;
      recorded.known = text == "allow" || text == "deny";
      recorded.allowed = text == "allow";
      denied_ = text == "deny";
      return true;
    }
    if (name == "policy") return take(value, recorded.policy);
    if (name == "statement") return take(value, recorded.statement);
    if (name == "target") return take(value, recorded.target);
    if (name == "phase") {
      if (!once(18) || value.get(text) != simdjson::SUCCESS || text.empty()) return not_simple;
      recorded.past_head = text != "head";
      const auto* phase = std::ranges::find(plan::phase_names, text);
      if (phase != std::end(plan::phase_names))
        phase_ = static_cast<plan::Phase>(phase - std::begin(plan::phase_names));
      return true;
    }
    if (name == "status") {
      int64_t status = 0;
      if (!take(value, status) || status < 0 || status > 999) return not_simple;
      recorded.status = static_cast<uint16_t>(status);
      return true;
    }
    if (name == "redacted") record_.redacted = true;
    if (name == "us") return once(19) && took(value);
    if (name == "v") return once(9);
    if (name == "kind") return once(10);
    return served(name, value);
  }

  bool took(dom::element value) {
    dom::object members;
    if (!take_plain(value, members)) return not_simple;
    int64_t us = 0;
    if (members["total"].get(us) == simdjson::SUCCESS)
      record_.recorded.took = offline::nanoseconds(us);
    return true;
  }

  // Of a few members, none of them twice.
  static bool take_plain(dom::element value, dom::object& into) {
    constexpr size_t most = 8;
    if (value.get(into) != simdjson::SUCCESS || into.size() > most) return not_simple;
    std::vector<std::string_view> names;
    for (auto [name, ignored] : into) {
      if (std::ranges::find(names, name) != names.end()) return not_simple;
      names.push_back(name);
    }
    return true;
  }

  bool served(std::string_view name, dom::element value) {
    offline::Served& served = record_.call.served;
    Recorded& recorded = record_.recorded;
    if (name == "attempts") return once(11) && attempts(value);
    if (name == "decided") return once(12) && take_when(value, recorded.decided);
    if (name == "settled") return once(13) && take_when(value, recorded.settled);
    if (name == "failed") return once(14) && take(value, served.failed);
    if (name == "client_gone") return once(15) && take(value, served.client_gone);
    if (name == "expected") return once(16) && expected(value);
    return name != "refusal" || (once(17) && refusal(value));
  }

  static bool take_when(dom::element value, int64_t& into) {
    return value.type() == element_type::STRING && take_time(value, into);
  }

  static bool take_within(dom::element value, int64_t least, int64_t most, int64_t& into) {
    return take(value, into) && into >= least && into <= most;
  }

  bool attempts(dom::element value) {
    dom::array list;
    if (value.get(list) != simdjson::SUCCESS) return not_simple;
    for (dom::element item : list) {
      dom::element target, status, us;
      dom::object one;
      bool whole = take_plain(item, one) && one["target"].get(target) == simdjson::SUCCESS &&
                   one["status"].get(status) == simdjson::SUCCESS &&
                   one["us"].get(us) == simdjson::SUCCESS;
      offline::Attempt& made = record_.call.served.attempts.emplace_back();
      if (!whole || !take(target, made.target) || made.target.empty() ||
          !take_within(status, 0, offline::most_status, made.status) ||
          !take_within(us, 0, INT64_MAX, made.took_ns))
        return not_simple;
      made.took_ns = offline::nanoseconds(made.took_ns);
    }
    return true;
  }

  bool expected(dom::element value) {
    dom::object members;
    if (!take_plain(value, members)) return not_simple;
    offline::Served& served = record_.call.served;
    int64_t tokens = 0;
    dom::element choices;
    if (!take_within_object(members, "output_tokens", 0, INT64_MAX, tokens)) return not_simple;
    served.usual_tokens = tokens;
    return members["choices"].get(choices) != simdjson::SUCCESS ||
           take_within(choices, 1, INT64_MAX, served.choices);
  }

  bool refusal(dom::element value) {
    dom::object members;
    if (!take_plain(value, members)) return not_simple;
    int64_t status = 0;
    if (!take_within_object(members, "status", 0, offline::most_status, status)) return not_simple;
    refused_with_ = static_cast<uint16_t>(status);
    dom::element unheard;
    return members["unheard"].get(unheard) != simdjson::SUCCESS || take(unheard, unheard_);
  }

  static bool take_within_object(dom::object members, std::string_view name, int64_t least,
                                 int64_t most, int64_t& into) {
    dom::element value;
    return members[name].get(value) == simdjson::SUCCESS && take_within(value, least, most, into);
  }

  // What several members tell together.
  void conclude() {
    offline::Served& served = record_.call.served;
    if (refused_with_) record_.recorded.status = *refused_with_;
    served.refused_answer = phase_ == plan::Phase::output && denied_;
    if (!unheard_ || !refused_with_) return;
    served.unheard = *refused_with_;
    if (served.unheard != 0 && phase_ == plan::Phase::target)
      served.unheard_in = plan::Phase::target;
  }

  bool container(std::string_view object, dom::element value, std::span<const Row> rows) {
    dom::object members;
    if (value.get(members) != simdjson::SUCCESS) return not_simple;
    Rows table(rows);
    for (auto [name, item] : members) {
      const Row* row = table.find(name);
      if (row != nullptr ? !take_field(record_, *row, item) : !other(object, name, item))
        return not_simple;
    }
    return true;
  }

  bool other(std::string_view object, std::string_view name, dom::element value) {
    if (object == "ai" && name == "tool") return tool(value);
    if (object == "principal")
      return take_attribute(name, value, record_.call.call.principal.attributes);
    if (object == "request" && reads(name)) {
      if (name == "user_agent") return not_simple;
      return take_attribute(name, value, record_.call.call.request.metadata);
    }
    // Texts by their roles, and what may be an error.
    bool passed_over = own() && !(object == "ai") && !(object == "request" && name == "user_agent");
    return passed_over || (object == "system" && name == "policy_version");
  }

  bool tool(dom::element value) {
    dom::object members;
    if (!once(8) || value.get(members) != simdjson::SUCCESS) return not_simple;
    Rows table(tool_rows);
    for (auto [name, item] : members) {
      const Row* row = table.find(name);
      if (row == nullptr || !take_field(record_, *row, item)) return not_simple;
    }
    return true;
  }

  bool reads(std::string_view name) const {
    return std::ranges::any_of(names_.sources, [&](const plan::Source& source) {
      return source.path.size() == name.size() + 8 && source.path.starts_with("request.") &&
             std::string_view(source.path).substr(8) == name;
    });
  }

  const plan::Plan& names_;
  Record& record_;
  unsigned parts_ = 0;
  std::optional<plan::Phase> phase_;
  std::optional<uint16_t> refused_with_;
  bool denied_ = false, unheard_ = false;
};

constexpr FieldSet marks_ai =
    FieldSet::range(Field::ai_operation, Field::ai_tool_args).without({Field::ai_tool_args});
constexpr FieldSet marks_usage = FieldSet::range(Field::usage_input_tokens, Field::usage_cached);
constexpr FieldSet marks_principal = FieldSet::range(Field::principal_kind, Field::principal_actor);

// As offline::set_field marks what it sets.
void mark(Record& record) {
  const FieldSet& given = record.given;
  offline::DescribedCall& call = record.call;
  call.has_body = given.has(Field::request_body_text);
  call.has_ai = given.has_any(marks_ai);
  call.has_principal = given.has_any(marks_principal) || !call.call.principal.attributes.empty();
  call.has_usage = given.has_any(marks_usage);
  call.has_cost = given.has(Field::usage_cost);
}

}  // namespace

struct RecordReader::Parser {
  dom::parser parser;
  simdjson::padded_string padded;
};

RecordReader::RecordReader(const plan::Plan* one, const plan::Plan* other)
    : parser_(std::make_unique<Parser>()) {
  for (const plan::Plan* plan : {one, other}) {
    if (plan == nullptr) continue;
    for (const plan::Source& source : plan->sources) {
      if (source.path.starts_with("request.")) names_.sources.emplace_back().path = source.path;
    }
  }
}

RecordReader::~RecordReader() = default;

bool RecordReader::read_fast(std::string_view line, bool slack, Record& record) {
  dom::element root;
  auto error = parser_->parser.parse(line.data(), line.size(), !slack).get(root);
  dom::object object;
  if (error != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS) return false;
  if (!FastReader(names_, record).read(object)) return false;
  mark(record);
  return true;
}

Result<void> RecordReader::read(std::string_view line, bool slack, Record& record) {
  if (line.size() > offline::max_record_bytes) return failure("the record is larger than 64 MiB");
  record = {};
  if (!read_fast(line, slack, record)) {
    record = {};
    if (auto done = read_slowly(line, record); !done) return done;
  }
  if (record.kind == Kind::other) return {};
  record.used = record.call.call.usage;
  find_known(record);
  return {};
}

Result<void> RecordReader::read_slowly(std::string_view line, Record& record) const {
  return replay::read_slowly(line, names_, record);
}

}  // namespace aipol::replay
