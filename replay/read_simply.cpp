#include "replay/read_simply.h"

#include <algorithm>

#include "replay/json_value.h"
#include "replay/record_rows.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay {

namespace {

bool take_attribute(context::Attributes& attributes, const Place& place, const Token& token) {
  auto put = [&](context::AttributeValue value) {
    attributes.insert_or_assign(std::string(place.name), std::move(value));
    return true;
  };
  bool truth = false;
  int64_t whole = 0;
  double real = 0;
  if (token.written == Written::text) return put(std::string(token.text));
  if (take(token, truth)) return put(truth);
  if (take(token, whole)) return put(whole);
  return take(token, real) && put(real);
}

bool take_attempt_target(const Token& token, std::string& into) {
  return take(token, into) && !into.empty();
}

bool take_moment(const Token& token, int64_t& into) {
  return token.written == Written::text && take_time(token, into);
}

bool take_microseconds(const Token& token, int64_t least, int64_t& into) {
  int64_t us = 0;
  if (!take_within(token, least, INT64_MAX, us)) return not_simple;
  into = offline::nanoseconds(us);
  return true;
}

bool take_status(const Token& token, uint16_t& into) {
  int64_t status = 0;
  if (!take_within(token, 0, offline::most_status, status)) return not_simple;
  into = static_cast<uint16_t>(status);
  return true;
}

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

class SimpleReader {
 public:
  SimpleReader(const plan::Plan& names, const Wanted& wanted, Record& record,
               std::vector<Told>* told)
      : names_(names), wanted_(wanted), record_(record), told_(told) {}

  bool read(std::string_view line, simdjson::ondemand::object object) {
    record_.kind = kind_of(line);
    bool simple =
        visit_members(object, [&](const Name& name, Value value) { return member(name, value); });
    conclude();
    return simple;
  }

 private:
  bool own() const { return record_.kind != Kind::plain; }

  void tell(Value value, Take take, const Place& place) {
    if (told_ != nullptr) told_->push_back({value.raw_json_token().data(), take, place});
  }
  bool scalar(Value value, Take take, const Place& place = {}) {
    tell(value, take, place);
    Token token;
    return token_of(value, token) && take(record_, place, token);
  }
  // Of which the rest of the record goes by.
  bool telling(Value value, Token& token) {
    tell(value, nullptr, {});
    return token_of(value, token);
  }
  bool telling(Value value, std::string_view& text) {
    Token token;
    return telling(value, token) && take(token, text);
  }

  bool member(const Name& name, Value value) {
    if (record_.kind == Kind::other) return about_other(name, value);
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
        return first_of(Field::request_time) &&
               scalar(value, AIPOL_TAKE(take_time(t, r.call.call.request.time_ns)));
      default:
        return own() && recorded(row->part, value);
    }
  }

  // Nothing of it is looked at but what tells that.
  bool about_other(const Name& name, Value value) {
    Token token;
    return !(name.is("v") || name.is("kind")) || telling(value, token);
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
    switch (part) {
      case Part::id:
        return first_of(Field::request_id) &&
               (!wanted_.fields.has(Field::request_id) ||
                scalar(value, AIPOL_TAKE(take(t, r.call.call.request.id))));
      case Part::decision: {
        std::string_view text;
        if (recorded.known || !telling(value, text)) return not_simple;
        recorded.known = text == "allow" || text == "deny";
        recorded.allowed = text == "allow";
        denied_ = text == "deny";
        return true;
      }
      case Part::policy:
        return !wanted_.answer || scalar(value, AIPOL_TAKE(take(t, r.recorded.policy)));
      case Part::statement:
        return !wanted_.answer || scalar(value, AIPOL_TAKE(take(t, r.recorded.statement)));
      case Part::target:
        return !wanted_.answer || scalar(value, AIPOL_TAKE(take(t, r.recorded.target)));
      case Part::phase:
        return once(part) && phase(value);
      case Part::status: {
        Token token;
        return telling(value, token) && take_status(token, recorded.status);
      }
      case Part::redacted:
        return record_.redacted = true;
      case Part::us:
        return once(part) && took(value);
      case Part::attempts:
        return once(part) && attempts(value);
      case Part::decided:
        return once(part) && scalar(value, AIPOL_TAKE(take_moment(t, r.recorded.decided)));
      case Part::settled:
        return once(part) && scalar(value, AIPOL_TAKE(take_moment(t, r.recorded.settled)));
      case Part::failed:
        return once(part) && scalar(value, AIPOL_TAKE(take(t, r.call.served.failed)));
      case Part::client_gone:
        return once(part) && scalar(value, AIPOL_TAKE(take(t, r.call.served.client_gone)));
      case Part::expected:
        return once(part) && expected(value);
      case Part::refusal:
        return once(part) && refusal(value);
      case Part::version:
      case Part::kind: {
        Token token;
        return once(part) && telling(value, token);
      }
      default:
        return true;
    }
  }

