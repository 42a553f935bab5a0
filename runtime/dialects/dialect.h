// What clients speak: one dialect per way of asking, chosen by what an endpoint accepts. A new one
// is one file and one row of the table in dialects.cpp.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/context/call.h"

namespace aipol::dialects {

// Why a body is refused.
struct BodyError {
  uint16_t status = 400;
  std::string message;  // names the path: "messages[2].role: must be a string"
  std::string param;    // the path alone, as OpenAI's errors name it; may be empty
};

struct Body {
  std::string_view text;
  bool padded =
      false;  // are 64 bytes behind it readable (http::Buffer::padding); if not it is copied
};

// What of a body policies or the provider need; the rest is checked but not kept.
struct Needs {
  bool texts = true;                // Ai::messages
  std::vector<std::string> values;  // paths of plain values, "metadata.team", "messages.0.name"
};

// Reads bodies one after the other, reusing its memory. Of one thread.
class BodyReader {
 public:
  BodyReader();
  ~BodyReader();
  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) noexcept;

  struct Parser;
  Parser& parser() { return *parser_; }
  void begin();  // forgets the body read last

  // Of the body read last: does the client ask for usage at the end of a stream.
  bool wants_usage = false, has_stream_options = false;
  int64_t choices = 1;  // how many answers it asks for
  // Those of Needs::values that it has: strings as they are, numbers and booleans as JSON writes
  // them.
  std::vector<std::pair<std::string, std::string>> values;

 private:
  std::unique_ptr<Parser> parser_;
};

struct Dialect {
  std::string_view accepts;        // of the endpoint
  std::string_view operation;      // ai.operation
  std::string_view methods;        // in upper case, "GET, HEAD"; empty: all
  std::string_view upstream_path;  // of providers of kind openai; empty: the request's own
  // Fills `ai` but operation. Null: the body is not looked at.
  std::expected<void, BodyError> (*read)(BodyReader&, Body, const Needs&, context::Ai&);
};

// The dialect of what an endpoint accepts, or null where it is not served.
const Dialect* find_dialect(std::string_view accepts);

// Checks the method (405), then reads the body: fills `ai`, whatever it held, but its tags.
std::expected<void, BodyError> read_body(const Dialect& dialect, std::string_view method,
                                         BodyReader& reader, Body body, const Needs& needs,
                                         context::Ai& ai);

}  // namespace aipol::dialects
