#include "runtime/http/send.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace aipol::http {
namespace {

constexpr size_t most_at_once = 64;  // pieces in one system call

void take(Pieces& pieces, size_t sent) {
  size_t done = 0;
  while (done < pieces.size() && sent >= pieces[done].size()) sent -= pieces[done++].size();
  pieces.erase(pieces.begin(), pieces.begin() + static_cast<ptrdiff_t>(done));
  if (sent > 0) pieces.front().remove_prefix(sent);
}

// Sends until nothing is left or the socket's buffer is full (would_block).
ErrorCode send_now(Socket& socket, Pieces& pieces) {
  while (!pieces.empty()) {
    iovec parts[most_at_once];
    const size_t count = std::min(pieces.size(), most_at_once);
    for (size_t i = 0; i < count; ++i)
      parts[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(socket.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      take(pieces, sent);
    } else if (errno != EINTR) {
      return {errno, boost::system::system_category()};
    }
  }
  return {};
}

}  // namespace

Task<ErrorCode> send_all(Socket& socket, Pieces& pieces) {
  for (;;) {
    const ErrorCode error = send_now(socket, pieces);
    if (error != asio::error::would_block) co_return error;
    const auto [waiting] = co_await socket.async_wait(Socket::wait_write, as_result);
    if (waiting) co_return waiting;
  }
}

}  // namespace aipol::http
