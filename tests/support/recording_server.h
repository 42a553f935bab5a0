// A small HTTP server on loopback that answers as it is told and keeps what it was sent.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aipol::testing {

class RecordingServer {
 public:
  struct Request {
    std::string head, body;
  };
  struct Answer {
    int status = 200;
    std::string headers = {}, body = "{}";  // headers end in \r\n each
  };
  using Act = std::function<Answer(const Request&)>;

  // Port 0: a free one.
  explicit RecordingServer(Act act, int port = 0) : act_(std::move(act)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  RecordingServer(const RecordingServer&) = delete;
  ~RecordingServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Waits until that holds of all requests so far.
  template <class Predicate>
  bool wait(Predicate holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return holds(requests_); });
  }
  std::vector<Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void run() {
    while (!stopping_) {
      pollfd ready{listener_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      serve(client);
      ::close(client);
    }
  }

  void serve(int client) {
    std::string text;
    char block[65'536];
    size_t end = std::string::npos, whole = 0;
    while (end == std::string::npos || text.size() < whole) {
      ssize_t got = ::read(client, block, sizeof(block));
      if (got <= 0) return;
      text.append(block, static_cast<size_t>(got));
      end = text.find("\r\n\r\n");
      if (end != std::string::npos) whole = end + 4 + length(text.substr(0, end));
    }
    Request request{text.substr(0, end), text.substr(end + 4)};
    Answer answer = act_(request);
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " x\r\n" + answer.headers +
                      "content-length: " + std::to_string(answer.body.size()) + "\r\n\r\n" +
                      answer.body;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    changed_.notify_all();
    [[maybe_unused]] ssize_t sent = ::send(client, out.data(), out.size(), MSG_NOSIGNAL);
  }

  static size_t length(std::string head) {
    for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    size_t at = head.find("content-length:");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 15));
  }

  Act act_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace aipol::testing
