#include "runtime/gateway/gateway.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "runtime/gateway/fleet.h"
#include "runtime/gateway/shadowing.h"

namespace aipol::gateway {
namespace {

void announce(int descriptor, const std::string& line) {
  [[maybe_unused]] const ssize_t written = ::write(descriptor, line.data(), line.size());
}

// Every connection is a descriptor, or two.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The end has begun and this thread is the last: a late signal must not turn it into a death by
// signal, which is what the default handlers do that come back with the end of the signal set.
void ignore_further_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Result<Endpoint> find_address(const std::string& text) {
  auto wanted = parse_listen_address(text);
  if (!wanted) return wanted;
  return claim(*wanted);
}

Result<std::optional<Endpoint>> listen_to_operators(Fleet& fleet, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto address = find_address(text);
  if (!address) return std::unexpected(address.error());
  if (auto listening = fleet.listen_to_operators(*address); !listening)
    return std::unexpected(listening.error());
  return *address;
}

}  // namespace

Result<void> serve(const Options& options, Policies& policies, Policies* shadow) {
  const uint64_t stamp = stamp_of(policies, shadow);
  auto loaded = policies.load();
  if (!loaded) return std::unexpected(loaded.error());
  Lasting lasting;
  const plan::Gateway& first = loaded->program->plan().deployment.gateway;
  if (auto opened = lasting.open(
          first, policies.folder, options.log,
          [to = options.announce](const std::string& line) { announce(to, line + "\n"); });
      !opened)
    return opened;
  const ServiceOptions making{
      policies.folder, options.recording,
      [to = options.announce](const std::string& line) { announce(to, line + "\n"); }, nullptr};
  std::function<void()> of_shadow;
  if (shadow != nullptr) {
    auto shadowed = load_shadow(*shadow, lasting);
    if (!shadowed) return std::unexpected(shadowed.error());
    of_shadow = std::move(*shadowed);
  }
  auto service = make_service(loaded->program, making, lasting);
  if (!service) return std::unexpected(service.error());
  const uint64_t seen = stamp_of(stamp, **service);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const plan::Gateway& settings = (*service)->settings();
  const auto address = find_address(options.listen.value_or(settings.listen));
  if (!address) return std::unexpected(address.error());
  Fleet fleet(*service, lasting);
  const unsigned threads =
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  if (auto listening = fleet.listen(*address, threads); !listening) return listening;
  const auto admin = listen_to_operators(fleet, options.admin.value_or(settings.admin));
  if (!admin) return std::unexpected(admin.error());
  if (*admin)
    announce(options.announce, fmt::format("operators at {}\n", format_endpoint(**admin)));
  announce(options.announce, fmt::format("listening on {}\n", format_endpoint(*address)));
  {
    Reloader reloader(
        {policies, shadow}, making, lasting,
        {[&] { return fleet.service(); }, [&](auto fresh) { fleet.adopt(std::move(fresh)); },
         [&](const std::string& line) { announce(options.announce, line); }});
    reloader.start(seen, {std::move(loaded->afterwards), std::move(of_shadow)});
    service->reset();
    fleet.run(reloader);
  }
  lasting.close();
  ignore_further_signals();
  return {};
}

}  // namespace aipol::gateway
