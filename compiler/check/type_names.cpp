#include "compiler/check/checker.h"

namespace aipol::check {

namespace {

std::vector<std::string> type_names(const Checker& checker, FileId file) {
  std::vector<std::string> names = types::simple_type_names();
  for (std::string& name : checker.symbols.visible_names(file)) names.push_back(std::move(name));
  names.insert(names.end(), {"set", "list", "map"});
  return names;
}

bool takes_arguments(Checker& checker, const ast::TypeName& name, size_t wanted) {
  if (name.arguments.size() == wanted) return true;
  checker.report(name.span, diagnostics::type_arguments, name.name.text, static_cast<int>(wanted),
                 name.arguments.size());
  return false;
}

// Fields may be absent; what a collection holds is there.
bool always_present(Checker& checker, const ast::TypeName& name, std::string_view what) {
  if (!name.optional) return true;
  checker.report(name.span, diagnostics::unfit_type, what, checker.text(name.span));
  return false;
}

TypePtr collection(Checker& checker, const ast::TypeName& name, FileId file) {
  std::string_view word = name.name.text;
  if (word == "map") {
    if (!takes_arguments(checker, name, 2)) return checker.invalid();
    TypePtr key = checker.type(name.arguments[0], file);
    TypePtr value = checker.type(name.arguments[1], file);
    if (!always_present(checker, name.arguments[1], "a value of a map")) return checker.invalid();
    if (!key->is(Kind::string) && !key->is(Kind::invalid)) {
      checker.report(name.arguments[0].span, diagnostics::type_mismatch, "string", key->name);
    }
    return value->is(Kind::invalid) ? value : checker.set.types.of(Kind::map, value);
  }
  if (!takes_arguments(checker, name, 1)) return checker.invalid();
  TypePtr element = checker.type(name.arguments[0], file);
  if (element->is(Kind::invalid)) return element;
  if (!always_present(checker, name.arguments[0], "an item of a collection"))
    return checker.invalid();
  return checker.set.types.of(word == "set" ? Kind::set : Kind::list, element);
}

const std::vector<ast::Symbol>* declaration_named(Checker& checker, const ast::TypeName& name,
                                                  FileId file) {
  if (!name.package) {
    const auto* own = checker.symbols.visible(file, name.name.text);
    bool is_type = own != nullptr && checker.defined.contains(own->front().declaration);
    return is_type ? own : checker.symbols.in_package(ast::prelude, name.name.text);
  }
  const std::string* package = checker.symbols.package_named(file, name.package->text);
  return package == nullptr ? nullptr : checker.symbols.in_package(*package, name.name.text);
}

}  // namespace

TypePtr Checker::type(const ast::TypeName& name, FileId file) {
  std::string_view word = name.name.text;
  if (!name.package && (word == "set" || word == "list" || word == "map"))
    return collection(*this, name, file);
  if (!takes_arguments(*this, name, 0)) return invalid();
  TypePtr simple = name.package ? nullptr : set.types.named(word);
  bool internal = simple != nullptr && simple->kind >= Kind::address;
  if (simple != nullptr && (!internal || files[file].builtin())) return simple;
  if (const auto* found = declaration_named(*this, name, file)) {
    auto type = defined.find(found->front().declaration);
    if (type != defined.end()) return type->second;
  }
  if (auto known = named.find(word); known != named.end() && files[file].builtin())
    return known->second;
  const std::string* package =
      name.package ? symbols.package_named(name.span.file, name.package->text) : nullptr;
  if (package != nullptr && !symbols.names_of(*package)) return invalid();
  report(name.span, diagnostics::unknown_type, word).suggest(word, type_names(*this, file));
  return invalid();
}

}  // namespace aipol::check
