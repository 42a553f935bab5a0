// Bodies and arguments of tools as `send` gives them: records of literals.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/expressions.h"
#include "compiler/check/json_text.h"

namespace aipol::check {

std::string in_json(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

namespace {

// An object's parts, or what stands at its end.
struct Part {
  std::vector<std::string> keys;
  std::vector<Part> parts;  // by key
  std::string json, plain;
  bool object = false;

  Part* find(std::string_view key) {
    auto found = std::ranges::find(keys, key);
    return found == keys.end() ? nullptr : &parts[static_cast<size_t>(found - keys.begin())];
  }
  Part& add(std::string key) {
    keys.push_back(std::move(key));
    return parts.emplace_back();
  }
};

class BodyReader {
 public:
  explicit BodyReader(Checker& checker) : checker_(checker) {}

  bool read(const Scope& scope, ast::ExpressionPtr expression, Part& out) {
    Macro behind = Expressions(checker_, scope).literal_behind(expression);
    const auto& node = behind.expression->node;
    if (const auto* record = std::get_if<ast::Record>(&node)) {
      out.object = true;
      return std::ranges::all_of(record->entries, [&](const ast::RecordEntry& entry) {
        return this->entry(*behind.scope, entry, out);
      });
    }
    if (const auto* list = std::get_if<ast::List>(&node)) return items(*behind.scope, *list, out);
    return value(scope, expression, out);
  }

  static std::string json(const Part& part) {
    if (!part.object) return part.json;
    std::string out = "{";
    for (size_t i = 0; i < part.parts.size(); ++i)
      out += (i > 0 ? "," : "") + in_json(part.keys[i]) + ":" + json(part.parts[i]);
    return out + "}";
  }

 private:
  bool entry(const Scope& scope, const ast::RecordEntry& entry, Part& out) {
    Part* at = &out;
    std::string_view rest = entry.key.text;
    while (true) {
      size_t dot = std::min(rest.find('.'), rest.size());
      std::string_view key = rest.substr(0, dot);
      Part* found = at->find(key);
      bool last = dot == rest.size();
      if (found != nullptr && (last || !found->object)) {
        checker_.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
        return false;
      }
      if (found == nullptr) found = &at->add(std::string(key));
      at = found;
      if (last) return read(scope, entry.value, *at);
      at->object = true;
      rest.remove_prefix(dot + 1);
    }
  }

  bool items(const Scope& scope, const ast::List& list, Part& out) {
    std::string text = "[";
    for (ast::ExpressionPtr item : list.items) {
      Part part;
      if (!read(scope, item, part)) return false;
      text += (text.size() > 1 ? "," : "") + json(part);
    }
    out.json = text + "]";
    return true;
  }

  bool value(const Scope& scope, ast::ExpressionPtr expression, Part& out) {
    Expressions expressions(checker_, scope);
    ir::ExpressionPtr value = expressions.plain(expression);
    if (value == nullptr) return false;
    const plan::Constant* constant = value->constant();
    if (constant == nullptr) {
      checker_.report(expression->span, diagnostics::not_constant, "a value of a body");
      return false;
    }
    if (const auto* text = std::get_if<std::string>(constant)) {
      out.plain = *text;
      out.json = in_json(*text);
    } else if (const auto* truth = std::get_if<bool>(constant)) {
      out.plain = out.json = *truth ? "true" : "false";
    } else if (const auto* real = std::get_if<double>(constant)) {
      out.plain = out.json = fmt::format("{}", *real);
    } else if (value->type->is(Kind::integer)) {
      out.plain = out.json = std::to_string(std::get<int64_t>(*constant));
    } else {
      checker_.report(expression->span, diagnostics::type_mismatch, "string", value->type->name)
          .help("JSON has texts, numbers, true and false");
      return false;
    }
    return true;
  }

  Checker& checker_;
};

void flatten(const Part& part, const std::string& path, Leaves& out) {
  if (!part.object && !part.plain.empty()) out.emplace_back(path, part.plain);
  for (size_t i = 0; i < part.parts.size(); ++i)
    flatten(part.parts[i], path.empty() ? part.keys[i] : path + "." + part.keys[i], out);
}

std::optional<Part> read_body(Checker& checker, const Scope& scope, ast::ExpressionPtr expression) {
  Part part;
  if (!BodyReader(checker).read(scope, expression, part)) return std::nullopt;
  return part;
}

}  // namespace

std::optional<std::string> body_json(Checker& checker, const Scope& scope,
                                     ast::ExpressionPtr expression) {
  std::optional<Part> part = read_body(checker, scope, expression);
  return part ? std::optional(BodyReader::json(*part)) : std::nullopt;
}

std::optional<Leaves> body_leaves(Checker& checker, const Scope& scope,
                                  ast::ExpressionPtr expression) {
  std::optional<Part> part = read_body(checker, scope, expression);
  if (!part) return std::nullopt;
  Leaves leaves;
  flatten(*part, "", leaves);
  return leaves;
}

}  // namespace aipol::check
