#include "replay/line_source.h"

namespace aipol::replay {

void Block::each_line(const std::function<void(std::string_view, uint64_t)>& visit) const {
  std::string_view rest(text.data(), size);
  uint64_t number = line;
  for (size_t i = 0; !rest.empty(); ++i, ++number) {
    size_t end = rest.find('\n');
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.find_first_not_of(" \t") == one.npos) continue;
    visit(one, i < lines.size() ? lines[i] : number);
  }
}

}  // namespace aipol::replay
