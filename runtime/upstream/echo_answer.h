// The built-in provider's answer to one call.
#pragma once

#include <string>

#include "runtime/upstream/answer.h"

namespace aipol::upstream {

class EchoAnswer final : public Answer {
 public:
  // `type` is the content type; an empty one: of what bytes are in the body nothing is known.
  EchoAnswer(std::string body, std::string_view type);

  http::Task<std::optional<Failure>> call(std::string_view head, std::string_view body,
                                          bool is_head_request) override;
  const http::ResponseHead& head() const override { return head_; }
  http::BodyDecoder::State take(http::Pieces& pieces) override;
  http::Task<std::optional<Failure>> more() override;
  void cancel(End why) override { gone_ = gone_ || why == End::client_gone; }
  bool client_gone() const override { return gone_; }

 private:
  std::string body_, length_;
  http::ResponseHead head_;
  bool gone_ = false;
};

}  // namespace aipol::upstream
