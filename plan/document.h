// Typed documents: the `data` of a set. Read by runtime/data; functions of
// stdlib/native/document.cpp look values up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/unit.h"
#include "plan/value.h"

namespace aipol::plan {

// The type of a document or of a part of it.
struct DataType {
  enum class Kind : uint8_t { scalar, set, list, map, record } kind = Kind::scalar;
  Rep rep = Rep::text;  // of a scalar
  Unit unit = Unit::none;
  uint32_t enumeration = ~0u;  // number in Plan::enumerations: texts of the document become members
  std::vector<std::string> names;  // of a record's fields
  std::vector<bool> optional;      // of them
  std::vector<DataType> parts;     // of a record's fields; of set, list and map the one element
  bool operator==(const DataType&) const = default;
};

struct Document {
  enum class Format : uint8_t { json, csv } format = Format::json;
  std::string name;  // as declared
  std::string file;  // relative to the policy set's folder unless absolute
  DataType type;
};

}  // namespace aipol::plan
