#include "cli/commands/name_glob.h"

#include <algorithm>

#include "base/text.h"

namespace aipol::cli {

namespace {

size_t first_character(std::string_view text) {
  return std::max<size_t>(1, code_point_bytes(text));
}

}  // namespace

// Only the last star is ever taken back, so that it costs at most the product of both lengths.
bool name_matches(std::string_view name, std::string_view glob) {
  std::string_view behind_star, after;  // the glob and the name there, for the next try
  bool starred = false;
  while (!name.empty()) {
    if (glob.starts_with('*')) {
      starred = true;
      behind_star = glob = glob.substr(1);
      after = name;
    } else if (glob.starts_with('?')) {
      glob.remove_prefix(1);
      name.remove_prefix(first_character(name));
    } else if (!glob.empty() && glob[0] == name[0]) {
      glob.remove_prefix(1);
      name.remove_prefix(1);
    } else if (starred) {
      after.remove_prefix(first_character(after));
      name = after;
      glob = behind_star;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*') == std::string_view::npos;
}

}  // namespace aipol::cli
