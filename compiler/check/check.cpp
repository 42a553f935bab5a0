#include "compiler/check/check.h"

#include "compiler/check/checker.h"

namespace aipol::check {

std::unique_ptr<ir::PolicySet> check(const source::Files& files,
                                     const std::vector<ast::Tree>& trees,
                                     const ast::Symbols& symbols,
                                     diagnostics::Diagnostics& diagnostics) {
  auto set = std::make_unique<ir::PolicySet>();
  Checker checker(files, trees, symbols, diagnostics, *set);
  declare_types(checker);
  check_deployment(checker);
  check_documents(checker);
  check_detectors(checker);
  check_pools(checker);
  check_grants(checker);
  check_meters(checker);
  check_functions(checker);
  check_policies(checker);
  check_invariants(checker);
  check_tests(checker);
  put_tags_in(checker);
  return set;
}

uint32_t Checker::source(std::string_view path, std::string_view key, const types::Field& field) {
  auto [it, fresh] = sources_.try_emplace({std::string(path), std::string(key)}, 0);
  if (fresh) {
    it->second = static_cast<uint32_t>(set.sources.size());
    bool optional = field.optional || !key.empty();
    TypePtr type = field.type->is(Kind::map) ? field.type->element : field.type;
    set.sources.push_back(
        {std::string(path), std::string(key), type, optional, field.phase, field.fallback});
  }
  return it->second;
}

}  // namespace aipol::check
