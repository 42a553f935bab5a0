// Any bytes as a pattern and, behind a NUL, a text: where RE2 accepts the pattern and it matches
// the text, the text's length is within what is said of the pattern's matches.
#include <re2/re2.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "stdlib/native/match_length.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(bytes.find('\0'), size);
  const std::string pattern(bytes.substr(0, end)), text(bytes.substr(std::min(end + 1, size)));
  const aipol::native::MatchLength length = aipol::native::match_length(pattern);
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);
  const RE2 re(pattern, options);
  if (!re.ok() || !RE2::FullMatch(text, re)) return 0;
  if (text.size() < length.shortest || (length.longest && text.size() > *length.longest))
    std::abort();
  return 0;
}
