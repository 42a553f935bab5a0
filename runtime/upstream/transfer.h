// One call to a provider: the request out, the answer's head in, then its body piece by piece as it
// arrives.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/read_head.h"
#include "runtime/upstream/answer.h"
#include "runtime/upstream/pool.h"

namespace aipol::upstream {

class Transfer final : public Answer {
 public:
  // Both must outlive the transfer.
  Transfer(Pool& pool, const Remote& remote) : pool_(pool), remote_(remote) {}
  // Gives the link back to the pool where the answer was read whole; else closes it, which stops
  // the provider.
  ~Transfer() override;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // A reused link that dies before the first byte of an answer is replaced once by a fresh one;
  // nothing else is ever sent twice.
  http::Task<std::optional<Failure>> call(std::string_view head, std::string_view body,
                                          bool is_head_request) override;
  const http::ResponseHead& head() const override { return head_; }
  http::BodyDecoder::State take(http::Pieces& pieces) override;
  http::Task<std::optional<Failure>> more() override;
  void cancel(End why) override;
  bool client_gone() const override { return ended_ == End::client_gone; }

 private:
  http::Task<http::ErrorCode> open(bool fresh);
  http::Task<std::optional<Failure>> read_head(bool is_head_request);
  Failure failed(std::string_view what) const;
  Failure failed(http::ErrorCode error, std::string_view doing) const;

  Pool& pool_;
  const Remote& remote_;
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
