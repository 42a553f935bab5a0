#include "runtime/audit/log.h"

#include <algorithm>
#include <mutex>
#include <semaphore>

#include "base/check.h"
#include "runtime/audit/channel.h"
#include "runtime/audit/open_writer.h"

namespace aipol::audit {

namespace {

using Channels = std::vector<std::shared_ptr<Channel>>;
using Call = std::move_only_function<void()>;

// Asks one after the other that has no room, until all have.
void when_all_have_room(std::shared_ptr<const Channels> channels, Call call) {
  for (const std::shared_ptr<Channel>& channel : *channels) {
    if (channel->has_room() || channel->stopped()) continue;
    channel->when_room([channels, call = std::move(call)]() mutable {
      when_all_have_room(std::move(channels), std::move(call));
    });
    return;
  }
  call();
}

}  // namespace

Outlet::Outlet(Channels channels, bool blocks) : channels_(std::move(channels)), blocks_(blocks) {}

bool Outlet::blocks(std::span<const uint32_t> sinks) const {
  return blocks_ && std::ranges::any_of(sinks, [&](uint32_t sink) {
           AIPOL_CHECK(sink < channels_.size(), "records go to sinks of their version");
           return !channels_[sink]->has_room() && !channels_[sink]->stopped();
         });
}

bool Outlet::try_submit(std::span<const uint32_t> sinks, std::string_view line) {
  if (blocks(sinks)) return false;
  for (uint32_t sink : sinks) {
    Channel& channel = *channels_[sink];
    bool full = !channel.has_room() && (!blocks_ || channel.stopped());
    full ? channel.shed() : channel.append(line);
  }
  return true;
}

void Outlet::when_room(std::span<const uint32_t> sinks, Call call) {
  auto asked = std::make_shared<Channels>();
  for (uint32_t sink : sinks) asked->push_back(channels_[sink]);
  when_all_have_room(std::move(asked), std::move(call));
}

bool Outlet::submit(std::span<const uint32_t> sinks, std::string_view line) {
  auto stopped = [&] {
    return std::ranges::any_of(sinks, [&](uint32_t sink) { return channels_[sink]->stopped(); });
  };
  while (!stopped()) {
    if (try_submit(sinks, line)) return true;
    auto room = std::make_shared<std::binary_semaphore>(0);
    when_room(sinks, [room] { room->release(); });
    room->acquire();
  }
  return false;
}

struct Log::State {
  struct Open {
    std::string identity;
    std::shared_ptr<Channel> channel;
  };

  explicit State(Options given) : options(std::move(given)) {}

  std::shared_ptr<Channel> find(const std::string& identity) const {
    auto found = std::ranges::find(open, identity, &Open::identity);
    return found == open.end() ? nullptr : found->channel;
  }

  Result<std::shared_ptr<Channel>> open_channel(const Place& place) {
    std::string doubt;
    Result<std::unique_ptr<Writer>> writer = open_writer(place, options, doubt);
    if (!writer) return std::unexpected(writer.error());
    if (!doubt.empty() && options.trouble) options.trouble(place.sink.name, doubt);
    return std::make_shared<Channel>(place.sink, std::move(*writer), options,
                                     longest_retry(place, options));
  }

  // Closes what no outlet has any more and what has nothing left to do.
  void drop_unused() {
    std::erase_if(
        open, [](const Open& one) { return one.channel.use_count() == 1 && one.channel->idle(); });
  }

  const Options options;
  mutable std::mutex mutex;
  std::vector<Open> open;
};

Log::Log(Options options) : state_(std::make_unique<State>(std::move(options))) {}

Log::~Log() {
  for (const State::Open& one : state_->open)
    one.channel->begin_to_stop(std::chrono::steady_clock::now());
  for (const State::Open& one : state_->open) one.channel->join();
}

Result<std::shared_ptr<Outlet>> Log::configure(const std::vector<plan::Sink>& sinks, bool blocks) {
  const std::lock_guard lock(state_->mutex);
  std::vector<State::Open> chosen;
  size_t known = state_->open.size();
  auto fail = [&](const Error& error) {
    state_->open.resize(known);
    return std::unexpected(error);
  };
  for (const plan::Sink& sink : sinks) {
    Result<Place> place = place_of(sink, state_->options);
    if (!place) return fail(place.error());
    std::shared_ptr<Channel> channel = state_->find(place->identity);
    if (channel == nullptr) {
      Result<std::shared_ptr<Channel>> opened = state_->open_channel(*place);
      if (!opened) return fail(opened.error());
      channel = *opened;
      state_->open.push_back({place->identity, channel});
    }
    chosen.push_back({place->identity, channel});
  }
  Channels channels;
  for (size_t i = 0; i < sinks.size(); ++i) {
    chosen[i].channel->adopt(sinks[i]);
    channels.push_back(chosen[i].channel);
  }
  chosen.clear();
  state_->drop_unused();
  return std::make_shared<Outlet>(std::move(channels), blocks);
}

void Log::reopen() {
  const std::lock_guard lock(state_->mutex);
  for (const State::Open& one : state_->open) one.channel->reopen();
}

void Log::stop_blocking() {
  const std::lock_guard lock(state_->mutex);
  for (const State::Open& one : state_->open) one.channel->stop_blocking();
}

uint64_t Log::stop(std::chrono::milliseconds longest) {
  const std::lock_guard lock(state_->mutex);
  auto deadline = std::chrono::steady_clock::now() + longest;
  for (const State::Open& one : state_->open) one.channel->begin_to_stop(deadline);
  uint64_t lost = 0;
  for (const State::Open& one : state_->open) {
    uint64_t of_this = one.channel->join();
    lost += of_this;
    if (of_this > 0 && state_->options.trouble)
      state_->options.trouble(
          one.channel->statistics().name,
          std::to_string(of_this) + " records could not be written and are lost");
  }
  return lost;
}

std::vector<Statistics> Log::statistics() const {
  const std::lock_guard lock(state_->mutex);
  state_->drop_unused();
  std::vector<Statistics> all;
  for (const State::Open& one : state_->open) all.push_back(one.channel->statistics());
  return all;
}

}  // namespace aipol::audit
