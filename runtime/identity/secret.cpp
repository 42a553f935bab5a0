#include "runtime/identity/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "runtime/identity/read_file.h"

namespace aipol::identity {
namespace {

constexpr size_t largest_secret = 64 * 1024;

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Result<std::string> read_source(const plan::Secret& secret, const std::filesystem::path& folder) {
  if (secret.from == plan::Secret::From::file)
    return read_file(folder / secret.name, largest_secret);
  const char* value = std::getenv(secret.name.c_str());
  if (value == nullptr)
    return failure(fmt::format("the environment variable {} is not set", secret.name));
  return std::string(value);
}

}  // namespace

Result<std::string> read_secret(const plan::Secret& secret, const std::filesystem::path& folder) {
  auto text = read_source(secret, folder);
  if (!text) return text;
  const bool variable = secret.from == plan::Secret::From::environment;
  const std::string source =
      fmt::format("{} {}", variable ? "the environment variable" : "the file", secret.name);
  const std::string_view value = trim(*text);
  if (value.empty()) return failure(source + " is empty");
  const bool plain =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!plain) return failure(source + " holds characters that no header may hold");
  return std::string(value);
}

}  // namespace aipol::identity
