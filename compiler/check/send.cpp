#include "compiler/check/send.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "compiler/check/expressions.h"
#include "compiler/check/json_text.h"

namespace aipol::check {

namespace {

// What the world of a test can give. What the gateway alone decides (`decision`) can not be sent.
const std::vector<std::string> containers = {"request", "principal", "session", "ai",
                                             "model",   "response",  "usage",   "system"};

class SendCheck {
 public:
  SendCheck(Checker& checker, const Scope& scope, ir::Send& send)
      : checker_(checker), scope_(scope), send_(send) {}

  // Fields of one object, into `out`; `more` are further keys with their types.
  bool fields_of(const std::string& object, const ast::Record& record,
                 const std::vector<std::pair<std::string, TypePtr>>& more,
                 std::vector<ir::SendField>& out) {
    for (const ast::RecordEntry& entry : record.entries) {
      auto extra = std::ranges::find(more, entry.key.text, [](const auto& m) { return m.first; });
      if (extra != more.end()) {
        if (!fresh(entry.key.text, entry)) continue;
        if (extra->second->is(Kind::list)) {
          pieces(extra->first, *entry.value);
        } else {
          constant(extra->first, extra->second, *entry.value, scope_);
        }
      } else if (entry.key.text == "usage" && object == "response") {
        if (fresh("usage", entry)) container("usage", *entry.value);
      } else {
        field(object, entry);
      }
    }
    for (ir::SendField& field : send_.fields) {
      if (field.path.starts_with(object + ".")) field.path.erase(0, object.size() + 1);
      out.push_back(std::move(field));
    }
    return good_;
  }

  bool run(const ast::Record& record) {
    for (const ast::RecordEntry& entry : record.entries) {
      std::string_view key = entry.key.text;
      if (key == "headers" || key == "query") {
        texts(entry, key == "headers" ? send_.headers : send_.query);
      } else if (std::ranges::find(containers, key) != containers.end()) {
        if (fresh(key, entry)) container(std::string(key), *entry.value);
      } else {
        field("request", entry);
      }
    }
    return good_;
  }

 private:
  bool fresh(std::string_view path, const ast::RecordEntry& entry) {
    if (seen_.insert(std::string(path)).second) return true;
    checker_.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
    return good_ = false;
  }

  // The record that stands there, through the names of `let` and of a table's columns.
  const ast::Record* record(ast::ExpressionPtr expression, const Scope*& scope) {
    Macro macro = Expressions(checker_, *scope).literal_behind(expression);
    scope = macro.scope;
    return std::get_if<ast::Record>(&macro.expression->node);
  }

  void container(const std::string& name, const ast::Expression& value) {
    const Scope* scope = &scope_;
    const ast::Record* fields = record(&value, scope);
    if (fields == nullptr && name == "model") {
      constant("model.name", checker_.simple(Kind::string), value, scope_);
      return;
    }
    if (fields == nullptr) {
      wrong_shape(value, name);
      return;
    }
    // `principal: {}` is a user too, of whom nothing is known.
    if (name == "principal" && fields->entries.empty())
      send_.fields.push_back({"principal.id", std::string()});
    const Scope* outer = std::exchange(current_, scope);
    for (const ast::RecordEntry& entry : fields->entries) {
      if (name == "request" && (entry.key.text == "headers" || entry.key.text == "query")) {
        texts(entry, entry.key.text == "headers" ? send_.headers : send_.query);
      } else {
        field(name, entry);
      }
    }
    current_ = outer;
  }

  void wrong_shape(const ast::Expression& given, std::string_view name) {
    checker_
        .report(given.span, diagnostics::type_mismatch, "record",
                Expressions(checker_, *current()).type_name(&given))
        .help("write `{}: {{ … }}`", name);
    good_ = false;
  }

