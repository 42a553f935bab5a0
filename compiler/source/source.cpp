#include "compiler/source/source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/utf8.h"

namespace aipol::source {

namespace fs = std::filesystem;

File::File(std::string path, std::string text, bool builtin)
    : path_(std::move(path)), text_(std::move(text)), builtin_(builtin), line_begins_{0} {
  for (uint32_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_begins_.push_back(i + 1);
  }
}

void File::hide(uint32_t begin, uint32_t end) {
  std::replace_if(
      text_.begin() + begin, text_.begin() + end, [](char c) { return c != '\n'; }, '*');
}

LineColumn File::locate(uint32_t offset) const {
  auto after = std::ranges::upper_bound(line_begins_, offset);
  auto line = static_cast<uint32_t>(after - line_begins_.begin());
  std::string_view before =
      std::string_view(text_).substr(line_begins_[line - 1], offset - line_begins_[line - 1]);
  return {line, static_cast<uint32_t>(characters_in(before)) + 1};
}

uint32_t File::line_begin(uint32_t number) const { return line_begins_[number - 1]; }

std::string_view File::line(uint32_t number) const {
  std::string_view rest = std::string_view(text_).substr(line_begins_[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  return rest.ends_with('\r') ? rest.substr(0, rest.size() - 1) : rest;
}

FileId Files::add(std::string path, std::string text, bool builtin) {
  files_.emplace_back(std::move(path), std::move(text), builtin);
  return static_cast<FileId>(files_.size() - 1);
}

void Files::hide(std::string_view text) {
  if (text.size() < shortest_secret) return;
  for (File& file : files_) {
    std::string_view whole = file.text();
    for (size_t at = whole.find(text); at != whole.npos; at = whole.find(text, at + text.size()))
      file.hide(static_cast<uint32_t>(at), static_cast<uint32_t>(at + text.size()));
  }
}

namespace {

Result<std::vector<std::string>> files_under(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (error || !fs::exists(status)) return failure(fmt::format("{}: no such file or folder", path));
  if (!fs::is_directory(status)) return std::vector{path};
  std::vector<std::string> found;
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(path, options, error), end; !error && it != end;
       it.increment(error)) {
    std::string name = it->path().filename().string();
    std::error_code gone;  // files come and go while somebody edits
    if (it->is_directory(gone) && name.starts_with('.')) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file(gone) && it->path().extension() == ".aipol") {
      found.push_back(it->path().lexically_normal().string());
    }
    if (found.size() > max_files)
      return failure(fmt::format("{}: more than {} policy files", path, max_files));
  }
  if (error) return failure(fmt::format("{}: {}", path, error.message()));
  if (found.empty()) return failure(fmt::format("{}: no .aipol file in this folder", path));
  std::ranges::sort(found);
  return found;
}

// One byte more than the limit, so that the parser sees that the file is too large.
Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return failure(fmt::format("{}: cannot be read", path));
  std::string text;
  std::array<char, 64 * 1024> chunk;
  do {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<size_t>(in.gcount()));
  } while (in && text.size() <= max_file_bytes);
  if (in.bad()) return failure(fmt::format("{}: cannot be read", path));
  if (text.size() > max_file_bytes) text.resize(max_file_bytes + 1);
  return text;
}

}  // namespace

Result<std::vector<std::string>> policy_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    Result<std::vector<std::string>> found = files_under(path);
    if (!found) return found;
    for (std::string& name : *found) {
      if (seen.insert(name).second) files.push_back(std::move(name));
    }
  }
  return files;
}

Result<Files> read_policy_set(const std::vector<std::string>& paths) {
  Result<std::vector<std::string>> names = policy_files(paths);
  if (!names) return std::unexpected(names.error());
  Files files;
  for (const std::string& name : *names) {
    Result<std::string> text = read_text(name);
    if (!text) return std::unexpected(text.error());
    files.add(name, std::move(*text));
  }
  return files;
}

}  // namespace aipol::source
