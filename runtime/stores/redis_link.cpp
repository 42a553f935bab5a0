#include "runtime/stores/redis_link.h"

#include <hiredis/hiredis.h>

#include <charconv>
#include <csignal>
#include <optional>

#include <fmt/format.h>

namespace aipol::stores {

namespace {

constexpr std::chrono::milliseconds move_timeout{250};
constexpr int most_moves = 4;
constexpr size_t deepest = 4;

Reply reply_of(const redisReply& from, size_t depth = 0) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::text;
      reply.text.assign(from.str, static_cast<size_t>(from.len));
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::error;
      reply.text.assign(from.str, static_cast<size_t>(from.len));
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::number;
      reply.number = from.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::list;
      for (size_t i = 0; i < from.elements && depth < deepest; ++i)
        reply.items.push_back(reply_of(*from.element[i], depth + 1));
      break;
    default:
      break;
  }
  return reply;
}

timeval timeval_of(std::chrono::milliseconds time) {
  return {time.count() / 1000, time.count() % 1000 * 1000};
}

struct Node {
  std::string host;
  uint16_t port = 0;
};

// "MOVED 3999 127.0.0.1:6381"; the host may be empty: the one that was asked.
std::optional<Node> moved_to(std::string_view error, const std::string& asked) {
  if (!error.starts_with("MOVED ")) return std::nullopt;
  size_t space = error.rfind(' '), colon = error.rfind(':');
  if (space == 5 || colon == error.npos || colon < space) return std::nullopt;
  Node node{std::string(error.substr(space + 1, colon - space - 1)), 0};
  if (node.host.empty()) node.host = asked;
  std::string_view port = error.substr(colon + 1);
  auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), node.port);
  if (failed != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return node;
}

// hiredis writes to sockets that the server may have closed.
void ignore_broken_pipes() {
  struct sigaction now{};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

RedisLink::RedisLink(RedisAddress address, std::chrono::milliseconds patience)
    : address_(std::move(address)),
      patience_(patience),
      host_(address_.host),
      port_(address_.port) {
  ignore_broken_pipes();
}

RedisLink::~RedisLink() { close(); }

void RedisLink::close() {
  if (context_ != nullptr) redisFree(context_);
  context_ = nullptr;
}

std::unexpected<Error> RedisLink::wrong(std::string_view what) const {
  return failure(fmt::format("redis at {}: {}", address_.shown(), what));
}

Result<void> RedisLink::connect(std::chrono::milliseconds within) {
  auto done = connect_to(host_, port_, within);
  if (!done && (host_ != address_.host || port_ != address_.port))
    done = connect_to(address_.host, address_.port, within);
  return done;
}

Result<void> RedisLink::connect_to(const std::string& host, uint16_t port,
                                   std::chrono::milliseconds within) {
  close();
  context_ = redisConnectWithTimeout(host.c_str(), port, timeval_of(within));
  if (context_ == nullptr) return wrong("no memory");
  if (context_->err != 0) {
    std::string what = context_->errstr;
    close();
    return wrong(what);
  }
  redisSetTimeout(context_, timeval_of(patience_));
  redisEnableKeepAlive(context_);
  host_ = host;
  port_ = port;
  return greet();
}

// What the server says to a wrong password does not repeat it.
Result<void> RedisLink::greet() {
  std::vector<Command> commands;
  if (!address_.password.empty() && address_.user.empty())
    commands.push_back({"AUTH", address_.password});
  if (!address_.user.empty()) commands.push_back({"AUTH", address_.user, address_.password});
  if (address_.database != 0) commands.push_back({"SELECT", std::to_string(address_.database)});
  if (commands.empty()) return {};
  auto replies = exchange(commands);
  if (!replies) return std::unexpected(replies.error());
  for (size_t i = 0; i < replies->size(); ++i) {
    if (!(*replies)[i].failed()) continue;
    close();
    return wrong(fmt::format("{}: {}", commands[i][0], (*replies)[i].text));
  }
  return {};
}

Result<std::vector<Reply>> RedisLink::ask(std::span<const Command> commands) {
  auto replies = exchange(commands);
  for (int moves = 0; replies && moves < most_moves; ++moves) {
    // All keys are in one slot: if one was not there, none was, and nothing was done.
    std::optional<Node> node;
    for (const Reply& reply : *replies)
      if (reply.failed() && !node) node = moved_to(reply.text, host_);
    if (!node) break;
    if (auto done = connect_to(node->host, node->port, move_timeout); !done)
      return std::unexpected(done.error());
    replies = exchange(commands);
  }
  return replies;
}

Result<std::vector<Reply>> RedisLink::exchange(std::span<const Command> commands) {
  if (context_ == nullptr) return wrong("not connected");
  for (const Command& command : commands) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const std::string& part : command) {
      texts.push_back(part.data());
      sizes.push_back(part.size());
    }
    redisAppendCommandArgv(context_, static_cast<int>(texts.size()), texts.data(), sizes.data());
  }
  std::vector<Reply> replies;
  while (replies.size() < commands.size()) {
    void* reply = nullptr;
    if (redisGetReply(context_, &reply) != REDIS_OK || reply == nullptr) {
      bool late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
      std::string what =
          late ? fmt::format("no answer within {} ms", patience_.count()) : context_->errstr;
      close();
      return wrong(what);
    }
    replies.push_back(reply_of(*static_cast<redisReply*>(reply)));
    freeReplyObject(reply);
  }
  return replies;
}

}  // namespace aipol::stores
