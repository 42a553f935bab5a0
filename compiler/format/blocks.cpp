// Declarations of a name and what stands in braces.
#include "compiler/format/formatter.h"

namespace aipol::format {

// The braces of neighbours stand below each other.
bool Formatter::body(std::string_view keyword, const Bracket& bracket) {
  row().keyword = keyword;
  space();
  column();
  comments();
  size_t begin = out_.size();
  if (!open(bracket)) return false;
  row().bracket = begin;
  return true;
}

void Formatter::declaration(const ast::EnumDeclaration& enumeration) {
  const std::vector<ast::EnumMember>& members = enumeration.members;
  take_words(2u + (enumeration.native ? 1 : 0) + (enumeration.open ? 1 : 0));
  bool filled = false;
  for (size_t i = 1; i < members.size(); ++i)
    filled |= !line_break_between(members[i - 1].span, members[i].span);
  if (!body("enum", {Shape::hanging, true, is_tall(), filled})) return;
  for (size_t i = 0; i < members.size(); ++i) {
    if (i > 0) next_item();
    take();
  }
  close(true);
}

void Formatter::declaration(const ast::RecordDeclaration& record) {
  take_words(record.native ? 3 : 2);
  if (body("record", braces())) fields(record.fields);
}

void Formatter::declaration(const ast::ObjectDeclaration& object) {
  take_words(5);
  if (body("object", braces())) fields(object.fields);
}

void Formatter::declaration(const ast::ExtendDeclaration& extend) {
  take_words(2);
  if (body("extend", braces())) fields(extend.fields);
}

void Formatter::fields(const std::vector<ast::FieldDeclaration>& fields) {
  for (const ast::FieldDeclaration& each : fields) {
    field(each);
    comma_of_field(&each == &fields.back());
    if (&each != &fields.back()) next_line();
  }
  close(false);
}

void Formatter::field(const ast::FieldDeclaration& field) {
  take();
  if (at("?")) take();
  take();
  space();
  type(field.type);
  if (field.fallback != nullptr) {
    space();
    take();
    assigned(field.fallback);
  }
  if (!field.phase) return;
  space();
  take_words(2);
}

// Lines need none. A doc comment before it would come to belong to the next field without it.
void Formatter::comma_of_field(bool last) {
  bool written = at(",");
  if (written && doc_ahead()) return take();
  if (written) skip();
  if (!last) out_.comma(false);
}

void Formatter::declaration(const ast::BlockDeclaration& block) {
  take();
  if (block.name || block.label) {
    space();
    take();
  }
  if (block.variant) {
    space();
    column();
    take_words(2);
  }
  row().setting = true;
  if (body(block.keyword.text, braces())) entries(block.settings);
}

void Formatter::declaration(const ast::PromptDeclaration& prompt) {
  take_words(prompt.version ? 3 : 2);
  space();
  parameters(prompt.parameters);
  if (body("prompt", braces())) entries(prompt.settings);
}

void Formatter::declaration(const ast::DetectorDeclaration& detector) {
  take_words(2);
  if (!body("detector", {Shape::tall, true, is_several_lines()})) return;
  for (const auto& entry : detector.entries) {
    if (&entry != &detector.entries.front()) next_line();
    comments();
    take();
    space();
    kept_ = at_;
    expression(entry.value, Place::behind);
  }
  close(false);
}

void Formatter::declaration(const ast::InvariantDeclaration& invariant) {
  take_words(2);
  bool forced = is_several_lines() || invariant.rules.size() > 1;
  if (!body("invariant", {Shape::tall, true, forced})) return;
  for (const auto& rule : invariant.rules) {
    if (&rule != &invariant.rules.front()) next_line();
    begin();
    take_words(2);
    out_.indent();
    condition(rule.condition);
    out_.outdent();
    end();
  }
  close(false);
}

}  // namespace aipol::format