  void texts(const ast::RecordEntry& entry, std::vector<std::pair<std::string, std::string>>& out) {
    const Scope* scope = current();
    const ast::Record* fields = record(entry.value, scope);
    if (!fresh(entry.key.text, entry)) return;
    if (fields == nullptr) {
      wrong_shape(*entry.value, entry.key.text);
      return;
    }
    for (const ast::RecordEntry& field : fields->entries) {
      std::string name(field.key.text);
      if (entry.key.text == "headers") name = lower_ascii(name);
      if (!fresh(std::string(entry.key.text) + "." + name, field)) continue;
      const plan::Constant* value =
          Expressions(checker_, *scope)
              .constant(field.value, checker_.simple(Kind::string), "a field of `send`");
      good_ = good_ && value != nullptr;
      if (value != nullptr) out.emplace_back(std::move(name), std::get<std::string>(*value));
    }
  }

  // The pieces of a stream, in the order in which they stand.
  void pieces(const std::string& path, const ast::Expression& value) {
    Macro behind = Expressions(checker_, scope_).literal_behind(&value);
    const auto* list = std::get_if<ast::List>(&behind.expression->node);
    std::vector<std::string> texts;
    if (list == nullptr) {
      checker_.report(value.span, diagnostics::type_mismatch, "list<string>",
                      Expressions(checker_, scope_).type_name(&value));
      good_ = false;
      return;
    }
    for (ast::ExpressionPtr item : list->items) {
      const plan::Constant* text =
          Expressions(checker_, *behind.scope)
              .constant(item, checker_.simple(Kind::string), "a piece of the answer");
      good_ = good_ && text != nullptr;
      if (text != nullptr) texts.push_back(std::get<std::string>(*text));
    }
    send_.fields.push_back({path, std::move(texts)});
  }

  const Scope* current() const { return current_ == nullptr ? &scope_ : current_; }

  void field(const std::string& object, const ast::RecordEntry& entry) {
    const std::vector<types::Field>& fields = checker_.set.schema.object(object)->fields;
    const types::Field* field = types::find(fields, entry.key.text);
    if (field == nullptr) {
      std::vector<std::string> known = types::names(fields);
      if (object == "request") known.insert(known.end(), containers.begin(), containers.end());
      checker_.report(entry.key.span, diagnostics::unknown_field, entry.key.text, object)
          .suggest(entry.key.text, known);
      good_ = false;
      return;
    }
    value(object + "." + field->name, field->type, entry);
  }

  void value(const std::string& path, TypePtr type, const ast::RecordEntry& entry) {
    // What a request's body holds is its text.
    if (!fresh(path == "request.body" ? "request.body_text" : path, entry)) return;
    if (type->is(Kind::invalid)) return;
    if (type->collection() && type->element->is(Kind::record)) {
      records(path, type->element, *entry.value);
    } else if (type->is(Kind::record)) {
      parts(path, type, entry);
    } else if (type->is(Kind::map)) {
      by_key(path, entry);
    } else {
      constant(path, type, *entry.value, *current());
    }
  }

  // tool: { server: "files", name: "read" }
  void parts(const std::string& path, TypePtr type, const ast::RecordEntry& entry) {
    const Scope* scope = current();
    const ast::Record* given = record(entry.value, scope);
    if (given == nullptr) return wrong_shape(*entry.value, entry.key.text);
    const types::Record& declared = checker_.set.schema.records[type->definition];
    const Scope* outer = std::exchange(current_, scope);
    for (const ast::RecordEntry& part : given->entries) {
      const types::Field* field = types::find(declared.fields, part.key.text);
      if (field != nullptr) {
        value(path + "." + field->name, field->type, part);
        continue;
      }
      checker_.report(part.key.span, diagnostics::unknown_field, part.key.text, entry.key.text)
          .suggest(part.key.text, types::names(declared.fields));
      good_ = false;
    }
    current_ = outer;
  }

