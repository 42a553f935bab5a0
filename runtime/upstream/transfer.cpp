#include "runtime/upstream/transfer.h"

#include <fmt/format.h>

namespace aipol::upstream {

using http::BodyDecoder;
using http::ErrorCode;
using http::Task;

namespace {

constexpr http::HeadLimits head_limits{64 * 1024, 200};
constexpr int most_interim_answers = 16;

}  // namespace

Transfer::~Transfer() {
  if (!link_ || ended_ || !answered_ || !decoder_.ended() || !head_.keep_alive) return;
  link_->in.consume(used_);
  if (link_->in.empty()) pool_.give_back(remote_, std::move(link_));
}

Failure Transfer::failed(std::string_view what) const {
  const std::string& name = remote_.name;
  if (ended_ == End::timed_out)
    return {504, fmt::format("the provider {} did not answer in time", name)};
  return {502, fmt::format("the provider {} {}", name, what)};
}

Failure Transfer::failed(ErrorCode error, std::string_view doing) const {
  return failed(
      fmt::format("{}: {}", doing,
                  error == http::asio::error::eof ? "it closed the connection" : error.message()));
}

void Transfer::cancel(End why) {
  ended_ = why;
  if (link_) link_->close();
}

Task<ErrorCode> Transfer::open(bool fresh) {
  link_ = fresh ? nullptr : pool_.take(remote_);
  reused_ = link_ != nullptr;
  if (reused_) co_return ErrorCode();
  link_ = pool_.make(remote_);
  co_return co_await link_->connect(remote_);
}

Task<std::optional<Failure>> Transfer::call(std::string_view head, std::string_view body,
                                            bool is_head_request) {
  for (bool fresh = false;; fresh = true) {
    if (const ErrorCode error = co_await open(fresh)) co_return failed(error, "cannot be reached");
    const ErrorCode unsent = co_await link_->write(head, body);
    std::optional<Failure> failure;
    if (unsent)
      failure = failed(unsent, "does not take the request");
    else
      failure = co_await read_head(is_head_request);
    if (!failure || ended_ || answered_ || !reused_) co_return failure;
  }
}

Task<std::optional<Failure>> Transfer::read_head(bool is_head_request) {
  http::HeadScan scan;
  for (int interim = 0; interim <= most_interim_answers;) {
    const auto end = scan.find_end(link_->in.data(), head_limits);
    if (!end)
      co_return failed(fmt::format("answers with what is not HTTP: {}", end.error().reason));
    if (!*end) {
      if (const ErrorCode error = co_await link_->read())
        co_return failed(error, "gives no answer");
      answered_ = true;
      continue;
    }
    const auto read =
        http::read_response_head(link_->in.data().substr(0, **end), is_head_request, head_);
    if (!read)
      co_return failed(fmt::format("answers with what is not HTTP: {}", read.error().reason));
    if (head_.status == 101) co_return failed("changes the protocol without being asked");
    if (head_.status >= 200) {
      decoder_ = BodyDecoder(head_);
      used_ = **end;
      co_return std::nullopt;
    }
    ++interim;
    link_->in.consume(**end);
    scan.reset();
  }
  co_return failed("sends interim answers without end");
}

BodyDecoder::State Transfer::take(http::Pieces& pieces) {
  // The head and earlier pieces were used; the buffer starts over where nothing is left.
  link_->in.consume(used_);
  used_ = 0;
  if (ended_regularly_ && link_->in.empty()) return BodyDecoder::State::end;
  const auto step = decoder_.decode(link_->in.data(), pieces);
  used_ = step.consumed;
  return step.state;
}

Task<std::optional<Failure>> Transfer::more() {
  link_->in.consume(used_);
  used_ = 0;
  const ErrorCode error = co_await link_->read();
  if (!error) co_return std::nullopt;
  if (error == http::asio::error::eof && decoder_.may_end() && !ended_) {
    ended_regularly_ = true;
    co_return std::nullopt;
  }
  co_return failed(error, "broke off its answer");
}

}  // namespace aipol::upstream
