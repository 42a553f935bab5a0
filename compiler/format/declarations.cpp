// The file, and declarations of one line.
#include "compiler/format/formatter.h"

namespace aipol::format {

void Formatter::file(const ast::Tree& tree) {
  if (!tree.package.empty()) {
    new_row();
    take();
    space();
    path(tree.package.size());
    row().end = out_.size();
  }
  for (const ast::Declaration& each : tree.declarations) {
    new_row();
    std::visit([this](const auto& node) { declaration(node); }, each.node);
    row().end = out_.size();
  }
  rest_of_comments();
  end();
  arrange(rows_, out_);
}

void Formatter::new_row() {
  Row& added = rows_.emplace_back();
  std::span<const Comment> between = comments_ahead();
  added.blank = tokens_.blank_before(at_);
  for (const Comment& comment : between) added.blank |= comment.blank_before;
  added.parted = added.blank || !between.empty() || at_ == 0;
  if (at_ > 0) added.line = next_line(Rule::hard);
  comments();
  added.head = out_.size();
}

// What follows is lined up with the rows above and below.
void Formatter::column() { row().pads.push_back(out_.pad()); }

void Formatter::path(size_t names) {
  take();
  for (size_t i = 1; i < names; ++i) {
    take();
    take();
  }
}

void Formatter::declaration(const ast::UseDeclaration& use) {
  take();
  space();
  path(use.path.size());
  if (!use.alias) return;
  space();
  take_words(2);
}

void Formatter::declaration(const ast::ConstDeclaration& constant) {
  take_words(2);
  if (constant.type) {
    take();
    space();
    type(*constant.type);
  }
  space();
  take();
  assigned(constant.value);
}

void Formatter::declaration(const ast::FunctionDeclaration& function) {
  take_words(function.body == nullptr ? 3 : 2);
  for (size_t i = 0; i < function.type_parameters.size(); ++i) {
    take();
    if (i > 0) space();
    take();
  }
  if (!function.type_parameters.empty()) take();
  parameters(function.parameters);
  space();
  take();
  space();
  type(function.result);
  space();
  take();
  if (function.body != nullptr) return assigned(function.body);
  space();
  take();
}

void Formatter::declaration(const ast::MeterDeclaration& meter) {
  row().keyword = token();
  take_words(2);
  space();
  column();
  take();
  const std::vector<ast::Part>& all = meter.parts;
  bool plain = all.size() > 3 && all[0].values.size() == 1 &&
               std::holds_alternative<ast::Name>(all[0].values[0]->node) && all[1].is_word() &&
               all[2].values.size() == 1 && all[3].is_word();
  out_.indent();
  parts(all, plain);
  out_.outdent();
}

void Formatter::declaration(const ast::ListDeclaration& list) {
  row().keyword = token();
  take_words(2);
  space();
  column();
  take();
  space();
  node(list.members, Place::behind);
}

void Formatter::declaration(const ast::GrantDeclaration& grant) {
  take();
  out_.indent();
  parts(grant.parts);
  out_.outdent();
}

void Formatter::declaration(const ast::DataDeclaration& data) {
  take_words(5);
  space();
  type(data.type);
}

}  // namespace aipol::format
