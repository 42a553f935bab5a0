#include "replay/logs/plain_lines.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

bool holds_plain_lines(const std::string& path) {
  constexpr size_t looked_at = 1 << 20;
  std::error_code error;
  if (path == "-" || !std::filesystem::is_regular_file(path, error)) return false;
  std::ifstream file(path, std::ios::binary);
  std::string text(looked_at, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  // What is packed is no JSON.
  json first = json::parse(std::string_view(text).substr(0, text.find('\n')), nullptr, false);
  const LogFormat* format = first.is_object() ? recognise(first) : nullptr;
  return format != nullptr && format->translate == nullptr;
}

}  // namespace aipol::replay::logs
