#include <fmt/format.h>

#include <algorithm>

#include "runtime/dialects/dialect.h"
#include "runtime/dialects/json_body.h"
#include "runtime/dialects/openai_chat.h"

namespace aipol::dialects {
namespace {

constexpr Dialect table[] = {
    {"chat", "chat", "POST", "/v1/chat/completions", read_openai_chat},
    {"models", "models", "GET, HEAD", "", nullptr},
    {"json", "none", "", "", read_json_body},
    {"any", "none", "", "", nullptr},
};

bool allows(const Dialect& dialect, std::string_view method) {
  if (dialect.methods.empty()) return true;
  const auto found =
      std::search(dialect.methods.begin(), dialect.methods.end(), method.begin(), method.end(),
                  [](char upper, char lower) { return upper == lower - ('a' - 'A'); });
  return found != dialect.methods.end();
}

}  // namespace

BodyReader::BodyReader() : parser_(std::make_unique<Parser>()) {}
BodyReader::~BodyReader() = default;
BodyReader::BodyReader(BodyReader&&) noexcept = default;
BodyReader& BodyReader::operator=(BodyReader&&) noexcept = default;

void BodyReader::begin() {
  wants_usage = has_stream_options = false;
  choices = 1;
  values.clear();
}

const Dialect* find_dialect(std::string_view accepts) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const Dialect& dialect) {
    return dialect.accepts == accepts;
  });
  return found == std::end(table) ? nullptr : found;
}

std::expected<void, BodyError> read_body(const Dialect& dialect, std::string_view method,
                                         BodyReader& reader, Body body, const Needs& needs,
                                         context::Ai& ai) {
  std::vector<std::string> tags = std::move(ai.tags);  // those are borne by headers
  ai = {};
  ai.tags = std::move(tags);
  ai.operation = dialect.operation;
  reader.begin();
  if (!allows(dialect, method)) {
    return std::unexpected(BodyError{405, fmt::format("this path takes {}", dialect.methods), {}});
  }
  if (dialect.read == nullptr) return {};
  auto read = dialect.read(reader, body, needs, ai);
  if (read && !needs.values.empty()) read_values(reader, needs.values);
  return read;
}

}  // namespace aipol::dialects
