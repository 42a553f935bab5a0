#include "cli/output/declarations.h"
#include "base/text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/overloaded.h"

namespace aipol::cli {

namespace {

class Collector {
 public:
  Collector(const ast::Tree& tree, const source::Files& files) : tree_(tree), files_(files) {
    bool prelude = !tree.package.empty() && tree.package.back().text == "prelude";
    if (!prelude && !tree.package.empty()) prefix_ = std::string(tree.package.back().text) + ".";
  }

  std::vector<Documented> run() {
    for (const ast::Declaration& declaration : tree_.declarations) {
      std::visit(
          Overloaded{
              [&](const ast::FunctionDeclaration& d) { whole(d.name, declaration); },
              [&](const ast::ConstDeclaration& d) { whole(d.name, declaration); },
              [&](const ast::EnumDeclaration& d) { whole(d.name, declaration); },
              [&](const ast::ObjectDeclaration& d) { fields(d.name, d.fields, declaration); },
              [&](const ast::RecordDeclaration& d) { fields(d.name, d.fields, declaration); },
              [](const auto&) {},
          },
          declaration.node);
    }
    return std::move(out_);
  }

 private:
  std::string text(source::Span span) const {
    return on_one_line(files_[span.file].text().substr(span.begin, span.end - span.begin));
  }

  void whole(const ast::Identifier& name, const ast::Declaration& declaration) {
    out_.push_back({prefix_ + std::string(name.text), text(declaration.span), declaration.doc});
  }

  void fields(const ast::Identifier& name, const std::vector<ast::FieldDeclaration>& all,
              const ast::Declaration& declaration) {
    std::string members;
    for (const ast::FieldDeclaration& field : all)
      members += (members.empty() ? "" : ", ") + std::string(field.name.text);
    out_.push_back({prefix_ + std::string(name.text),
                    fmt::format("{} {{ {} }}", name.text, members), declaration.doc});
    for (const ast::FieldDeclaration& field : all) {
      std::string path = fmt::format("{}{}.{}", prefix_, name.text, field.name.text);
      std::string signature = fmt::format("{}: {}", path, text(field.type.span));
      if (field.fallback != nullptr) signature += " = " + text(field.fallback->span);
      if (field.phase) signature += fmt::format(" (from phase {} on)", field.phase->text);
      out_.push_back({std::move(path), std::move(signature), field.doc});
    }
  }

  const ast::Tree& tree_;
  const source::Files& files_;
  std::string prefix_;
  std::vector<Documented> out_;
};

}  // namespace

std::vector<Documented> documented(const ast::Tree& tree, const source::Files& files) {
  return Collector(tree, files).run();
}

}  // namespace aipol::cli
