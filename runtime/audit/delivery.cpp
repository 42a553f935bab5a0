#include "runtime/audit/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace aipol::audit {

namespace {

class JsonArray final : public Form {
 public:
  std::string body(const std::vector<std::string_view>& lines) const override {
    std::string out = "[";
    for (std::string_view line : lines) {
      if (out.size() > 1) out += ',';
      out += line;
    }
    return out + ']';
  }
};

// In seconds; a date is not waited for.
Milliseconds retry_after(const web::Answer& answer) {
  std::string_view text = answer.header("retry-after");
  long seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(std::clamp(seconds, 0l, 3600l));
}

bool refuses_the_batch(uint16_t status) { return status == 400 || status == 413 || status == 422; }

// Without the host that stands before it: addresses may be secrets.
std::string without_address(std::string_view message) {
  size_t colon = message.find(": ");
  return std::string(colon == message.npos ? message : message.substr(colon + 2));
}

}  // namespace

std::unique_ptr<Form> json_array() { return std::make_unique<JsonArray>(); }

// At least one record.
std::vector<std::string_view> Delivery::next_batch(std::string_view lines) const {
  std::vector<std::string_view> batch;
  size_t bytes = 0;
  while (!lines.empty() && batch.size() < batch_records_) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    bytes += line.size();
    if (!batch.empty() && bytes > most_bytes) break;
    batch.push_back(line);
    lines.remove_prefix(line.size() + 1);
  }
  return batch;
}

Result<web::Answer> Delivery::post(const std::vector<std::string_view>& batch) {
  web::Request request;
  request.method = "POST";
  request.url = endpoint_.url;
  request.headers = {{"content-type", "application/json"}};
  if (!endpoint_.key.empty())
    request.headers.emplace_back("authorization", "Bearer " + endpoint_.key);
  request.body = form_->body(batch);
  request.timeout = endpoint_.timeout;
  return web::send(request);
}

Result<void> Delivery::send(std::string_view& lines) {
  asked_delay_ = Milliseconds(0);
  while (!lines.empty()) {
    std::vector<std::string_view> batch = next_batch(lines);
    Result<web::Answer> answer = post(batch);
    if (!answer) return failure(without_address(answer.error().message));
    bool given_up = refuses_the_batch(answer->status) && batch.size() == 1;
    if (!answer->good() && !given_up) {
      if (refuses_the_batch(answer->status)) {
        batch_records_ = batch.size() / 2;
        continue;
      }
      asked_delay_ = retry_after(*answer);
      return failure(fmt::format("it answers {}", answer->status));
    }
    refused_ += given_up ? 1 : form_->refused(*answer);
    batch_records_ = std::min(most_records, batch_records_ * 2);
    lines.remove_prefix(
        static_cast<size_t>(batch.back().data() + batch.back().size() + 1 - lines.data()));
  }
  return {};
}

}  // namespace aipol::audit
