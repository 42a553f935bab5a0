// An upstream's answer as it arrives: by a provider over the network (transfer.h), or built in
// (echo_answer.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/body_decoder.h"
#include "runtime/http/message.h"
#include "runtime/http/send.h"

namespace aipol::upstream {

// No answer, or no whole one. `status` is what the client gets if it has got nothing yet: 502, or
// 504 for time.
struct Failure {
  uint16_t status = 502;
  std::string
      message;  // for the client and the log; names the provider, never an address or a secret
};

class Answer {
 public:
  enum class End : uint8_t { timed_out, client_gone, refused };
  virtual ~Answer() = default;

  // Sends the request and reads the answer's head.
  virtual http::Task<std::optional<Failure>> call(std::string_view head, std::string_view body,
                                                  bool is_head_request) = 0;

  // After call(). Views die with more().
  virtual const http::ResponseHead& head() const = 0;
  // Appends what is here of the body. The views die with the next take() or more().
  virtual http::BodyDecoder::State take(http::Pieces& pieces) = 0;
  // Waits for more. A failure where the answer breaks off; none where there is something to take(),
  // perhaps the end.
  virtual http::Task<std::optional<Failure>> more() = 0;

  // Ends the call from outside: what waits in call() or more() fails soon. `refused`: policies end
  // the answer.
  virtual void cancel(End why) = 0;
  virtual bool client_gone() const = 0;
};

}  // namespace aipol::upstream
