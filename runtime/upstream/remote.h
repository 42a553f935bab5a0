// A provider as the gateway calls it: its address taken apart, its credential ready to be sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/deployment.h"

namespace aipol::upstream {

struct Remote {
  enum class Kind : uint8_t { openai, echo };
  std::string name;
  Kind kind = Kind::openai;
  bool tls = false;
  std::string host;           // without brackets
  std::string port;           // decimal
  std::string authority;      // the Host header
  std::string address;        // all of these: what connections are kept by
  std::string base;           // path before the API's own, without trailing slash; mostly empty
  std::string authorization;  // the header's value, "Bearer …"; empty: none. A secret
  std::chrono::nanoseconds timeout{};  // zero: the gateway's
};

// `key` is the resolved secret, or empty. The error names the provider and what is wrong with its
// url.
Result<Remote> make_remote(const plan::Provider& provider, std::string_view key);

// The target of a call: base and path, where a base that ends in "/v1" does not repeat the path's
// own.
std::string remote_target(const Remote& remote, std::string_view path);

}  // namespace aipol::upstream
