// Records sent to a server of others, kept in memory until it takes them.
#pragma once

#include "runtime/audit/delivery.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

class PostWriter final : public Writer {
 public:
  explicit PostWriter(Delivery delivery) : delivery_(std::move(delivery)) {}

  Result<void> write(std::string_view& lines) override { return delivery_.send(lines); }
  Milliseconds asked_delay() const override { return delivery_.asked_delay(); }
  uint64_t take_refused() override { return delivery_.take_refused(); }

 private:
  Delivery delivery_;
};

}  // namespace aipol::audit
