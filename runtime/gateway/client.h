// The connection of one client: reads ahead, writes, keeps time. Of one thread, and used by one
// coroutine.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plan/value.h"
#include "runtime/gateway/tls.h"
#include "runtime/http/buffer.h"
#include "runtime/http/deadline.h"
#include "runtime/http/net.h"
#include "runtime/http/send.h"
#include "runtime/identity/mtls.h"
#include "runtime/upstream/answer.h"

namespace aipol::gateway {

class Client : public http::Deadline {
 public:
  enum class Got : uint8_t { bytes, closed, timed_out };

  Client(http::Deadlines& deadlines, http::Socket socket);

  // Speaks TLS from now on; false where the client does not, or not before the limit set.
  // `context` must outlive the client.
  http::Task<bool> secure(std::shared_ptr<ServerTls> context);
  // What the client's certificate is worth to the version of the set that judged it.
  struct Judged {
    std::shared_ptr<const void> by;
    identity::Peer peer;
  };
  std::optional<Judged> judged;

  // Null: plain HTTP.
  SSL* tls() { return tls_ ? tls_->native_handle() : nullptr; }

  const plan::Ip& ip() const { return ip_; }
  const std::string& address() const { return address_; }  // the ip as text

  // The bytes of the current request, perhaps of more behind it. Views of them die with read() and
  // next_request().
  http::Buffer& in() { return in_; }
  // The current request's bytes were taken off `in`; goes on with what has been read ahead.
  void next_request();
  // Waits for more bytes of the current request, up to the limit set.
  http::Task<Got> read();
  // The same before a request: ends also when the gateway drains.
  http::Task<Got> read_first();

  // Sends all; false where the client is gone or the limit passed. `bytes_out` counts.
  http::Task<bool> write(http::Pieces& pieces);
  uint64_t bytes_out = 0;

  // While the client waits: its leaving and the limit's passing cancel what it waits for.
  using Cancel = std::function<void(upstream::Answer::End)>;
  void watch(Cancel cancel);
  void unwatch() { cancel_ = nullptr; }

  bool draining() const { return draining_; }
  void drain();  // ends the wait for another request
  void abort();  // ends everything

  // Tells the client that nothing follows, then waits for it to stop sending (lingering.h).
  http::Task<> close_gently();
  // Must have run to its end before destruction.
  http::Task<> close();

 private:
  void expire() override;
  http::Task<http::ErrorCode> send(http::Pieces& pieces);
  void begin_read(http::Buffer& into);
  void on_read(http::ErrorCode error, size_t bytes);
  http::Task<> read_done();
  http::Task<Got> read_raw();  // bytes of the connection into `in`

  http::Socket socket_;
  std::shared_ptr<ServerTls> tls_context_;
  std::optional<boost::asio::ssl::stream<http::Socket&>> tls_;
  plan::Ip ip_;
  std::string address_;
  http::Buffer in_, ahead_;
  http::Buffer* reading_ = nullptr;  // what the read under way fills
  http::ErrorCode read_error_;
  std::move_only_function<void()> reader_;  // resumes the coroutine that waits in read_done
  Cancel cancel_;                           // of what the client waits for; empty: nothing
  bool idle_ = false, writing_ = false, timed_out_ = false, draining_ = false, aborted_ = false;
};

}  // namespace aipol::gateway
