// What the types are made of: the enums, records and objects of a policy set, extensions included.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "compiler/types/type.h"
#include "plan/plan.h"

namespace aipol::types {

struct Enumeration {
  std::string name;
  std::vector<std::string> members;
  bool open = false;  // last member `unknown`
  TypePtr type = nullptr;
  source::Span span;

  std::optional<uint32_t> member(std::string_view text) const;
};

struct Field {
  std::string name;
  TypePtr type = nullptr;
  bool optional = false;
  plan::Phase phase = plan::Phase::head;  // of an object's field: known from here on
  bool attribute = false;                 // declared by `extend`
  std::optional<plan::Constant> fallback;
  std::string doc;
  source::Span span;
};

struct Record {
  std::string name;
  std::vector<Field> fields;
  TypePtr type = nullptr;
};

struct Object {
  std::string name;
  plan::Phase phase = plan::Phase::head;
  std::vector<Field> fields;
  TypePtr type = nullptr;
};

const Field* find(const std::vector<Field>& fields, std::string_view name);
std::vector<std::string> names(const std::vector<Field>& fields);

struct Schema {
  std::deque<Enumeration> enumerations;  // by Type::definition
  std::deque<Record> records;
  std::deque<Object> objects;

  const Object* object(std::string_view name) const;
  TypePtr enumeration(std::string_view name) const;  // a native one
};

}  // namespace aipol::types
