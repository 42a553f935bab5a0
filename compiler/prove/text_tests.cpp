#include "compiler/prove/text_tests.h"

namespace aipol::prove {

using plan::Op;

namespace {

enum class Form : uint8_t { text, glob, begins, ends, holds };

void add(Pattern& pattern, Form form, const std::string& text) {
  switch (form) {
    case Form::text:
      return pattern.add_text(text);
    case Form::glob:
      return pattern.add_glob(text);
    case Form::begins:
      return pattern.add_around(false, text, true);
    case Form::ends:
      return pattern.add_around(true, text, false);
    case Form::holds:
      return pattern.add_around(true, text, true);
  }
}

std::optional<Form> form_of(const plan::Plan& plan, const plan::Node& node) {
  switch (node.op) {
    case Op::equal:
    case Op::in_set:
    case Op::has_member:
      return Form::text;
    case Op::on_path:
    case Op::like:
      return Form::glob;
    case Op::call:
      break;
    default:
      return std::nullopt;
  }
  const std::string& symbol = plan.natives[node.payload];
  if (symbol == "text.starts_with") return Form::begins;
  if (symbol == "text.ends_with") return Form::ends;
  if (symbol == "text.contains") return Form::holds;
  return std::nullopt;
}

// `s ?? v` is s where that is present.
plan::NodeId where_present(const plan::Code& code, plan::NodeId node) {
  if (code[node].op != Op::select) return node;
  plan::NodeId asked = code.argument(node, 0), then = code.argument(node, 1);
  bool same = code[asked].op == Op::has && code[then].op == Op::source &&
              code[asked].payload == code[then].payload;
  return same ? then : node;
}

}  // namespace

std::optional<Pattern> pattern_of(const Shape& shape, plan::NodeId leaf) {
  const plan::Plan& plan = shape.plan();
  const plan::Node& node = plan.code[leaf];
  std::optional<Form> form = form_of(plan, node);
  if (!form || node.count != 2) return std::nullopt;
  plan::NodeId source = plan.code.argument(leaf, 0), constant = plan.code.argument(leaf, 1);
  bool either_way = node.op == Op::equal || node.op == Op::has_member;
  if (either_way && shape.constant(source) != nullptr) std::swap(source, constant);
  source = where_present(plan.code, source);
  const plan::Constant* value = shape.constant(constant);
  if (!shape.is_source(source) || plan.code[source].rep != plan::Rep::text || value == nullptr)
    return std::nullopt;
  Pattern pattern;
  if (auto* one = std::get_if<std::string>(value)) {
    add(pattern, *form, *one);
  } else if (auto* many = std::get_if<std::vector<std::string>>(value)) {
    for (const std::string& text : *many) add(pattern, *form, text);
  } else {
    return std::nullopt;
  }
  return pattern;
}

}  // namespace aipol::prove
