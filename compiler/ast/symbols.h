// What the names of a policy set mean: packages, and which of them each file sees. The output of
// compiler/resolve.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/tree.h"

namespace aipol::ast {

inline constexpr std::string_view prelude = "std.prelude";  // seen by every file without `use`

struct Symbol {
  const Declaration* declaration = nullptr;
  source::FileId file = 0;
  std::string_view package;
  Identifier name;
};

// const, enum, record, object and fn share one space of names; native functions may share a name.
using Names = std::map<std::string_view, std::vector<Symbol>>;

struct FileScope {
  std::string package;
  std::map<std::string, std::string> packages;  // the names `use` brought in -> packages
};

struct Symbols {
  std::map<std::string, Names> packages;
  std::vector<FileScope> files;  // by FileId

  // The declarations of that name in a package, or null.
  const std::vector<Symbol>* in_package(std::string_view package, std::string_view name) const;
  // The same as a file sees it without qualification: its own package, then the prelude.
  const std::vector<Symbol>* visible(source::FileId file, std::string_view name) const;
  // The package that a qualifier means in a file, or null.
  const std::string* package_named(source::FileId file, std::string_view qualifier) const;
  // The names of a package, for suggestions; nothing where there is no such package.
  std::optional<std::vector<std::string>> names_of(const std::string& package) const;
  // Every name that `visible` would find, for suggestions.
  std::vector<std::string> visible_names(source::FileId file) const;
};

}  // namespace aipol::ast
