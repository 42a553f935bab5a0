// A small server on loopback for tests of what fetches.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace aipol::testing {

class HttpServer {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    size_t padding = 0;  // bytes of white space behind the body
  };
  // The path with query in, the answer out; called by the server's thread.
  using Handler = std::function<Answer(const std::string& path)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;

  std::string url() const;  // http://127.0.0.1:PORT
  int requests() const { return requests_; }
  size_t sent() const { return sent_; }  // bytes of bodies

 private:
  void run();
  void serve(int connection);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::atomic<size_t> sent_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace aipol::testing
