#include "replay/record_reader.h"

#include <algorithm>

#include "replay/json_value.h"
#include "replay/line_source.h"
#include "replay/read_slowly.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

struct Row {
  std::string_view name;
  Field field;
  bool (*take)(Record&, Value);
};

#define ROW(object, name, call) \
  {#name, Field::object##_##name, [](Record& r, Value v) { return call; }}
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
    ROW(request, headers, take_pairs(v, r.call.call.request.headers, true)),
    ROW(request, query, take_pairs(v, r.call.call.request.query, false)),
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
        take_list(v, r.call.call.ai.messages, "role", &context::Message::role, "text",
                  &context::Message::text)),
    PLAIN(ai, documents, call.ai.documents),
};

const Row tool_rows[] = {
    {"server", Field::ai_tool_server,
     [](Record& r, Value v) { return take(v, r.call.call.ai.tool.server); }},
    {"name", Field::ai_tool_name,
     [](Record& r, Value v) { return take(v, r.call.call.ai.tool.name); }},
    {"args", Field::ai_tool_args,
     [](Record& r, Value v) { return take_pairs(v, r.call.call.ai.tool.arguments, false); }},
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
        take_list(v, r.call.call.response.tool_calls, "name", &context::ToolCall::name, "arguments",
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

// Rows by name. Writers keep the order of their fields: the row behind the last one is looked at
// first.
template <class Row>
class Ordered {
 public:
  explicit Ordered(std::span<const Row> rows) : rows_(rows) {}
  const Row* find(const Name& name) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[next_];
      if (++next_ == rows_.size()) next_ = 0;
      if (name.is(row.name)) return &row;
    }
    return nullptr;
  }

 private:
  std::span<const Row> rows_;
  size_t next_ = 0;
};

enum class Part : uint8_t {
  request,
  principal,
  session,
  ai,
  model,
  response,
  usage,
  system,
  tool,  // objects
  version,
  kind,
  phase,
  us,
  attempts,
  decided,
  settled,
  failed,
  client_gone,
  expected,
  refusal,
  time,
  id,
  decision,
  status,
  policy,
  statement,
  target,
  redacted,
  ignored
};

struct Member {
  std::string_view name;
  Part part;
};

// In the order in which aipol writes them, with those that tell nothing.
constexpr Member members[] = {
    {"seq", Part::ignored},
    {"prev", Part::ignored},
    {"v", Part::version},
    {"kind", Part::kind},
    {"time", Part::time},
    {"decided", Part::decided},
    {"settled", Part::settled},
    {"id", Part::id},
    {"request", Part::request},
    {"principal", Part::principal},
    {"session", Part::session},
    {"ai", Part::ai},
    {"model", Part::model},
    {"target", Part::target},
    {"provider", Part::ignored},
    {"attempts", Part::attempts},
    {"failed", Part::failed},
    {"client_gone", Part::client_gone},
    {"expected", Part::expected},
    {"refusal", Part::refusal},
    {"decision", Part::decision},
    {"status", Part::status},
    {"phase", Part::phase},
    {"policy", Part::policy},
    {"statement", Part::statement},
    {"fired", Part::ignored},
    {"system", Part::system},
    {"meters", Part::ignored},
    {"response", Part::response},
    {"usage", Part::usage},
    {"level", Part::ignored},
    {"redacted", Part::redacted},
    {"us", Part::us},
    {"hash", Part::ignored},
};

class FastReader {
 public:
  FastReader(const plan::Plan& names, const Wanted& wanted, Record& record)
      : names_(names), wanted_(wanted), record_(record) {}

  bool read(std::string_view line, simdjson::ondemand::object object) {
    find_kind(line);
    bool simple =
        visit_members(object, [&](const Name& name, Value value) { return member(name, value); });
    conclude();
    return simple;
  }

