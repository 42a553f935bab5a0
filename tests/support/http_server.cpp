#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/check.h"

namespace aipol::testing {

namespace {

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string read_head(int from) {
  std::string head;
  char chunk[4096];
  while (head.find("\r\n\r\n") == head.npos) {
    const ssize_t got = ::recv(from, chunk, sizeof chunk, 0);
    if (got <= 0) return "";
    head.append(chunk, static_cast<size_t>(got));
  }
  return head;
}

}  // namespace

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  AIPOL_CHECK(::bind(listener_, plain, size) == 0 && ::listen(listener_, 16) == 0 &&
                  ::getsockname(listener_, plain, &size) == 0,
              "a port of loopback is free");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

HttpServer::~HttpServer() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

std::string HttpServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void HttpServer::run() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    serve(connection);
    ::close(connection);
  }
}

void HttpServer::serve(int connection) {
  const std::string head = read_head(connection);
  const size_t begin = head.find(' ') + 1;
  if (head.empty()) return;
  ++requests_;
  const Answer answer = handler_(head.substr(begin, head.find(' ', begin) - begin));
  if (!send_all(connection, fmt::format("HTTP/1.1 {} X\r\ncontent-length: {}\r\n\r\n",
                                        answer.status, answer.body.size() + answer.padding)))
    return;
  const std::string spaces(64 * 1024, ' ');
  if (!send_all(connection, answer.body)) return;
  sent_ += answer.body.size();
  for (size_t left = answer.padding; left > 0;) {
    const size_t part = std::min(left, spaces.size());
    if (!send_all(connection, std::string_view(spaces).substr(0, part))) return;
    sent_ += part;
    left -= part;
  }
}

}  // namespace aipol::testing
