// What `serve --record` keeps of a request: all that replaying it needs, texts included, as the
// client sent it and as the upstream answered, before policies changed any of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/audit/entry.h"
#include "runtime/context/call.h"

namespace aipol::gateway {

struct Exchange;

// The answer of an upstream, copied while it goes by. Does nothing until it is begun.
class RecordedAnswer {
 public:
  // An answer that is longer is recorded without its texts.
  static constexpr size_t most_bytes = 16 << 20;

  // `head`: status and latency. `events`: a streamed chat.
  void begin(const context::Response& head, bool chat, bool events);
  void add(std::string_view bytes);
  void clear() { *this = {}; }
  bool begun() const { return begun_; }

  // What was answered; the texts of a stream go into `chunks` instead.
  context::Response response(std::vector<std::string>& chunks) const;

 private:
  void read_events(context::Response& response, std::vector<std::string>& chunks) const;

  context::Response head_;
  std::string body_;
  bool begun_ = false, chat_ = false, events_ = false, too_long_ = false;
};

// Of a request that has ended: why its upstream gave no whole answer, by the words of
// `response.error` in described calls; empty: it did, or was not asked.
std::string_view upstream_error(const Exchange& exchange);

// Before that: what a request that was refused before its body was read asked for, where the body
// came all the same. It stays refused.
void hear_out(Exchange& exchange);

// Writes the record of a request that policies saw and that has ended, where requests are recorded.
// `entry` is what the audit trail says of it.
std::string traffic_line(const Exchange& exchange, const audit::Entry& entry);

}  // namespace aipol::gateway
