#include "compiler/lint/silence.h"

#include <algorithm>

namespace aipol::lint {

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);
}

bool take(std::string_view& text, std::string_view word) {
  text = trimmed(text);
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// The line of a comment; of one that stands alone the next that is no comment, and after lines of
// annotations the one that they belong to.
std::set<uint32_t> lines_of(const ast::Comment& comment, const source::File& file) {
  uint32_t line = file.locate(comment.span.begin).line;
  std::set<uint32_t> lines = {line};
  if (!comment.own_line) return lines;
  uint32_t last = file.locate(static_cast<uint32_t>(file.text().size())).line;
  while (++line <= last) {
    std::string_view text = trimmed(file.line(line));
    if (text.empty() || text.starts_with("//")) continue;
    lines.insert(line);
    if (!text.starts_with('@')) break;
  }
  return lines;
}

void read(const ast::Comment& comment, const source::File& file, std::vector<Silence>& out) {
  std::string_view text =
      file.text().substr(comment.span.begin, comment.span.end - comment.span.begin);
  std::string_view rest = text;
  if (!take(rest, "//") || !take(rest, "aipol:") || !take(rest, "allow") || !take(rest, "("))
    return;
  size_t close = rest.find(')');
  if (close == std::string_view::npos) return;
  std::string_view names = rest.substr(0, close), reason = trimmed(rest.substr(close + 1));
  while (!names.empty()) {
    size_t comma = std::min(names.find(','), names.size());
    std::string_view name = trimmed(names.substr(0, comma));
    auto begin = comment.span.begin + static_cast<uint32_t>(name.data() - text.data());
    out.push_back({comment.span,
                   {comment.span.file, begin, begin + static_cast<uint32_t>(name.size())},
                   name,
                   reason,
                   lines_of(comment, file)});
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
}

}  // namespace

std::vector<Silence> silences_of(const ast::Tree& tree, const source::File& file) {
  std::vector<Silence> out;
  for (const ast::Comment& comment : tree.comments) read(comment, file, out);
  return out;
}

}  // namespace aipol::lint
