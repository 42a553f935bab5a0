// Records as messages of syslog: RFC 5424, over UDP (RFC 5426), over TCP with octet counting (RFC
// 6587), or to a local socket. Nobody confirms them: what is sent may be lost on its way.
#pragma once

#include <memory>
#include <string>

#include "runtime/audit/descriptor.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

struct SyslogAddress {
  enum class Kind : uint8_t { udp, tcp, local } kind = Kind::udp;
  std::string host, port;
  std::string path;  // of a local one
};

// "udp://HOST[:514]", "tcp://HOST[:601]", "unix:///dev/log".
Result<SyslogAddress> parse_syslog_address(std::string_view url);

// One message without framing: facility "log audit", severity warning for alerts, else
// informational.
std::string syslog_message(std::string_view line, int64_t time_ns, std::string_view host, int pid);

class SyslogWriter final : public Writer {
 public:
  explicit SyslogWriter(SyslogAddress address);

  Result<void> write(std::string_view& lines) override;
  size_t longest_record() const override;

 private:
  Result<void> connect();
  Result<void> connect_local();
  Result<void> send(std::string_view message);
  bool closed_by_peer() const;

  SyslogAddress address_;
  std::string host_;
  Descriptor socket_;
  bool stream_ = false;  // octet counting
};

}  // namespace aipol::audit
