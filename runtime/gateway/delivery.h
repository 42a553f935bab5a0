// An upstream's answer on its way to the client: as it comes where no policy looks at it, event by
// event where it is a streamed chat, else whole.
#pragma once

#include <optional>
#include <string>

#include "runtime/gateway/exchange.h"
#include "runtime/upstream/answer.h"

namespace aipol::gateway {

class EventDelivery;

class Delivery {
 public:
  // After answer.call(). Both must outlive it.
  Delivery(Exchange& exchange, upstream::Answer& answer) : exchange_(exchange), answer_(answer) {}

  // Null: the client got an answer, perhaps a refusal, or is gone. Otherwise why the provider's
  // answer is of no use; where `begun` the client has got a part of it.
  http::Task<std::optional<upstream::Failure>> run();
  bool begun() const { return begun_; }

 private:
  using State = http::BodyDecoder::State;

  http::Task<std::optional<upstream::Failure>> pass(bool events);
  http::Task<std::optional<upstream::Failure>> deliver_events();
  http::Task<std::optional<upstream::Failure>> deliver_whole();

  http::Task<> read_usage(EventDelivery& delivery);

  State take();
  void frame(bool known_length, size_t whole_size, bool whole);
  void write_head();
  http::Task<bool> write(http::Pieces& body, bool last);
  std::string_view chunk_line(size_t size);
  upstream::Failure malformed() const;
  bool returns(const http::Field& field) const;
  void tell_head();
  void tell_fields();
  http::Task<std::optional<std::string>> whole_body(std::string body);

  Exchange& exchange_;
  upstream::Answer& answer_;
  http::Pieces body_;
  std::string head_text_;
  char chunk_line_[18];
  std::optional<size_t> length_;  // of the body, where it is known before it is sent
  bool has_body_ = false, chunked_ = false, begun_ = false, watched_ = false;
  bool asks_store_ = false;  // while the answer is looked at
};

}  // namespace aipol::gateway
