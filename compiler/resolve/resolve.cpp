#include "compiler/resolve/resolve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/overloaded.h"

namespace aipol::resolve {

namespace {

using ast::Declaration;
using ast::Identifier;

// The spaces in which a name may be declared once. Policies, providers, … do not clash with
// functions.
struct Declared {
  std::string_view space;
  std::string_view what;  // as a message says it
  Identifier name;
  bool once = true;
};

std::optional<Declared> block_name(const ast::BlockDeclaration& block) {
  if (block.name) {
    std::string_view space = block.keyword.text == "classifier" ? "name" : block.keyword.text;
    return Declared{space, block.keyword.text, *block.name};
  }
  if (block.label)
    return Declared{block.keyword.text, block.keyword.text, {*block.label, block.label_span}};
  return Declared{block.keyword.text, block.keyword.text, {block.keyword.text, block.keyword.span}};
}

std::optional<Declared> declared_name(const Declaration& declaration) {
  using Found = std::optional<Declared>;
  return std::visit(
      Overloaded{
          [](const ast::ConstDeclaration& d) -> Found {
            return Declared{"name", "constant", d.name};
          },
          [](const ast::EnumDeclaration& d) -> Found { return Declared{"name", "enum", d.name}; },
          [](const ast::RecordDeclaration& d) -> Found {
            return Declared{"name", "record", d.name};
          },
          [](const ast::ObjectDeclaration& d) -> Found {
            return Declared{"name", "object", d.name};
          },
          [](const ast::FunctionDeclaration& d) -> Found {
            return Declared{"name", "function", d.name, d.native_symbol.empty()};
          },
          [](const ast::BlockDeclaration& d) { return block_name(d); },
          [](const ast::MeterDeclaration& d) -> Found { return Declared{"name", "meter", d.name}; },
          [](const ast::DetectorDeclaration& d) -> Found {
            return Declared{"name", "detector", d.name};
          },
          [](const ast::ListDeclaration& d) -> Found {
            return Declared{"name", d.keyword.text, d.name};
          },
          [](const ast::DataDeclaration& d) -> Found { return Declared{"name", "data", d.name}; },
          [](const ast::PromptDeclaration& d) -> Found {
            return Declared{"prompt", "prompt", d.name};
          },
          [](const ast::InvariantDeclaration& d) -> Found {
            return Declared{"invariant", "invariant", d.name};
          },
          [](const ast::GrantDeclaration&) -> Found { return std::nullopt; },
          [](const ast::PolicyDeclaration& d) -> Found {
            return Declared{"policy", "policy", d.name};
          },
          // Nothing names a test: where it stands tells it apart.
          [](const ast::TestDeclaration&) -> Found { return std::nullopt; },
          [](const ast::UseDeclaration&) -> Found { return std::nullopt; },
          [](const ast::ExtendDeclaration&) -> Found { return std::nullopt; },
      },
      declaration.node);
}

bool is_native(const Declaration& declaration) {
  return std::visit(Overloaded{
                        [](const ast::EnumDeclaration& d) { return d.native; },
                        [](const ast::RecordDeclaration& d) { return d.native; },
                        [](const ast::ObjectDeclaration&) { return true; },
                        [](const ast::FunctionDeclaration& d) { return !d.native_symbol.empty(); },
                        [](const auto&) { return false; },
                    },
                    declaration.node);
}

std::string dotted(const std::vector<Identifier>& path) {
  std::string text;
  for (const Identifier& part : path) text += (text.empty() ? "" : ".") + std::string(part.text);
  return text;
}

class Resolver {
 public:
  Resolver(const source::Files& files, const std::vector<ast::Tree>& trees,
           diagnostics::Diagnostics& diagnostics)
      : files_(files), trees_(trees), diagnostics_(diagnostics) {}

  ast::Symbols run() {
    symbols_.files.resize(files_.size());
    for (const ast::Tree& tree : trees_) name_package(tree);
    for (const ast::Tree& tree : trees_) {
      for (const Declaration& declaration : tree.declarations) declare(tree, declaration);
    }
    for (const ast::Tree& tree : trees_) bring_in(tree);
    return std::move(symbols_);
  }

 private:
  void name_package(const ast::Tree& tree) {
    std::string name = tree.package.empty() ? "main" : dotted(tree.package);
    if (!files_[tree.file].builtin() && (name == "std" || name.starts_with("std."))) {
      diagnostics_.report(tree.package[0].span, diagnostics::reserved_package, name);
    }
    symbols_.files[tree.file].package = name;
    symbols_.packages[name];
  }

  void declare(const ast::Tree& tree, const Declaration& declaration) {
    std::optional<Declared> declared = declared_name(declaration);
    if (!declared) return;
    const std::string& package = symbols_.files[tree.file].package;
    if (is_native(declaration) && !files_[tree.file].builtin()) {
      diagnostics_.report(declared->name.span, diagnostics::native_outside_std,
                          declared->name.text);
    }
    // Providers, models, endpoints and the gateway belong to the whole set; other names to their
    // package.
    bool global = declared->space == "provider" || declared->space == "model" ||
                  declared->space == "endpoint" || declared->space == "gateway" ||
                  declared->space == "sink" || declared->space == "prompt";
    std::string key =
        fmt::format("{}\n{}\n{}", declared->space, global ? "" : package, declared->name.text);
    auto [first, fresh] = declared_.try_emplace(key, declared->name);
    if (!fresh && declared->once) {
      // A set may declare a standard endpoint again; its own stands before it.
      if (global && files_[first->second.span.file].builtin() != files_[tree.file].builtin())
        return;
      diagnostics_
          .report(declared->name.span, diagnostics::declared_twice, declared->what,
                  declared->name.text)
          .label(first->second.span, "first declared here");
      return;
    }
    if (declared->space == "name") {
      symbols_.packages[package][declared->name.text].push_back(
          {&declaration, tree.file, symbols_.packages.find(package)->first, declared->name});
    }
  }

  void bring_in(const ast::Tree& tree) {
    for (const Declaration& declaration : tree.declarations) {
      const auto* use = std::get_if<ast::UseDeclaration>(&declaration.node);
      if (use == nullptr) continue;
      std::string package = dotted(use->path);
      if (!symbols_.packages.contains(package) || package == ast::prelude) {
        report_unknown_package(declaration.span, package);
      }
      const Identifier& alias = use->alias ? *use->alias : use->path.back();
      auto [it, fresh] =
          symbols_.files[tree.file].packages.try_emplace(std::string(alias.text), package);
      if (!fresh && it->second != package) {
        diagnostics_.report(alias.span, diagnostics::declared_twice, "package", alias.text)
            .help("rename one: `use {} as …`", package);
      }
    }
  }

  void report_unknown_package(source::Span span, const std::string& package) {
    std::vector<std::string> known;
    for (const auto& [name, names] : symbols_.packages) {
      if (name != ast::prelude && name != "main") known.push_back(name);
    }
    diagnostics_.report(span, diagnostics::unknown_package, package).suggest(package, known);
  }

  const source::Files& files_;
  const std::vector<ast::Tree>& trees_;
  diagnostics::Diagnostics& diagnostics_;
  ast::Symbols symbols_;
  std::map<std::string, Identifier> declared_;
};

}  // namespace

ast::Symbols resolve(const source::Files& files, const std::vector<ast::Tree>& trees,
                     diagnostics::Diagnostics& diagnostics) {
  return Resolver(files, trees, diagnostics).run();
}

}  // namespace aipol::resolve
