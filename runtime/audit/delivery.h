// Records given to a server of others, a batch in each request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/audit/writer.h"
#include "runtime/web/web.h"

namespace aipol::audit {

// How the records of a batch become the body of a request.
class Form {
 public:
  virtual ~Form() = default;
  virtual std::string body(const std::vector<std::string_view>& lines) const = 0;
  // Of a good answer: how many of the records were refused all the same.
  virtual uint64_t refused(const web::Answer&) const { return 0; }
};

std::unique_ptr<Form> json_array();  // [record,record]
std::unique_ptr<Form> otlp_logs();   // ExportLogsServiceRequest of opentelemetry-proto, as JSON

struct Endpoint {
  std::string url;
  std::string key;  // sent as Bearer; may be empty
  Milliseconds timeout{10'000};
};

// Sends batches in order. What an answer means:
//   2xx                  taken
//   400, 413, 422        a smaller batch is tried; a record that is refused alone is given up
//   everything else, and no answer: not taken, to be tried again later
class Delivery {
 public:
  static constexpr size_t most_records = 500, most_bytes = size_t{1} << 20;

  Delivery(Endpoint endpoint, std::unique_ptr<Form> form)
      : endpoint_(std::move(endpoint)), form_(std::move(form)) {}

  // Takes whole lines off the front until none is left. The error does not hold the address.
  Result<void> send(std::string_view& lines);
  Milliseconds asked_delay() const { return asked_delay_; }
  uint64_t take_refused() { return std::exchange(refused_, 0); }

 private:
  std::vector<std::string_view> next_batch(std::string_view lines) const;
  Result<web::Answer> post(const std::vector<std::string_view>& batch);

  Endpoint endpoint_;
  std::unique_ptr<Form> form_;
  size_t batch_records_ = most_records;  // fewer after a refusal
  Milliseconds asked_delay_{0};
  uint64_t refused_ = 0;
};

}  // namespace aipol::audit
