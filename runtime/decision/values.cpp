#include "runtime/decision/values.h"

#include <bit>
#include <span>

#include "base/check.h"
#include "stdlib/native/cells.h"

namespace aipol::decision {

namespace {

std::span<const AipolCell> items(const AipolCell& list) {
  return {reinterpret_cast<const AipolCell*>(list.a), list.b};
}

}  // namespace

plan::Constant owned(const AipolCell& cell, plan::Rep rep) {
  switch (rep) {
    case plan::Rep::boolean:
      return cell.a != 0;
    case plan::Rep::integer:
      return static_cast<int64_t>(cell.a);
    case plan::Rep::real:
      return std::bit_cast<double>(cell.a);
    case plan::Rep::text:
      return std::string(native::text_of(cell));
    case plan::Rep::ip:
      return plan::Ip{cell.a, cell.b};
    case plan::Rep::texts: {
      std::vector<std::string> texts;
      for (const AipolCell& item : items(cell)) texts.emplace_back(native::text_of(item));
      return texts;
    }
    case plan::Rep::integers: {
      std::vector<int64_t> numbers;
      for (const AipolCell& item : items(cell)) numbers.push_back(static_cast<int64_t>(item.a));
      return numbers;
    }
    default:
      AIPOL_CHECK(false, "an argument is a value");
      return false;
  }
}

}  // namespace aipol::decision
