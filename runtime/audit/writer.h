// What a sink does with its chained records. Used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/audit/chain.h"

namespace aipol::audit {

using Milliseconds = std::chrono::milliseconds;

class Writer {
 public:
  virtual ~Writer() = default;

  // Where the chain goes on; and a record to be written before all others, or nothing.
  virtual Link last() const { return {}; }
  virtual std::string first_record() { return {}; }

  // Takes whole lines off the front of `lines`, each with its line break, until none is left. After
  // an error it is called again with what is left, which may begin within a line.
  virtual Result<void> write(std::string_view& lines) = 0;

  // What is done besides, when `due` has passed: forcing to the disk, sending what waits on disk.
  virtual Result<void> work() { return {}; }
  virtual std::optional<Milliseconds> due() const { return std::nullopt; }

  // How long the other side asks to be left alone, after an error.
  virtual Milliseconds asked_delay() const { return Milliseconds(0); }
  // Records that the other side will never take, since this was asked last.
  virtual uint64_t take_refused() { return 0; }
  // A record with more bytes can not be written at all; 0: there is no bound.
  virtual size_t longest_record() const { return 0; }

  // Settings that can change while the sink is open.
  virtual void adopt(const plan::Sink&) {}
  virtual Result<void> reopen() { return {}; }
  // After the last record.
  virtual Result<void> finish() { return {}; }
  virtual uint64_t spooled_bytes() const { return 0; }
};

}  // namespace aipol::audit
