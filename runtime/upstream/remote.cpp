#include "runtime/upstream/remote.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace aipol::upstream {
namespace {

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// Fills host and port of "host", "host:port", "[v6]", "[v6]:port"; false where it is none of these.
bool set_address(std::string_view authority, Remote& remote) {
  std::string_view rest = authority;
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == rest.npos) return false;
    remote.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  } else {
    remote.host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(remote.host.size());
  }
  remote.port = remote.tls ? "443" : "80";
  if (rest.starts_with(':')) {
    remote.port = rest.substr(1);
    rest = {};
  }
  return rest.empty() && !remote.host.empty() && is_port(remote.port);
}

// Fills what the url says; false where it is none.
bool set_url(std::string_view url, Remote& remote) {
  remote.tls = url.starts_with("https://");
  if (!remote.tls && !url.starts_with("http://")) return false;
  url.remove_prefix(remote.tls ? 8 : 7);
  const size_t slash = std::min(url.find('/'), url.size());
  remote.authority = url.substr(0, slash);
  remote.base = url.substr(slash);
  while (remote.base.ends_with('/')) remote.base.pop_back();
  const bool odd = url.find_first_of("@?#") != url.npos || !is_plain(url);
  return !odd && set_address(remote.authority, remote);
}

}  // namespace

Result<Remote> make_remote(const plan::Provider& provider, std::string_view key) {
  Remote remote;
  remote.name = provider.name;
  remote.timeout = provider.timeout;
  if (provider.kind == "echo") {
    remote.kind = Remote::Kind::echo;
    return remote;
  }
  if (provider.kind != "openai") {
    return failure(
        fmt::format("provider {}: the kind {} is not served", provider.name, provider.kind));
  }
  if (!set_url(provider.url, remote)) {
    return failure(fmt::format("provider {}: {} is not a URL like https://api.openai.com",
                               provider.name,
                               provider.url.empty() ? "its empty url" : provider.url));
  }
  remote.address =
      fmt::format("{}://{}:{}", remote.tls ? "https" : "http", remote.host, remote.port);
  if (!key.empty()) remote.authorization = fmt::format("Bearer {}", key);
  return remote;
}

std::string remote_target(const Remote& remote, std::string_view path) {
  if (remote.base.ends_with("/v1") && path.starts_with("/v1/")) path.remove_prefix(3);
  return remote.base + std::string(path);
}

}  // namespace aipol::upstream
