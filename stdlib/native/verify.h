// Checks of numbers that a pattern alone cannot make. Spaces, hyphens, dots and slashes between the
// characters are ignored; other characters make a number invalid.
#pragma once

#include <cstdint>
#include <string_view>

namespace aipol::native {

enum class Verify : uint8_t { none, luhn, iban, mod97, ssn };

// luhn: a check digit by ISO/IEC 7812-1, not only zeros. mod97: a remainder of 1 by ISO 7064,
// letters count from 10. iban: ISO 13616, of a country's length. ssn: nine digits the United States
// give out.
bool verified(Verify verify, std::string_view number);

}  // namespace aipol::native
