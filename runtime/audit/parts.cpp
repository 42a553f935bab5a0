#include "runtime/audit/parts.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "runtime/audit/descriptor.h"

namespace aipol::audit {

namespace {

// Of "NAME.000012" for NAME; 0 for all else.
uint64_t number_of(std::string_view file, std::string_view log) {
  if (!file.starts_with(log)) return 0;
  file.remove_prefix(log.size());
  if (!file.starts_with('.')) return 0;
  file.remove_prefix(1);
  uint64_t number = 0;
  auto [at, error] = std::from_chars(file.data(), file.data() + file.size(), number);
  return error == std::errc() && at == file.data() + file.size() ? number : 0;
}

}  // namespace

std::vector<Part> parts_of(const std::filesystem::path& log) {
  std::vector<Part> parts;
  std::filesystem::path folder = log.parent_path().empty() ? "." : log.parent_path();
  std::string name = log.filename().string();
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    uint64_t number = number_of(at->path().filename().string(), name);
    if (number != 0) parts.push_back({log.parent_path() / at->path().filename(), number});
  }
  std::ranges::sort(parts, {}, &Part::number);
  return parts;
}

std::filesystem::path part_path(const std::filesystem::path& log, uint64_t number) {
  return std::filesystem::path(fmt::format("{}.{:06}", log.string(), number));
}

uint64_t first_seq(const std::filesystem::path& file) {
  constexpr std::string_view member = "{\"seq\":";
  char begin[32];
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  ssize_t size = opened ? ::pread(opened.number(), begin, sizeof(begin), 0) : -1;
  std::string_view text(begin, size > 0 ? static_cast<size_t>(size) : 0);
  if (!text.starts_with(member)) return 0;
  uint64_t seq = 0;
  std::from_chars(text.data() + member.size(), text.data() + text.size(), seq);
  return seq;
}

}  // namespace aipol::audit
