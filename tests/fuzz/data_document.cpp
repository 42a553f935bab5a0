// Any bytes as a document of each of some types: no crash, and lists of records have columns of one
// length.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/data/data.h"

using namespace aipol;

namespace {

using plan::DataType;
using Kind = DataType::Kind;

DataType scalar(plan::Rep rep, plan::Unit unit = plan::Unit::none, uint32_t enumeration = ~0u) {
  DataType type;
  type.rep = rep;
  type.unit = unit;
  type.enumeration = enumeration;
  return type;
}

DataType of(Kind kind, DataType element) {
  DataType type;
  type.kind = kind;
  type.parts = {std::move(element)};
  return type;
}

DataType record() {
  DataType type;
  type.kind = Kind::record;
  type.names = {"a", "b", "c", "d", "e"};
  type.optional = {false, true, true, true, true};
  type.parts = {scalar(plan::Rep::text), scalar(plan::Rep::integer),
                scalar(plan::Rep::integer, plan::Unit::nano_dollars),
                scalar(plan::Rep::integer, plan::Unit::nanoseconds), scalar(plan::Rep::ip)};
  return type;
}

void check_columns(const native::Document& document) {
  const AipolCell* first = document.find("a", {});
  for (const char* name : {"b", "c", "d", "e", "b?", "c?", "d?", "e?"}) {
    const AipolCell* column = document.find(name, {});
    if (first == nullptr || column == nullptr || column->b != first->b) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<plan::Enumeration> enumerations{{"E", {"x", "y", "unknown"}, true}};
  static const DataType rows = of(Kind::list, record());
  static const DataType types[] = {
      rows,
      of(Kind::map, record()),
      of(Kind::map, of(Kind::set, scalar(plan::Rep::integer, plan::Unit::none, 0))),
      of(Kind::map, of(Kind::map, scalar(plan::Rep::real))),
      of(Kind::map, scalar(plan::Rep::text)),
      of(Kind::map, rows)};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto format : {plan::Document::Format::json, plan::Document::Format::csv}) {
    for (const DataType& type : types) {
      const auto read = data::read(type, format, enumerations, text, "fuzz");
      if (read && &type == &types[0]) check_columns(**read);
    }
  }
  return 0;
}
