// The heads of HTTP/1.1 messages (RFC 9112) as views of the bytes they were read from.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

namespace aipol::http {

// Field names compare without case (RFC 9110 section 5.1); `lower` is in lower case.
bool equals_lower(std::string_view text, std::string_view lower);

struct Field {
  std::string_view name;   // as it came
  std::string_view value;  // without surrounding blanks
};

enum class Framing : uint8_t { none, length, chunked, until_close };

struct Head {
  std::vector<Field> fields;  // in order
  uint8_t minor = 1;          // of the version HTTP/1.x
  Framing framing = Framing::none;
  uint64_t length = 0;     // of the body, where framing is length
  bool keep_alive = true;  // may another message follow
  // The first field of that name (given in lower case), or null.
  const Field* find(std::string_view lower) const;
};

struct RequestHead : Head {
  std::string_view method;  // in lower case; one of get post put delete patch head options
  std::string_view target;  // as it came
  std::string_view host;    // may be empty in HTTP/1.0
  bool expects_continue = false;
};

struct ResponseHead : Head {
  uint16_t status = 0;
};

// Why a message is refused: the status for a client that sent it, and one sentence.
struct Malformed {
  uint16_t status = 400;
  std::string_view reason;  // static
};

// Bounds of a head; passing one is 431.
struct HeadLimits {
  size_t bytes = 64 * 1024;
  size_t fields = 100;
};

}  // namespace aipol::http
