#include "runtime/gateway/reloader.h"

#include <fmt/format.h>

#include "runtime/gateway/shadowing.h"

namespace aipol::gateway {

Reloader::Reloader(Sets sets, ServiceOptions options, Lasting& lasting, Hooks hooks)
    : sets_(sets), options_(std::move(options)), lasting_(lasting), hooks_(std::move(hooks)) {}

Reloader::~Reloader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

void Reloader::start(uint64_t seen, Afterwards afterwards) {
  seen_ = seen;
  if (sets_.shadow != nullptr) seen_shadow_ = sets_.shadow->stamp();
  thread_ = std::jthread(
      [this, afterwards = std::move(afterwards)]() mutable { run(std::move(afterwards)); });
}

void Reloader::ask() {
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  wake_.notify_one();
}

void Reloader::do_afterwards(Afterwards afterwards) {
  if (!afterwards.of_served && !afterwards.of_shadow) return;
  background_ = std::jthread([afterwards = std::move(afterwards)] {
    if (afterwards.of_served) afterwards.of_served();
    if (afterwards.of_shadow) afterwards.of_shadow();
  });
}

void Reloader::run(Afterwards afterwards) {
  do_afterwards(std::move(afterwards));
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

uint64_t Reloader::stamp() const {
  return stamp_of(stamp_of(sets_.served, sets_.shadow), *hooks_.current());
}

// Where its files changed.
std::function<void()> Reloader::reload_shadow() {
  if (sets_.shadow == nullptr || sets_.shadow->stamp() == seen_shadow_) return nullptr;
  seen_shadow_ = sets_.shadow->stamp();
  auto loaded = load_shadow(*sets_.shadow, lasting_);
  if (!loaded) {
    hooks_.tell(
        fmt::format("the new shadow is refused, the old one stays: {}\n", loaded.error().message));
    return nullptr;
  }
  hooks_.tell(fmt::format("shadow {} is tried\n", lasting_.shadow->statistics().version));
  return std::move(*loaded);
}

void Reloader::reload() {
  const auto begun = std::chrono::steady_clock::now();
  background_ = {};  // waits for what the last load left to be done
  const auto before = hooks_.current();
  options_.before = before.get();
  const uint64_t files = stamp_of(sets_.served, sets_.shadow);
  Afterwards afterwards{nullptr, reload_shadow()};
  auto loaded = sets_.served.load();
  Result<std::shared_ptr<const Service>> service =
      loaded ? make_service(loaded->program, options_, lasting_)
             : Result<std::shared_ptr<const Service>>(std::unexpected(loaded.error()));
  lasting_.metrics.reload(service.has_value());
  if (!service) {
    hooks_.tell(fmt::format("the new policies are refused, the old ones stay in force: {}\n",
                            service.error().message));
    do_afterwards(std::move(afterwards));
    return;
  }
  const std::string version = (*service)->plan().version;
  seen_ = stamp_of(files, **service);
  hooks_.adopt(std::move(*service));
  const auto took = std::chrono::steady_clock::now() - begun;
  hooks_.tell(fmt::format("policies {} are in force, loaded in {} ms\n", version,
                          std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  afterwards.of_served = std::move(loaded->afterwards);
  do_afterwards(std::move(afterwards));
}

}  // namespace aipol::gateway
