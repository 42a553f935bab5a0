#include "runtime/enforce/prices.h"

#include <algorithm>

#include "base/saturate.h"

namespace aipol::enforce {

namespace {

constexpr int64_t price_is_for = 1'000'000;  // tokens
__extension__ typedef __int128 Wide;

int64_t declared(const plan::Model& model, std::string_view name) {
  auto found =
      std::ranges::find(model.fields, name, &std::pair<std::string, plan::Constant>::first);
  const auto* value = found == model.fields.end() ? nullptr : std::get_if<int64_t>(&found->second);
  return value == nullptr ? 0 : *value;
}

}  // namespace

Price price_of(const plan::Model& model) {
  Price price{declared(model, "price.input"), declared(model, "price.output"),
              declared(model, "price.cached")};
  if (price.cached == 0) price.cached = price.input;
  return price;
}

int64_t cost(const Price& price, const context::Usage& usage) {
  int64_t cached =
      std::clamp<int64_t>(usage.cached_tokens, 0, std::max<int64_t>(usage.input_tokens, 0));
  Wide whole = Wide{usage.input_tokens - cached} * price.input + Wide{cached} * price.cached +
               Wide{usage.output_tokens} * price.output;
  Wide rounded = (whole + price_is_for - 1) / price_is_for;
  return static_cast<int64_t>(std::clamp<Wide>(rounded, 0, int_max));
}

}  // namespace aipol::enforce
