// Records on standard output.
#pragma once

#include "runtime/audit/writer.h"

namespace aipol::audit {

class StreamWriter final : public Writer {
 public:
  // The descriptor stays open.
  explicit StreamWriter(int descriptor);
  // Fails where nobody reads for a second.
  Result<void> write(std::string_view& lines) override;

 private:
  int descriptor_;
  size_t most_at_once_;
};

}  // namespace aipol::audit
