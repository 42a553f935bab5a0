#include "runtime/upstream/echo_answer.h"

namespace aipol::upstream {

EchoAnswer::EchoAnswer(std::string body, std::string_view type)
    : body_(std::move(body)), length_(std::to_string(body_.size())) {
  head_.status = 200;
  head_.fields.push_back({"content-type", type});
  if (type.starts_with("text/event-stream")) {
    head_.fields.push_back({"cache-control", "no-cache"});
    head_.framing = http::Framing::chunked;
  } else {
    head_.fields.push_back({"content-length", length_});
    head_.framing = http::Framing::length;
    head_.length = body_.size();
  }
}

http::Task<std::optional<Failure>> EchoAnswer::call(std::string_view, std::string_view,
                                                    bool is_head_request) {
  if (is_head_request) head_.framing = http::Framing::none;
  co_return std::nullopt;
}

http::BodyDecoder::State EchoAnswer::take(http::Pieces& pieces) {
  if (!body_.empty() && head_.framing != http::Framing::none) pieces.emplace_back(body_);
  return http::BodyDecoder::State::end;
}

http::Task<std::optional<Failure>> EchoAnswer::more() { co_return std::nullopt; }

}  // namespace aipol::upstream
