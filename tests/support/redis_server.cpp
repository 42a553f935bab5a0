#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/check.h"
#include "runtime/stores/redis_link.h"

namespace aipol::testing {

namespace {

constexpr const char* program = "/usr/bin/redis-server";

constexpr uint16_t highest_port = 55'000;  // a node of a cluster has another one, 10,000 above

uint16_t free_port() {
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  auto* address = reinterpret_cast<sockaddr*>(&at);
  AIPOL_CHECK(::bind(listener, address, size) == 0, "a port is free");
  AIPOL_CHECK(::getsockname(listener, address, &size) == 0, "a socket has a name");
  uint16_t port = ntohs(at.sin_port);
  // While this one is held, another is given.
  if (port > highest_port) port = free_port();
  ::close(listener);
  return port;
}

std::string shown(const stores::Reply& reply) {
  std::string text = reply.text;
  if (reply.kind == stores::Reply::Kind::number) text = std::to_string(reply.number);
  for (const stores::Reply& item : reply.items) text += (text.empty() ? "" : " ") + shown(item);
  return text;
}

}  // namespace

bool RedisServer::installed() { return ::access(program, X_OK) == 0; }

RedisServer::RedisServer(std::vector<std::string> settings)
    : settings_(std::move(settings)), port_(free_port()) {
  std::string name = (std::filesystem::temp_directory_path() / "aipol-redis-XXXXXX").string();
  AIPOL_CHECK(::mkdtemp(name.data()) != nullptr, "a folder can be made");
  folder_ = name;
  start();
}

RedisServer::~RedisServer() {
  kill();
  std::filesystem::remove_all(folder_);
}

void RedisServer::start() {
  std::vector<std::string> arguments = {program,  "--port",    std::to_string(port_),
                                        "--bind", "127.0.0.1", "--save",
                                        "",       "--dir",     folder_.string()};
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
  AIPOL_CHECK(false, "redis-server answers");
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
