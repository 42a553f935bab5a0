// What all checks of one policy set share.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "compiler/ast/symbols.h"
#include "compiler/check/scope.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/ir/build.h"
#include "compiler/ir/policy_set.h"

namespace aipol::check {

using diagnostics::Diagnostic;
using source::FileId;
using source::Span;
using types::Kind;
using types::TypePtr;

// A model that a pool or a route names.
struct Target {
  uint32_t model = 0;
  std::optional<int64_t> weight;
};

struct Checker {
  Checker(const source::Files& files_, const std::vector<ast::Tree>& trees_,
          const ast::Symbols& symbols_, diagnostics::Diagnostics& diagnostics_, ir::PolicySet& set_)
      : files(files_),
        trees(trees_),
        symbols(symbols_),
        collected(diagnostics_),
        set(set_),
        build(set_.arena, set_.types) {}

  // A mistake; not collected while a function already found wrong is put in.
  template <class... P, class... A>
  Diagnostic& report(Span span, const diagnostics::Kind<P...>& kind, A&&... arguments) {
    if (silent > 0) return unheard.report(span, kind, std::forward<A>(arguments)...);
    return collected.report(span, kind, std::forward<A>(arguments)...);
  }

  TypePtr simple(Kind kind) const { return set.types.simple(kind); }
  TypePtr invalid() const { return simple(Kind::invalid); }
  const types::Enumeration& enumeration(TypePtr type) const {
    return set.schema.enumerations[type->definition];
  }
  std::string_view text(Span span) const {
    return files[span.file].text().substr(span.begin, span.end - span.begin);
  }

  // The type a name means in a file; reported and invalid where it means none. (type_names.cpp)
  TypePtr type(const ast::TypeName& name, FileId file);

  // The detectors that a detector or a group stands for: into detector_lists; nothing where it is
  // wrong (reported) or is no such thing. (detector.cpp)
  std::optional<uint32_t> detector(const ast::Declaration& declaration, FileId file);

  // The targets of a pool; null, and reported, where it is wrong. (pool.cpp)
  const std::vector<Target>* pool(const ast::Declaration& declaration, FileId file);

  // Looks at a declared meter, if that was not done yet: one may read another. (meter.cpp)
  void meter(uint32_t number);

  // Whether a constant or function is well on its own; checked and reported at the first question.
  // (function.cpp)
  bool sound(const ast::Declaration& declaration, FileId file);

  void name_classifier(const ast::BlockDeclaration& block, uint32_t number) {
    for (const ast::Tree& tree : trees) {
      for (const ast::Declaration& declaration : tree.declarations) {
        if (std::get_if<ast::BlockDeclaration>(&declaration.node) == &block)
          classifiers[&declaration] = number;
      }
    }
  }
  // `name`, behind its package where that is not `main`.
  std::string qualified(std::string_view name, FileId file) const {
    const std::string& package = symbols.files[file].package;
    return package == "main" ? std::string(name) : package + "." + std::string(name);
  }

  // The source of that path and key, made where it is new.
  uint32_t source(std::string_view path, std::string_view key, const types::Field& field);

  const source::Files& files;
  const std::vector<ast::Tree>& trees;
  const ast::Symbols& symbols;
  diagnostics::Diagnostics& collected;
  ir::PolicySet& set;
  ir::Builder build;

  std::map<const ast::Declaration*, TypePtr> defined;  // enums, records and objects
  std::map<std::string, TypePtr, std::less<>>
      named;  // enums of what the set declares; for the standard library
  std::map<const ast::Declaration*, bool>
      checked;  // constants and functions: whether they are well on their own
  std::map<std::pair<const ast::Declaration*, TypePtr>, Typed>
      constants;                                  // put in where the type is expected
  std::set<const ast::Declaration*> in_progress;  // those being checked or put in
  int silent = 0;
  diagnostics::Diagnostics unheard;  // what was reported while silent
  std::map<std::string, uint32_t>
      opaques;         // parts of parameters, by path, while a function is checked
  int following = 0;   // names of names
  int depth = 0;       // of expressions within each other, functions put in included
  uint32_t loops = 0;  // around the expression in hand
  std::map<const ast::Declaration*, uint32_t> meters, documents, classifiers;  // by their number
  std::vector<std::pair<FileId, const ast::Declaration*>> meter_declarations;  // by number
  std::map<uint32_t, uint32_t> limits_on;  // by meter: how many `limit METER to` there are
  // Detectors and groups: numbers in PolicySet::detectors, ascending. Those of the standard library
  // are checked, and planned, when they are first named.
  std::map<const ast::Declaration*, uint32_t> detectors;  // into detector_lists
  std::vector<std::vector<int64_t>> detector_lists;
  std::set<const ast::Declaration*> wrong_detectors;  // reported
  std::vector<Span> detector_spans;                   // by number in PolicySet::detectors
  std::map<const ast::Declaration*, std::optional<std::vector<Target>>> pools;  // empty: wrong
  uint32_t put_ins = 0;      // functions, constants and items put into the outermost expression
  bool too_complex = false;  // told of the outermost expression

 private:
  std::map<std::pair<std::string, std::string>, uint32_t> sources_;
};

// Steps, in their order. Each in the file of its name.
void declare_types(Checker& checker);     // schema.cpp
void check_functions(Checker& checker);   // function.cpp: constants and functions on their own
void check_deployment(Checker& checker);  // deployment.cpp
void check_documents(Checker& checker);   // data.cpp
void check_detectors(Checker& checker);   // detector.cpp
void check_pools(Checker& checker);       // pool.cpp
void check_meters(Checker& checker);      // meter.cpp
void check_grants(Checker& checker);      // grant.cpp
void put_tags_in(Checker& checker);       // tags.cpp
void check_invariants(Checker& checker);  // invariant.cpp
void check_policies(Checker& checker);    // policy.cpp
void check_tests(Checker& checker);       // test.cpp

}  // namespace aipol::check
