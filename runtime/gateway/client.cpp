#include "runtime/gateway/client.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "plan/ip.h"
#include "runtime/gateway/lingering.h"

namespace aipol::gateway {

namespace asio = http::asio;
using http::ErrorCode;
using http::Task;

namespace {

constexpr size_t buffer_size = 16 * 1024;
constexpr size_t least_room = 4 * 1024;  // what a read should have
constexpr size_t kept_memory = 64 * 1024;

plan::Ip peer_ip(http::Socket& socket) {
  ErrorCode error;
  const auto address = socket.remote_endpoint(error).address();
  const auto bytes =
      (address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4())
                       : address.to_v6())
          .to_bytes();
  plan::Ip ip;
  for (size_t i = 0; i < 8; ++i) {
    ip.high = ip.high << 8 | bytes[i];
    ip.low = ip.low << 8 | bytes[i + 8];
  }
  return ip;
}

}  // namespace

Client::Client(http::Deadlines& deadlines, http::Socket socket)
    : Deadline(deadlines),
      socket_(std::move(socket)),
      ip_(peer_ip(socket_)),
      in_(buffer_size),
      ahead_(buffer_size) {
  address_ = plan::format_ip(ip_);
  ErrorCode ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Client::begin_read(http::Buffer& into) {
  into.reserve(least_room);
  reading_ = &into;
  auto read = [this](ErrorCode error, size_t bytes) { on_read(error, bytes); };
  const auto space = asio::buffer(into.space(), into.room());
  if (tls_)
    tls_->async_read_some(space, read);
  else
    socket_.async_read_some(space, read);
}

Task<bool> Client::secure(std::shared_ptr<ServerTls> context) {
  tls_context_ = std::move(context);
  tls_.emplace(socket_, *tls_context_);
  const auto [error] =
      co_await tls_->async_handshake(asio::ssl::stream_base::server, http::as_result);
  co_return !error && !timed_out_ && !aborted_;
}

Task<ErrorCode> Client::send(http::Pieces& pieces) {
  if (!tls_) co_return co_await http::send_all(socket_, pieces);
  std::vector<asio::const_buffer> buffers;
  for (const std::string_view piece : pieces) buffers.emplace_back(piece.data(), piece.size());
  const auto [error, sent] = co_await asio::async_write(*tls_, buffers, http::as_result);
  if (!error) pieces.clear();
  co_return error;
}

void Client::on_read(ErrorCode error, size_t bytes) {
  std::exchange(reading_, nullptr)->commit(bytes);
  read_error_ = error;
  if (reader_) return std::exchange(reader_, nullptr)();
  // A limit that cancelled a write cancelled this read with it: that is not the client's doing.
  if (error && error != asio::error::operation_aborted && cancel_) {
    cancel_(upstream::Answer::End::client_gone);
  }
}

Task<> Client::read_done() {
  if (reading_ == nullptr) co_return;
  auto wait = [this](auto handler) { reader_ = std::move(handler); };
  co_await asio::async_initiate<const asio::deferred_t, void()>(wait, asio::deferred);
}

Task<Client::Got> Client::read() {
  if (aborted_) co_return Got::closed;
  if (timed_out_) co_return Got::timed_out;
  if (reading_ == nullptr) {
    if (read_error_) co_return Got::closed;
    begin_read(in_);
  }
  co_await read_done();
  if (timed_out_) co_return Got::timed_out;
  co_return read_error_ ? Got::closed : Got::bytes;
}

Task<Client::Got> Client::read_first() {
  if (draining_) co_return Got::closed;
  idle_ = true;
  const Got got = co_await read();
  idle_ = false;
  co_return got;
}

void Client::next_request() {
  timed_out_ = false;
  if (!in_.empty()) return;
  in_.shrink(kept_memory);
  std::swap(in_, ahead_);
  if (reading_ == &ahead_) reading_ = &in_;
}

Task<bool> Client::write(http::Pieces& pieces) {
  if (aborted_) co_return false;
  timed_out_ = false;
  size_t bytes = 0;
  for (const std::string_view piece : pieces) bytes += piece.size();
  writing_ = true;
  const ErrorCode error = co_await send(pieces);
  writing_ = false;
  for (const std::string_view piece : pieces) bytes -= piece.size();
  bytes_out += bytes;
  co_return !error;
}

void Client::watch(Cancel cancel) {
  cancel_ = std::move(cancel);
  if (read_error_) return cancel_(upstream::Answer::End::client_gone);
  // What follows this request on the wire would have to be kept: a client that pipelines is not
  // watched.
  if (reading_ == nullptr && in_.empty() && ahead_.empty()) begin_read(ahead_);
}

void Client::expire() {
  timed_out_ = true;
  if (cancel_) cancel_(upstream::Answer::End::timed_out);
  if (!cancel_ || writing_) socket_.cancel();
}

void Client::drain() {
  draining_ = true;
  if (idle_) socket_.cancel();
}

void Client::abort() {
  aborted_ = true;
  if (cancel_) cancel_(upstream::Answer::End::client_gone);
  ErrorCode ignored;
  socket_.close(ignored);
}

Task<> Client::close_gently() {
  ErrorCode error;
  timed_out_ = false;
  set_limit(lingering);
  bool encrypted = tls_ && reading_ == nullptr;
  if (encrypted) std::ignore = co_await tls_->async_shutdown(http::as_result);
  socket_.shutdown(http::Socket::shutdown_send, error);
  for (size_t discarded = 0; !error && discarded < most_discarded;) {
    in_.clear();
    // Once TLS has said farewell, what comes is read as it is.
    const Got got = encrypted ? co_await read_raw() : co_await read();
    if (got != Got::bytes) break;
    discarded += in_.size() + ahead_.size();
    if (reading_ == nullptr) ahead_.clear();
  }
  clear_limit();
}

Task<Client::Got> Client::read_raw() {
  if (timed_out_) co_return Got::timed_out;
  in_.reserve(least_room);
  const auto space = asio::buffer(in_.space(), in_.room());
  const auto [error, bytes] = co_await socket_.async_read_some(space, http::as_result);
  in_.commit(bytes);
  co_return error ? Got::closed : Got::bytes;
}

Task<> Client::close() {
  clear_limit();
  ErrorCode ignored;
  socket_.close(ignored);
  co_await read_done();
}

}  // namespace aipol::gateway
