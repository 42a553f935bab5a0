#include "runtime/meters/key.h"

#include <cstring>
#include <string_view>

#include "base/check.h"

namespace aipol::meters {

namespace {

void append_word(std::string& key, uint64_t word) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(word >> (56 - 8 * i));
  key.append(bytes, 8);
}

void append_text(std::string& key, AipolCell value) {
  append_word(key, value.b);
  if (value.b != 0) key.append(reinterpret_cast<const char*>(value.a), value.b);
}

// Zero and minus zero are equal, so are all that are no numbers.
uint64_t canonical_real(uint64_t bits) {
  double real;
  std::memcpy(&real, &bits, 8);
  if (real == 0) return 0;
  return real != real ? 0x7FF8000000000000ull : bits;
}

}  // namespace

void append_key(std::string& key, AipolCell value, plan::Rep rep) {
  switch (rep) {
    case plan::Rep::boolean:
      key += value.a != 0 ? '\1' : '\0';
      return;
    case plan::Rep::integer:
      append_word(key, value.a);
      return;
    case plan::Rep::real:
      append_word(key, canonical_real(value.a));
      return;
    case plan::Rep::ip:
      append_word(key, value.a);
      append_word(key, value.b);
      return;
    case plan::Rep::text:
      append_text(key, value);
      return;
    case plan::Rep::texts:
    case plan::Rep::integers: {
      const auto* cells = reinterpret_cast<const AipolCell*>(value.a);
      append_word(key, value.b);
      for (uint64_t i = 0; i < value.b; ++i)
        append_key(key, cells[i], rep == plan::Rep::texts ? plan::Rep::text : plan::Rep::integer);
      return;
    }
    case plan::Rep::records:
    case plan::Rep::handle:
      break;
  }
  AIPOL_CHECK(false, "a meter's keys are plain values");
}

}  // namespace aipol::meters
