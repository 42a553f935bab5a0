#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "runtime/stores/redis_link.h"

namespace aipol::testing {

namespace {

constexpr const char* program = "/usr/bin/redis-server";

uint16_t free_port() {
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  auto* address = reinterpret_cast<sockaddr*>(&at);
  REQUIRE(::bind(listener, address, size) == 0);
  REQUIRE(::getsockname(listener, address, &size) == 0);
  ::close(listener);
  return ntohs(at.sin_port);
}

std::string shown(const stores::Reply& reply) {
  std::string text = reply.text;
  if (reply.kind == stores::Reply::Kind::number) text = std::to_string(reply.number);
  for (const stores::Reply& item : reply.items) text += (text.empty() ? "" : " ") + shown(item);
  return text;
}

}  // namespace

bool RedisServer::installed() {
  if (::access(program, X_OK) == 0) return true;
  MESSAGE("skipped: ", program, " is not installed");
  return false;
}

RedisServer::RedisServer(std::vector<std::string> settings)
    : settings_(std::move(settings)), port_(free_port()) {
  start();
}

void RedisServer::start() {
  std::vector<std::string> arguments = {program,  "--port",    std::to_string(port_),
                                        "--bind", "127.0.0.1", "--save",
                                        "",       "--dir",     folder_.path().string()};
  arguments.insert(arguments.end(), settings_.begin(), settings_.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    int none = ::open("/dev/null", O_RDWR);
    for (int stream : {0, 1, 2}) ::dup2(none, stream);
    ::execv(program, argv.data());
    ::_exit(127);
  }
  for (int i = 0; i < 500; ++i) {
    std::string pong = ask({"PING"});
    if (pong == "PONG" || pong.starts_with("NOAUTH")) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  FAIL("redis-server does not answer");
}

void RedisServer::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::pause(bool paused) { ::kill(process_, paused ? SIGSTOP : SIGCONT); }

std::string RedisServer::address(const std::string& credentials) const {
  return "redis://" + credentials + "127.0.0.1:" + std::to_string(port_);
}

std::string RedisServer::ask(const std::vector<std::string>& command) const {
  stores::RedisLink link({"127.0.0.1", port_, "", "", 0});
  if (!link.connect()) return "";
  auto replies = link.ask({&command, 1});
  return replies ? shown(replies->front()) : "";
}

}  // namespace aipol::testing
