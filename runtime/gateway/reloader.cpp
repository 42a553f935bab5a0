#include "runtime/gateway/reloader.h"

#include <fmt/format.h>

namespace aipol::gateway {

Reloader::Reloader(Policies& policies, ServiceOptions options, Lasting& lasting, Hooks hooks)
    : policies_(policies),
      options_(std::move(options)),
      lasting_(lasting),
      hooks_(std::move(hooks)) {}

Reloader::~Reloader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

void Reloader::start(uint64_t seen, std::function<void()> afterwards) {
  seen_ = seen;
  thread_ = std::jthread([this, afterwards = std::move(afterwards)] { run(afterwards); });
}

void Reloader::ask() {
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  wake_.notify_one();
}

void Reloader::run(std::function<void()> afterwards) {
  if (afterwards) background_ = std::jthread(std::move(afterwards));
  while (wait(seen_)) reload();
}

// Until there is something to load: files that changed and then stayed as they are for one look, so
// that none is read half written.
bool Reloader::wait(uint64_t& seen) {
  std::unique_lock lock(mutex_);
  std::optional<uint64_t> changed;
  for (;;) {
    wake_.wait_for(lock, between_looks, [this] { return asked_ || stopping_; });
    if (stopping_) return false;
    lock.unlock();
    const uint64_t now = stamp();
    lock.lock();
    if (std::exchange(asked_, false) || (changed == now && now != seen)) {
      seen = now;
      return true;
    }
    changed = now;
  }
}

uint64_t Reloader::stamp() const { return policies_.stamp() * 31 + hooks_.current()->stamp(); }

void Reloader::reload() {
  const auto begun = std::chrono::steady_clock::now();
  background_ = {};  // waits for what the last load left to be done
  const auto before = hooks_.current();
  options_.before = before.get();
  const uint64_t policies = policies_.stamp();
  auto loaded = policies_.load();
  Result<std::shared_ptr<const Service>> service =
      loaded ? make_service(loaded->program, options_, lasting_)
             : Result<std::shared_ptr<const Service>>(std::unexpected(loaded.error()));
  lasting_.metrics.reload(service.has_value());
  if (!service) {
    hooks_.tell(fmt::format("the new policies are refused, the old ones stay in force: {}\n",
                            service.error().message));
    return;
  }
  const std::string version = (*service)->plan().version;
  seen_ = policies * 31 + (*service)->stamp();
  hooks_.adopt(std::move(*service));
  const auto took = std::chrono::steady_clock::now() - begun;
  hooks_.tell(fmt::format("policies {} are in force, loaded in {} ms\n", version,
                          std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  if (loaded->afterwards) background_ = std::jthread(std::move(loaded->afterwards));
}

}  // namespace aipol::gateway
