// One call to a provider: the request out, the answer's head in, then its body piece by piece as it
// arrives.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/body_decoder.h"
#include "runtime/http/read_head.h"
#include "runtime/http/send.h"
#include "runtime/upstream/pool.h"

namespace aipol::upstream {

// No answer, or no whole one. `status` is what the client gets if it has got nothing yet: 502, or
// 504 for time.
struct Failure {
  uint16_t status = 502;
  std::string
      message;  // for the client and the log; names the provider, never an address or a secret
};

class Transfer {
 public:
  enum class End : uint8_t { timed_out, client_gone };

  Transfer(Pool& pool, size_t remote) : pool_(pool), remote_(remote) {}
  // Gives the link back to the pool where the answer was read whole; else closes it, which stops
  // the provider.
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Sends the request and reads the answer's head. A reused link that dies before the first byte of
  // an answer is replaced once by a fresh one; nothing else is ever sent twice.
  http::Task<std::optional<Failure>> call(std::string_view head, std::string_view body,
                                          bool is_head_request);

  // After call(). Views are of the link's buffer: dead after more().
  const http::ResponseHead& head() const { return head_; }

  // Appends what is here of the body. The views die with the next take() or more().
  http::BodyDecoder::State take(http::Pieces& pieces);
  // Waits for more. A failure where the answer breaks off; none where there is something to take(),
  // perhaps the end.
  http::Task<std::optional<Failure>> more();

  // Ends the call from outside: what waits in call() or more() fails soon.
  void cancel(End why);
  bool client_gone() const { return ended_ == End::client_gone; }

 private:
  http::Task<http::ErrorCode> open(bool fresh);
  http::Task<std::optional<Failure>> read_head(bool is_head_request);
  Failure failed(std::string_view what) const;
  Failure failed(http::ErrorCode error, std::string_view doing) const;

  Pool& pool_;
  size_t remote_;
  std::unique_ptr<Link> link_;
  bool reused_ = false;
  bool answered_ = false;         // has a byte of an answer come
  bool ended_regularly_ = false;  // of an answer that ends with its connection
  std::optional<End> ended_;
  http::ResponseHead head_;
  http::BodyDecoder decoder_;
  size_t used_ = 0;  // bytes of the buffer that the last take() gave out
};

}  // namespace aipol::upstream
