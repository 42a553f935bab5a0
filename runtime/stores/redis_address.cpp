#include "runtime/stores/redis_address.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace aipol::stores {

namespace {

constexpr std::string_view scheme = "redis://";
constexpr size_t longest = 4096;

std::unexpected<Error> wrong(std::string_view what) {
  return failure(
      fmt::format("the address in `state: redis(…)`: {}; write "
                  "redis://[:password@]host[:port][/database]",
                  what));
}

template <class Number>
bool read(std::string_view text, Number& into) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    uint8_t byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    auto [end, error] = std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16);
    if (error != std::errc() || end != &text[i + 1] + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool plain_host(std::string_view host) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%";
  return !host.empty() && host.find_first_not_of(allowed) == host.npos;
}

Result<void> read_credentials(std::string_view text, RedisAddress& address) {
  size_t colon = text.find(':');
  if (colon == text.npos) return wrong("a password stands behind a colon");
  auto user = decoded(text.substr(0, colon));
  auto password = decoded(text.substr(colon + 1));
  if (!user || !password) return wrong("a % is not followed by two hexadecimal digits");
  address.user = std::move(*user);
  address.password = std::move(*password);
  return {};
}

Result<void> read_host(std::string_view text, RedisAddress& address) {
  std::string_view port;
  if (text.starts_with('[')) {
    size_t end = text.find(']');
    if (end == text.npos) return wrong("a bracket is not closed");
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    address.host = text.substr(0, text.find(':'));
    port = text.substr(address.host.size());
  }
  if (!plain_host(address.host))
    return wrong("the host is missing or has a character that none has");
  if (port.empty()) return {};
  if (port[0] != ':' || !read(port.substr(1), address.port) || address.port == 0)
    return wrong("the port is not a number from 1 to 65535");
  return {};
}

}  // namespace

std::string RedisAddress::shown() const {
  return host.find(':') == host.npos ? fmt::format("{}:{}", host, port)
                                     : fmt::format("[{}]:{}", host, port);
}

Result<RedisAddress> parse_redis_address(std::string_view text) {
  RedisAddress address;
  if (text.size() > longest) return wrong("it is too long");
  if (text.starts_with("rediss://")) return wrong("TLS is not supported");
  if (!text.starts_with(scheme)) return wrong("it does not begin with redis://");
  text.remove_prefix(scheme.size());
  if (size_t at = text.rfind('@'); at != text.npos) {
    if (auto done = read_credentials(text.substr(0, at), address); !done)
      return std::unexpected(done.error());
    text.remove_prefix(at + 1);
  }
  if (size_t slash = text.find('/'); slash != text.npos) {
    std::string_view database = text.substr(slash + 1);
    if (!database.empty() && !read(database, address.database))
      return wrong("the database is not a number");
    text = text.substr(0, slash);
  }
  if (auto done = read_host(text, address); !done) return std::unexpected(done.error());
  return address;
}

}  // namespace aipol::stores