 private:
  // aipol's own begin with their version and kind, perhaps behind their place in a chain. Where
  // they stand elsewhere the other way knows.
  void find_kind(std::string_view line) {
    constexpr std::string_view mark = R"("v":1,"kind":")";
    constexpr size_t most_before = 128;
    size_t at = line.substr(0, most_before).find(mark);
    bool first = at == 1;
    bool chained = at != line.npos && line.starts_with(R"({"seq":)") && line[at - 1] == ',' &&
                   line.substr(1, at).find('{') == line.npos;
    record_.kind = Kind::plain;
    if (!first && !chained) return;
    std::string_view kind = line.substr(at + mark.size());
    kind = kind.substr(0, kind.find('"'));
    if (kind.contains('\\')) return;
    record_.kind = kind == "request"   ? Kind::request
                   : kind == "traffic" ? Kind::traffic
                                       : Kind::other;
  }

  bool own() const { return record_.kind != Kind::plain; }

  bool member(const Name& name, Value value) {
    if (record_.kind == Kind::other) return true;
    const Member* row = members_.find(name);
    if (row == nullptr) return own() && means_nothing(name);  // of others perhaps an error
    switch (row->part) {
      case Part::request:
        return once(row->part) && container(row->part, value, request_rows);
      case Part::principal:
        return once(row->part) && container(row->part, value, principal_rows);
      case Part::session:
        return once(row->part) && container(row->part, value, session_rows);
      case Part::ai:
        return once(row->part) && container(row->part, value, ai_rows);
      case Part::model:
        return once(row->part) && container(row->part, value, model_rows);
      case Part::response:
        return once(row->part) && container(row->part, value, response_rows);
      case Part::usage:
        return once(row->part) && container(row->part, value, usage_rows);
      case Part::system:
        return once(row->part) && container(row->part, value, system_rows);
      case Part::time:
        return first_of(Field::request_time) && take_time(value, record_.call.call.request.time_ns);
      default:
        return own() && recorded(row->part, value);
    }
  }

  bool once(Part part) {
    unsigned bit = 1u << static_cast<unsigned>(part);
    return (std::exchange(parts_, parts_ | bit) & bit) == 0;
  }

  bool first_of(Field field) {
    bool first = !record_.given.has(field);
    record_.given.add(field);
    return first;
  }

  bool recorded(Part part, Value value) {
    Recorded& recorded = record_.recorded;
    offline::Served& served = record_.call.served;
    switch (part) {
      case Part::id:
        return first_of(Field::request_id) && (!wanted_.fields.has(Field::request_id) ||
                                               take(value, record_.call.call.request.id));
      case Part::decision: {
        std::string_view text;
        if (recorded.known || !take(value, text)) return not_simple;
        recorded.known = text == "allow" || text == "deny";
        recorded.allowed = text == "allow";
        denied_ = text == "deny";
        return true;
      }
      case Part::policy:
        return !wanted_.answer || take(value, recorded.policy);
      case Part::statement:
        return !wanted_.answer || take(value, recorded.statement);
      case Part::target:
        return !wanted_.answer || take(value, recorded.target);
      case Part::phase:
        return once(part) && phase(value);
      case Part::status: {
        int64_t status = 0;
        if (!take_within(value, 0, offline::most_status, status)) return not_simple;
        recorded.status = static_cast<uint16_t>(status);
        return true;
      }
      case Part::redacted:
        return record_.redacted = true;
      case Part::us:
        return once(part) && took(value);
      case Part::attempts:
        return once(part) && attempts(value);
      case Part::decided:
        return once(part) && take_when(value, recorded.decided);
      case Part::settled:
        return once(part) && take_when(value, recorded.settled);
      case Part::failed:
        return once(part) && take(value, served.failed);
      case Part::client_gone:
        return once(part) && take(value, served.client_gone);
      case Part::expected:
        return once(part) && expected(value);
      case Part::refusal:
        return once(part) && refusal(value);
      case Part::version:
      case Part::kind:
        return once(part);
      default:
        return true;
    }
  }

  bool phase(Value value) {
    std::string_view text;
    if (!take(value, text) || text.empty()) return not_simple;
    record_.recorded.past_head = text != "head";
    const auto* phase = std::ranges::find(plan::phase_names, text);
    if (phase != std::end(plan::phase_names))
      phase_ = static_cast<plan::Phase>(phase - std::begin(plan::phase_names));
    return true;
  }

  static bool take_when(Value value, int64_t& into) {
    std::string_view text;
    return take(value, text) && take_time(value, into);
  }

  // Once, of an object's members.
  struct Once {
    unsigned seen = 0;
    bool operator()(unsigned number) {
      return (std::exchange(seen, seen | 1u << number) & 1u << number) == 0;
    }
  };

  bool took(Value value) {
    Once first;
    return visit_members(value, [&](const Name& name, Value item) {
      int64_t us = 0;
      if (!name.is("total")) return means_nothing(name);
      if (!first(0) || !take(item, us)) return not_simple;
      record_.recorded.took = offline::nanoseconds(us);
      return true;
    });
  }

  bool attempts(Value value) {
    return visit_items(value, [&](Value item) {
      offline::Attempt& made = record_.call.served.attempts.emplace_back();
      Once first;
      bool simple = visit_members(item, [&](const Name& name, Value part) {
        if (name.is("target")) return first(0) && take(part, made.target) && !made.target.empty();
        if (name.is("status"))
          return first(1) && take_within(part, 0, offline::most_status, made.status);
        if (name.is("us")) return first(2) && take_within(part, 0, INT64_MAX, made.took_ns);
        return means_nothing(name);
      });
      made.took_ns = offline::nanoseconds(made.took_ns);
      return simple && first.seen == 0b111;
    });
  }

  bool expected(Value value) {
    offline::Served& served = record_.call.served;
    Once first;
    bool simple = visit_members(value, [&](const Name& name, Value part) {
      int64_t tokens = 0;
      if (name.is("choices")) return first(1) && take_within(part, 1, INT64_MAX, served.choices);
      if (!name.is("output_tokens")) return means_nothing(name);
      if (!first(0) || !take_within(part, 0, INT64_MAX, tokens)) return not_simple;
      served.usual_tokens = tokens;
      return true;
    });
    return simple && served.usual_tokens;
  }

  bool refusal(Value value) {
    Once first;
    bool simple = visit_members(value, [&](const Name& name, Value part) {
      int64_t status = 0;
      if (name.is("unheard")) return first(1) && take(part, unheard_);
      if (!name.is("status")) return means_nothing(name);
      if (!first(0) || !take_within(part, 0, offline::most_status, status)) return not_simple;
      refused_with_ = static_cast<uint16_t>(status);
      return true;
    });
    return simple && refused_with_;
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

  bool container(Part object, Value value, std::span<const Row> rows) {
    Ordered<Row> table(rows);
    return visit_members(value, [&](const Name& name, Value item) {
      const Row* row = table.find(name);
      return row != nullptr ? field(*row, item) : other(object, name, item);
    });
  }

  bool field(const Row& row, Value value) {
    return first_of(row.field) && (!wanted_.fields.has(row.field) || row.take(record_, value));
  }

  bool other(Part object, const Name& told, Value value) {
    if (!told.text()) return not_simple;
    std::string_view name = *told.text();
    if (object == Part::ai && name == "tool")
      return once(Part::tool) && container(Part::tool, value, tool_rows);
    if (object == Part::principal)
      return take_attribute(name, value, record_.call.call.principal.attributes);
    bool user_agent = object == Part::request && name == "user_agent";
    if (object == Part::request && reads(name))
      return !user_agent && take_attribute(name, value, record_.call.call.request.metadata);
    // Texts by their roles, and what may be an error.
    bool passed_over = own() && object != Part::ai && object != Part::tool && !user_agent;
    return passed_over || (object == Part::system && name == "policy_version");
  }

  bool reads(std::string_view name) const {
    return std::ranges::any_of(names_.sources, [&](const plan::Source& source) {
      return source.path.size() == name.size() + 8 && source.path.starts_with("request.") &&
             std::string_view(source.path).substr(8) == name;
    });
  }

  const plan::Plan& names_;
  const Wanted& wanted_;
  Record& record_;
  Ordered<Member> members_{members};
  uint32_t parts_ = 0;
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
  call.has_kind = given.has(Field::principal_kind);
  call.has_usage = given.has_any(marks_usage);
  call.has_cost = given.has(Field::usage_cost);
}

