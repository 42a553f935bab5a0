#include "stdlib/native/natives.h"

#include <unordered_map>

namespace aipol::native {

namespace {

constexpr Native rows[] = {
#define NATIVE(symbol, function, arguments, result, cost) {symbol, function, arguments, result, cost},
#include "stdlib/native/natives.def"
#undef NATIVE
};

}  // namespace

std::span<const Native> natives() { return rows; }

const Native* find(std::string_view symbol) {
  static const auto known = [] {
    std::unordered_map<std::string_view, const Native*> map;
    for (const Native& row : rows) map.emplace(row.symbol, &row);
    return map;
  }();
  auto it = known.find(symbol);
  return it == known.end() ? nullptr : it->second;
}

}  // namespace aipol::native