  // body: { user: { name: "ann" } }, args: { "file.path": "/etc" }
  void by_key(const std::string& path, const ast::RecordEntry& entry) {
    const Scope* scope = current();
    if (record(entry.value, scope) == nullptr) return wrong_shape(*entry.value, entry.key.text);
    if (path == "request.body") {
      std::optional<std::string> json = body_json(checker_, *current(), entry.value);
      good_ = good_ && json;
      if (json) send_.fields.push_back({"request.body_text", std::move(*json)});
      return;
    }
    std::optional<Leaves> leaves = body_leaves(checker_, *current(), entry.value);
    good_ = good_ && leaves;
    if (!leaves) return;
    for (auto& [key, text] : *leaves) send_.fields.push_back({path + "." + key, std::move(text)});
  }

  void constant(const std::string& path, TypePtr type, const ast::Expression& value,
                const Scope& scope) {
    const plan::Constant* constant =
        Expressions(checker_, scope).constant(&value, type, "a field of `send`");
    good_ = good_ && constant != nullptr;
    if (constant != nullptr) send_.fields.push_back({path, spelled(type, *constant)});
  }

  // Enum members by their texts, as traffic bears them.
  plan::Constant spelled(TypePtr type, const plan::Constant& value) {
    if (type->is(Kind::enumeration))
      return checker_.enumeration(type).members[static_cast<size_t>(std::get<int64_t>(value))];
    if (!type->collection() || !type->element->is(Kind::enumeration)) return value;
    std::vector<std::string> members;
    for (int64_t number : std::get<std::vector<int64_t>>(value)) {
      members.push_back(checker_.enumeration(type->element).members[static_cast<size_t>(number)]);
    }
    return members;
  }

  // [{ role: user, text: "…" }] column by column.
  void records(const std::string& path, TypePtr type, const ast::Expression& value) {
    const Scope* scope = current();
    Macro macro = Expressions(checker_, *scope).literal_behind(&value);
    const auto* list = std::get_if<ast::List>(&macro.expression->node);
    if (list == nullptr) {
      wrong_shape(value, path);
      return;
    }
    const std::vector<types::Field>& fields = checker_.set.schema.records[type->definition].fields;
    std::vector<std::vector<std::string>> columns(fields.size());
    for (ast::ExpressionPtr item : list->items) {
      const Scope* item_scope = macro.scope;
      const ast::Record* row = record(item, item_scope);
      if (row == nullptr) return wrong_shape(*item, path);
      for (size_t i = 0; i < fields.size(); ++i)
        columns[i].push_back(cell(*row, fields[i], *item_scope, item->span));
    }
    for (size_t i = 0; i < fields.size(); ++i)
      send_.fields.push_back({path + "." + fields[i].name, columns[i]});
  }

  std::string cell(const ast::Record& row, const types::Field& field, const Scope& scope,
                   Span span) {
    auto entry =
        std::ranges::find(row.entries, field.name, [](const auto& e) { return e.key.text; });
    if (entry == row.entries.end()) {
      checker_.report(span, diagnostics::missing_setting, "the record", field.name);
      good_ = false;
      return {};
    }
    const plan::Constant* value =
        Expressions(checker_, scope).constant(entry->value, field.type, "a field of `send`");
    good_ = good_ && value != nullptr;
    return value == nullptr ? std::string() : std::get<std::string>(spelled(field.type, *value));
  }

  Checker& checker_;
  const Scope& scope_;
  ir::Send& send_;
  const Scope* current_ = nullptr;
  std::set<std::string> seen_;
  bool good_ = true;
};

}  // namespace

bool check_reply(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send) {
  TypePtr string = checker.simple(Kind::string);
  ir::Send parts;
  return SendCheck(checker, scope, parts)
      .fields_of("response", record,
                 {{"chunks", checker.set.types.of(Kind::list, string)},
                  {"error", checker.set.schema.enumeration("UpstreamError")}},
                 send.reply);
}

bool check_target_state(Checker& checker, const Scope& scope, const ast::Record& record,
                        ir::GivenTarget& given) {
  ir::Send parts;
  return SendCheck(checker, scope, parts).fields_of("target", record, {}, given.fields);
}

bool check_send(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send) {
  return SendCheck(checker, scope, send).run(record);
}

}  // namespace aipol::check
