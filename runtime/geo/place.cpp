#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/geo/countries.h"

namespace aipol::geo {
namespace {

// Ascending. The member states, and what has a code of its own but is a part of the Union: Åland
// and the outermost regions of France (Article 355 TFEU).
constexpr std::array<std::string_view, 34> union_codes = {
    "AT", "AX", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GF", "GP", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MF", "MQ",
    "MT", "NL", "PL", "PT", "RE", "RO", "SE", "SI", "SK", "YT"};
static_assert(std::ranges::is_sorted(union_codes));

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

Place place_of(std::string country) {
  std::string region = "eu";
  if (!std::ranges::binary_search(union_codes, std::string_view(country))) {
    region = country;
    std::ranges::transform(region, region.begin(), lower);
  }
  return {std::move(country), std::move(region)};
}

}  // namespace aipol::geo
