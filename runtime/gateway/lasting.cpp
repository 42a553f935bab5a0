#include "runtime/gateway/lasting.h"

#include <fmt/format.h>

#include <random>

#include "runtime/identity/secret.h"

namespace aipol::gateway {

namespace {

// Transactions that wait together go to the server together.
constexpr size_t thread_count = 32;
constexpr std::chrono::seconds longest_wait_for_sinks{10};

}  // namespace

Lasting::Lasting() {
  std::random_device device;
  for (uint64_t& word : redaction_secret) word = uint64_t{device()} << 32 | device();
}

Result<void> Lasting::open(const plan::Gateway& settings, const std::filesystem::path& folder,
                           int standard_output, std::function<void(const std::string&)> report) {
  audit::Options audit;
  audit.folder = folder;
  audit.standard_output = standard_output;
  audit.secret = [folder](const plan::Secret& secret) {
    return identity::read_secret(secret, folder);
  };
  audit.trouble = [report](std::string_view sink, std::string_view what) {
    report(fmt::format("sink {}: {}", sink, what));
  };
  log_ = std::make_unique<audit::Log>(std::move(audit));
  stores::Options options;
  options.state = settings.state;
  options.when_away = stores::when_away(settings.on_state_error);
  options.window = settings.state_window;
  options.folder = folder;
  options.report = std::move(report);
  auto opened = stores::open(std::move(options), clock);
  if (!opened) return std::unexpected(opened.error());
  stores_ = std::move(*opened);
  if (stores_->counters().waits()) threads_.emplace(thread_count);
  return {};
}

void Lasting::close() {
  log_->stop_blocking();  // so that the shadow's end is not waited for
  shadow.reset();
  if (threads_) threads_->join();
  stores_->stop();
  log_->stop(longest_wait_for_sinks);
}

}  // namespace aipol::gateway
