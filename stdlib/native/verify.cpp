#include "stdlib/native/verify.h"

#include <algorithm>
#include <optional>
#include <string>

namespace aipol::native {

namespace {

constexpr size_t longest = 64;  // of any such number

bool digit(char c) { return c >= '0' && c <= '9'; }

// Digits and capitals, nothing where anything else stands among them.
std::optional<std::string> compact(std::string_view number) {
  std::string out;
  for (char c : number) {
    if (c == ' ' || c == '-' || c == '.' || c == '/') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if ((!digit(c) && (c < 'A' || c > 'Z')) || out.size() == longest) return std::nullopt;
    out += c;
  }
  return out;
}

bool luhn(std::string_view digits) {
  if (digits.size() < 2 || !std::ranges::all_of(digits, digit)) return false;
  if (digits.find_first_not_of('0') == digits.npos) return false;
  int sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, twice = !twice) {
    const int value = (*c - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

bool mod97(std::string_view number) {
  if (number.size() < 3) return false;
  int rest = 0;
  for (char c : number) {
    const int value = digit(c) ? c - '0' : c - 'A' + 10;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest == 1;
}

struct Country {
  std::string_view code;
  size_t length;
};
// ISO 13616, the registry of IBAN formats.
constexpr Country countries[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26},
    {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
    {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20},
    {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25},
    {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20},
    {"YE", 30},
};

bool iban(std::string_view number) {
  if (number.size() < 5 || !digit(number[2]) || !digit(number[3])) return false;
  auto country = std::ranges::lower_bound(countries, number.substr(0, 2), {}, &Country::code);
  if (country == std::end(countries) || country->code != number.substr(0, 2) ||
      country->length != number.size())
    return false;
  return mod97(std::string(number.substr(4)) + std::string(number.substr(0, 4)));
}

// Area, group and serial are not zero; areas 666 and from 900 on belong to nobody.
bool ssn(std::string_view number) {
  if (number.size() != 9 || !std::ranges::all_of(number, digit)) return false;
  const std::string_view area = number.substr(0, 3);
  return area != "000" && area != "666" && area[0] != '9' && number.substr(3, 2) != "00" &&
         number.substr(5) != "0000";
}

}  // namespace

bool verified(Verify verify, std::string_view number) {
  if (verify == Verify::none) return true;
  const auto plain = compact(number);
  if (!plain) return false;
  switch (verify) {
    case Verify::none:
      return true;
    case Verify::luhn:
      return luhn(*plain);
    case Verify::iban:
      return iban(*plain);
    case Verify::mod97:
      return mod97(*plain);
    case Verify::ssn:
      return ssn(*plain);
  }
  return false;
}

}  // namespace aipol::native
