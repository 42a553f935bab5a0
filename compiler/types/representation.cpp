#include "compiler/types/representation.h"

namespace aipol::types {

plan::Rep rep_of(TypePtr type) {
  switch (type->kind) {
    case Kind::boolean:
      return plan::Rep::boolean;
    case Kind::real:
      return plan::Rep::real;
    case Kind::string:
      return plan::Rep::text;
    case Kind::ip:
    case Kind::network:
      return plan::Rep::ip;
    case Kind::handle:
      return plan::Rep::handle;
    case Kind::set:
    case Kind::list:
      if (type->element->is(Kind::string)) return plan::Rep::texts;
      return type->element->is(Kind::record) ? plan::Rep::records : plan::Rep::integers;
    default:
      return plan::Rep::integer;
  }
}

plan::Unit unit_of(TypePtr type) {
  switch (type->kind) {
    case Kind::usd:
      return plan::Unit::nano_dollars;
    case Kind::duration:
      return plan::Unit::nanoseconds;
    case Kind::time:
      return plan::Unit::time;
    case Kind::clock:
      return plan::Unit::clock;
    case Kind::date:
      return plan::Unit::date;
    default:
      return plan::Unit::none;
  }
}

uint32_t enumeration_of(TypePtr type) {
  if (type->is(Kind::enumeration)) return type->definition;
  if (type->collection() && type->element->is(Kind::enumeration)) return type->element->definition;
  return ~0u;
}

}  // namespace aipol::types
