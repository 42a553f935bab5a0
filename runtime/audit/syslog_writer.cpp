#include "runtime/audit/syslog_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/civil.h"
#include "base/clock.h"
#include "runtime/audit/notices.h"

namespace aipol::audit {

namespace {

constexpr int patience_ms = 10'000;
constexpr size_t most_of_datagram = 65'000, most_of_message = size_t{64} << 20;
constexpr size_t head_bytes = 512;  // of a message, at most

std::string error_text(const char* doing) {
  return fmt::format("{}: {}", doing, std::strerror(errno));
}

// Of 255 characters at most, none of them blank; "-" where it is not known.
std::string own_host() {
  char name[256] = {};
  if (::gethostname(name, sizeof(name) - 1) != 0) return "-";
  std::string host(name);
  std::erase_if(host, [](char c) { return c <= ' ' || c >= 0x7f; });
  return host.empty() ? "-" : host;
}

bool wait_for(int socket, short events) {
  pollfd ready{socket, events, 0};
  int polled = 0;
  do polled = ::poll(&ready, 1, patience_ms);
  while (polled < 0 && errno == EINTR);
  if (polled == 0) errno = ETIMEDOUT;
  return polled > 0;
}

bool connect_within_time(int socket, const addrinfo& to) {
  if (::connect(socket, to.ai_addr, to.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS || !wait_for(socket, POLLOUT)) return false;
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  errno = error;
  return error == 0;
}

}  // namespace

Result<SyslogAddress> parse_syslog_address(std::string_view url) {
  SyslogAddress out;
  if (url.starts_with("unix://")) {
    out.kind = SyslogAddress::Kind::local;
    out.path = url.substr(7);
    if (!out.path.starts_with('/') || out.path.size() >= sizeof(sockaddr_un::sun_path))
      return failure("its address names no socket; write it as \"unix:///dev/log\"");
    return out;
  }
  if (!url.starts_with("udp://") && !url.starts_with("tcp://"))
    return failure("its address must begin with udp://, tcp:// or unix://");
  out.kind = url.starts_with("udp") ? SyslogAddress::Kind::udp : SyslogAddress::Kind::tcp;
  url.remove_prefix(6);
  if (url.ends_with('/')) url.remove_suffix(1);
  size_t colon = url.find(':', url.starts_with('[') ? std::min(url.find(']'), url.size()) : 0);
  out.host = url.substr(0, colon);
  out.port = colon == url.npos ? (out.kind == SyslogAddress::Kind::udp ? "514" : "601")
                               : std::string(url.substr(colon + 1));
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  bool number = !out.port.empty() && out.port.size() <= 5 &&
                std::ranges::all_of(out.port, [](char c) { return c >= '0' && c <= '9'; });
  if (out.host.empty() || !number)
    return failure("its address names no host, or no port that is a number");
  return out;
}

std::string syslog_message(std::string_view line, int64_t time_ns, std::string_view host, int pid) {
  constexpr int log_audit = 13, warning = 4, informational = 6;
  std::string_view kind = kind_of(line);
  int severity = kind == "alert" || kind == "shed" ? warning : informational;
  std::string time;
  append_time(time, time_ns, 6);
  return fmt::format("<{}>1 {} {} aipol {} {} - {}", log_audit * 8 + severity, time, host, pid,
                     kind.empty() ? "-" : kind, line);
}

SyslogWriter::SyslogWriter(SyslogAddress address)
    : address_(std::move(address)), host_(own_host()) {}

size_t SyslogWriter::longest_record() const {
  bool datagrams = address_.kind == SyslogAddress::Kind::udp;
  bool maybe_datagrams = address_.kind == SyslogAddress::Kind::local;
  return datagrams || maybe_datagrams ? most_of_datagram - head_bytes : most_of_message;
}

Result<void> SyslogWriter::connect_local() {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::ranges::copy(address_.path, to.sun_path);
  for (int type : {SOCK_DGRAM, SOCK_STREAM}) {
    Descriptor opened(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (opened && ::connect(opened.number(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
      socket_ = std::move(opened);
      stream_ = type == SOCK_STREAM;
      return {};
    }
    if (errno != EPROTOTYPE) break;
  }
  return failure(error_text("cannot be reached"));
}

Result<void> SyslogWriter::connect() {
  if (address_.kind == SyslogAddress::Kind::local) return connect_local();
  stream_ = address_.kind == SyslogAddress::Kind::tcp;
  addrinfo hints{};
  hints.ai_socktype = stream_ ? SOCK_STREAM : SOCK_DGRAM;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints, &found);
  if (error != 0) return failure(fmt::format("cannot be found: {}", ::gai_strerror(error)));
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Descriptor opened(
        ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol));
    if (!opened || !connect_within_time(opened.number(), *at)) continue;
    socket_ = std::move(opened);
    return {};
  }
  return failure(error_text("cannot be reached"));
}

// A server that has gone away would let the next message vanish.
bool SyslogWriter::closed_by_peer() const {
  char byte;
  ssize_t got = ::recv(socket_.number(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

Result<void> SyslogWriter::send(std::string_view message) {
  while (!message.empty()) {
    ssize_t sent = ::send(socket_.number(), message.data(), message.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      message.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(socket_.number(), POLLOUT)) return failure(error_text("cannot be written"));
    } else if (errno == ENOBUFS) {
      ::usleep(10'000);
    } else if (errno != EINTR) {
      return failure(error_text("cannot be written"));
    }
  }
  return {};
}

// After an error the message is sent again, as a whole, over a new connection.
Result<void> SyslogWriter::write(std::string_view& lines) {
  while (!lines.empty()) {
    if (socket_ && stream_ && closed_by_peer()) socket_.close();
    if (!socket_) {
      if (Result<void> done = connect(); !done) return done;
    }
    std::string_view line = lines.substr(0, lines.find('\n'));
    std::string message = syslog_message(line, SystemClock().now(), host_, ::getpid());
    if (stream_) message.insert(0, fmt::format("{} ", message.size()));
    if (Result<void> done = send(message); !done) {
      socket_.close();
      return done;
    }
    lines.remove_prefix(line.size() + 1);
  }
  return {};
}

}  // namespace aipol::audit
