// Finds and reads the heads of messages. Strict, because leniency is what request smuggling lives
// on: a bare CR or LF, a folded line, conflicting lengths, Content-Length beside Transfer-Encoding,
// two hosts are errors.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "runtime/http/message.h"

namespace aipol::http {

// Looks for the end of a head in bytes that arrive piece by piece.
class HeadScan {
 public:
  // `bytes` begins where it began in the last call and may have grown. The head's size, with the
  // empty line; nothing while it is incomplete; an error as soon as it cannot become one.
  std::expected<std::optional<size_t>, Malformed> find_end(std::string_view bytes,
                                                           const HeadLimits& limits);
  void reset() { *this = {}; }

 private:
  size_t scanned_ = 0;
  size_t line_ = 0;  // where the current line begins
  size_t lines_ = 0;
};

// Read a complete head (as HeadScan found it). The result's views are of `bytes`; its vectors are
// reused. Errors of requests: 400 malformed, 417 unknown expectation, 501 unknown method, upgrade
// or transfer coding, 505 version. All of responses: 400, meaning only malformed.
std::expected<void, Malformed> read_request_head(std::string_view bytes, RequestHead& head);
// `to_head`: is it the answer to a HEAD request, which has no body whatever its fields say.
std::expected<void, Malformed> read_response_head(std::string_view bytes, bool to_head,
                                                  ResponseHead& head);

}  // namespace aipol::http
