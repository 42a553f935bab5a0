// What bare names mean within an expression: parameters, the variables of tests, then the file's
// declarations.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/ast/expression.h"
#include "compiler/ir/expression.h"
#include "compiler/types/schema.h"

namespace aipol::check {

struct Scope;

// A place in a typed document: `approved["a"]`. Keys are texts.
struct DataPlace {
  uint32_t source = 0;  // of the document
  std::string path;     // as native::Document has it: fields, `*` for keys
  std::vector<ir::ExpressionPtr> keys;
};

// The record at which a loop over a list of records stands.
struct Row {
  uint32_t level = 0;
  std::string path;  // of the list, where it is traffic
  const types::Field* field = nullptr;
  std::optional<DataPlace> data;  // where it is a document's
};

// A checked expression. `value` is null where it is poisoned, an object, or a field that still
// needs its key.
struct Typed {
  types::TypePtr type = nullptr;
  ir::ExpressionPtr value = nullptr;
  ir::ExpressionPtr present = nullptr;  // null: always
  const types::Field* keyed =
      nullptr;       // a field read part by part (`request.body`, `model.price`), at `path`
  std::string path;  // of an object or a keyed field
  std::shared_ptr<const DataPlace> data =
      nullptr;  // of a part of a document that is no plain value
  std::shared_ptr<const Row> row = nullptr;

  bool invalid() const { return type->is(types::Kind::invalid); }
};

// An expression put in where its name stands, so that literals take the type expected there.
struct Macro {
  ast::ExpressionPtr expression = nullptr;
  const Scope* scope = nullptr;
  types::TypePtr type = nullptr;  // of a constant that names it
};

struct Local {
  std::string_view name;
  std::variant<Typed, Macro> meaning;
};

struct Scope {
  source::FileId file = 0;
  const Scope* outer = nullptr;
  std::vector<Local> locals;
  bool expectations = false;  // in `expect`: `decision` can be read

  const Local* find(std::string_view name) const {
    for (const Local& local : locals) {
      if (local.name == name) return &local;
    }
    return outer == nullptr ? nullptr : outer->find(name);
  }
};

}  // namespace aipol::check