  bool phase(Value value) {
    std::string_view text;
    if (!telling(value, text) || text.empty()) return not_simple;
    record_.recorded.past_head = text != "head";
    const auto* phase = std::ranges::find(plan::phase_names, text);
    if (phase != std::end(plan::phase_names))
      phase_ = static_cast<plan::Phase>(phase - std::begin(plan::phase_names));
    return true;
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
      if (!name.is("total")) return means_nothing(name);
      return first(0) && scalar(item, AIPOL_TAKE(take_microseconds(t, INT64_MIN, r.recorded.took)));
    });
  }

  bool attempts(Value value) {
    Place place;
    return visit_items(value, [&](Value item) {
      Once first;
      bool simple = visit_members(item, [&](const Name& name, Value part) {
        if (name.is("target"))
          return first(0) &&
                 scalar(part, AIPOL_TAKE(take_attempt_target(t, attempt(r, place).target)), place);
        if (name.is("status"))
          return first(1) && scalar(part,
                                    AIPOL_TAKE(take_within(t, 0, offline::most_status,
                                                           attempt(r, place).status)),
                                    place);
        if (name.is("us"))
          return first(2) &&
                 scalar(part, AIPOL_TAKE(take_microseconds(t, 0, attempt(r, place).took_ns)),
                        place);
        return means_nothing(name);
      });
      ++place.index;
      return simple && first.seen == 0b111;
    });
  }
  static offline::Attempt& attempt(Record& record, const Place& place) {
    return item_of(record.call.served.attempts, place);
  }

  bool expected(Value value) {
    Once first;
    bool simple = visit_members(value, [&](const Name& name, Value part) {
      if (name.is("choices"))
        return first(1) &&
               scalar(part, AIPOL_TAKE(take_within(t, 1, INT64_MAX, r.call.served.choices)));
      if (!name.is("output_tokens")) return means_nothing(name);
      return first(0) && scalar(part, AIPOL_TAKE(take_within(
                                          t, 0, INT64_MAX, r.call.served.usual_tokens.emplace())));
    });
    return simple && record_.call.served.usual_tokens;
  }

  bool refusal(Value value) {
    Once first;
    bool simple = visit_members(value, [&](const Name& name, Value part) {
      Token token;
      if (name.is("unheard")) return first(1) && telling(part, token) && take(token, unheard_);
      if (!name.is("status")) return means_nothing(name);
      return first(0) && telling(part, token) && take_status(token, refused_with_.emplace());
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
    if (!first_of(row.field)) return not_simple;
    if (!wanted_.fields.has(row.field)) return true;
    switch (row.form) {
      case Form::value:
        return scalar(value, row.take);
      case Form::telling: {
        Token token;
        return telling(value, token) && row.take(record_, {}, token);
      }
      case Form::texts:
        return texts(value, row.take);
      case Form::pairs:
      case Form::lower_case:
        return pairs(value, row);
      case Form::messages:
        return list(value, {"role", row.take}, {"text", row.other});
      case Form::tool_calls:
        return list(value, {"name", row.take}, {"arguments", row.other});
    }
    return not_simple;
  }

  bool texts(Value value, Take take) {
    Place place;
    return visit_items(value, [&](Value item) {
      bool simple = scalar(item, take, place);
      ++place.index;
      return simple;
    });
  }

  // Names and texts, each name once.
  bool pairs(Value value, const Row& row) {
    std::vector<std::string_view> names;
    return visit_members(value, [&](const Name& told, Value text) {
      if (!told.text()) return not_simple;
      std::string_view name = *told.text();
      bool cased = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
      bool again = std::ranges::find(names, name) != names.end();
      if ((row.form == Form::lower_case && cased) || again) return not_simple;
      names.push_back(name);
      return scalar(text, row.take, {names.size() - 1, name});
    });
  }

  // A list of records of two texts; more in one of them means nothing.
  struct Text {
    std::string_view name;
    Take take;
  };
  bool list(Value value, Text one, Text other) {
    Place place;
    return visit_items(value, [&](Value item) {
      Once first;
      bool simple = visit_members(item, [&](const Name& name, Value text) {
        if (name.is(one.name)) return first(0) && scalar(text, one.take, place);
        if (name.is(other.name)) return first(1) && scalar(text, other.take, place);
        return means_nothing(name);
      });
      ++place.index;
      return simple && first.seen == 0b11;
    });
  }

  bool attribute(std::string_view name, Value value, context::Attributes& into, Take take) {
    simdjson::ondemand::json_type type;
    if (into.find(name) != nullptr || value.type().get(type) != simdjson::SUCCESS)
      return not_simple;
    if (type != simdjson::ondemand::json_type::array) return scalar(value, take, {0, name});
    // Of numbers: the other way writes them.
    std::vector<std::string> list;
    bool simple = visit_items(value, [&](Value item) {
      std::string_view text;
      bool simple = telling(item, text);
      list.emplace_back(text);
      return simple;
    });
    return simple && into.try_emplace(std::string(name), std::move(list));
  }

  bool other(Part object, const Name& told, Value value) {
    if (!told.text()) return not_simple;
    std::string_view name = *told.text();
    context::Call& call = record_.call.call;
    if (object == Part::ai && name == "tool")
      return once(Part::tool) && container(Part::tool, value, tool_rows);
    if (object == Part::principal)
      return attribute(name, value, call.principal.attributes,
                       AIPOL_TAKE(take_attribute(r.call.call.principal.attributes, place, t)));
    bool user_agent = object == Part::request && name == "user_agent";
    if (object == Part::request && reads(name))
      return !user_agent &&
             attribute(name, value, call.request.metadata,
                       AIPOL_TAKE(take_attribute(r.call.call.request.metadata, place, t)));
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
  std::vector<Told>* const told_;
  Ordered<Member> members_{members};
  uint32_t parts_ = 0;
  std::optional<plan::Phase> phase_;
  std::optional<uint16_t> refused_with_;
  bool denied_ = false, unheard_ = false;
};

}  // namespace

Kind kind_of(std::string_view line) {
  constexpr std::string_view mark = R"("v":1,"kind":")";
  constexpr size_t most_before = 128;
  size_t at = line.substr(0, most_before).find(mark);
  bool first = at == 1;
  bool chained = at != line.npos && line.starts_with(R"({"seq":)") && line[at - 1] == ',' &&
                 line.substr(1, at).find('{') == line.npos;
  if (!first && !chained) return Kind::plain;
  std::string_view kind = line.substr(at + mark.size());
  kind = kind.substr(0, kind.find('"'));
  if (kind.contains('\\')) return Kind::plain;
  return kind == "request" ? Kind::request : kind == "traffic" ? Kind::traffic : Kind::other;
}

bool read_simply(std::string_view line, simdjson::ondemand::object object, const plan::Plan& names,
                 const Wanted& wanted, Record& record, std::vector<Told>* told) {
  return SimpleReader(names, wanted, record, told).read(line, object);
}

}  // namespace aipol::replay
