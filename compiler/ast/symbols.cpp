#include "compiler/ast/symbols.h"

namespace aipol::ast {

const std::vector<Symbol>* Symbols::in_package(std::string_view package,
                                               std::string_view name) const {
  auto names = packages.find(std::string(package));
  if (names == packages.end()) return nullptr;
  auto found = names->second.find(name);
  return found == names->second.end() ? nullptr : &found->second;
}

const std::vector<Symbol>* Symbols::visible(source::FileId file, std::string_view name) const {
  if (const auto* own = in_package(files[file].package, name)) return own;
  return in_package(prelude, name);
}

const std::string* Symbols::package_named(source::FileId file, std::string_view qualifier) const {
  auto found = files[file].packages.find(std::string(qualifier));
  return found == files[file].packages.end() ? nullptr : &found->second;
}

std::optional<std::vector<std::string>> Symbols::names_of(const std::string& package) const {
  auto names = packages.find(package);
  if (names == packages.end()) return std::nullopt;
  std::vector<std::string> all;
  for (const auto& [name, symbols] : names->second) all.emplace_back(name);
  return all;
}

std::vector<std::string> Symbols::visible_names(source::FileId file) const {
  std::vector<std::string> all;
  for (const std::string& package : {files[file].package, std::string(prelude)}) {
    std::vector<std::string> names = names_of(package).value_or(std::vector<std::string>{});
    all.insert(all.end(), names.begin(), names.end());
  }
  return all;
}

}  // namespace aipol::ast