// Nothing stands behind the record.
bool ends(simdjson::ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

struct RecordReader::Parser {
  simdjson::ondemand::parser parser;
  std::string padded;
};

RecordReader::RecordReader(const plan::Plan* one, const plan::Plan* other, Wanted wanted)
    : wanted_(wanted), parser_(std::make_unique<Parser>()) {
  for (const plan::Plan* plan : {one, other}) {
    if (plan == nullptr) continue;
    for (const plan::Source& source : plan->sources) {
      if (source.path.starts_with("request.")) names_.sources.emplace_back().path = source.path;
    }
  }
}

RecordReader::~RecordReader() = default;

bool RecordReader::read_fast(std::string_view line, bool slack, Record& record) {
  if (!slack) {
    parser_->padded.assign(line);
    parser_->padded.append(Block::slack, '\0');
    line = std::string_view(parser_->padded).substr(0, line.size());
  }
  simdjson::ondemand::document document;
  auto error = parser_->parser.iterate(line, line.size() + Block::slack).get(document);
  simdjson::ondemand::object object;
  if (error != simdjson::SUCCESS || document.get_object().get(object) != simdjson::SUCCESS)
    return false;
  if (!FastReader(names_, wanted_, record).read(line, object) || !ends(document)) return false;
  if (record.kind != Kind::other) mark(record);
  return true;
}

Result<void> RecordReader::read(std::string_view line, bool slack, Record& record) {
  if (line.size() > offline::max_record_bytes) return failure("the record is larger than 64 MiB");
  // What was allocated for the last one serves this one.
  static const Record none;
  record = none;
  if (!read_fast(line, slack, record)) {
    record = none;
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
