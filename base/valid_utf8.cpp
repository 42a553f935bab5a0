#include "base/valid_utf8.h"

#include "base/text.h"

namespace aipol {

void append_valid_utf8(std::string& out, std::string_view bytes) {
  while (const auto invalid = first_invalid_utf8(bytes)) {
    out.append(bytes.substr(0, *invalid)).append("\xef\xbf\xbd");
    bytes.remove_prefix(*invalid + 1);
  }
  out.append(bytes);
}

}  // namespace aipol
