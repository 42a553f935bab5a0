#include "runtime/stores/sqlite_stores.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/stores/session_bytes.h"

namespace aipol::stores {

using meters::MemoryStore;
using std::chrono::steady_clock;

namespace {

constexpr auto sweep_every = std::chrono::minutes(1);

}  // namespace

meters::Outcome SqliteStores::Counters::transact(std::span<const meters::Address> addresses,
                                                 Missing missing, int64_t now, meters::Step& step) {
  meters::Outcome outcome = memory.transact(addresses, missing, now, step);
  if (outcome == meters::Outcome::done && step.refused() && memory.unwritten(addresses))
    stores_.keep_refusal(addresses);
  return outcome;
}

SqliteStores::SqliteStores(Options options, const Clock& clock, std::unique_ptr<SqliteFile> file)
    : options_(std::move(options)),
      clock_(clock),
      file_(std::move(file)),
      counters_(*this, options_.most_bytes) {}

Result<std::unique_ptr<Stores>> SqliteStores::open(Options options, const Clock& clock) {
  std::filesystem::path path(options.state.at);
  auto file = SqliteFile::open(path.is_absolute() ? path : options.folder / path);
  if (!file) return std::unexpected(file.error());
  std::unique_ptr<SqliteStores> stores(
      new SqliteStores(std::move(options), clock, std::move(*file)));
  if (auto loaded = stores->load(); !loaded) return std::unexpected(loaded.error());
  stores->thread_ = std::thread([&made = *stores] { made.write_behind(); });
  return stores;
}

Result<void> SqliteStores::load() {
  int64_t now = clock_.now();
  counters_.memory.note_changes();
  counters_.memory.written(take_);
  auto loaded =
      file_->load([&](CounterRow row) { return load_counter(std::move(row), now); },
                  [&](SessionRow row) -> Result<void> {
                    auto tags = tags_of(row.tags);
                    if (!tags)
                      return failure("a session in it can not be read; move the file away");
                    sessions_.put(row.id, {std::move(*tags), row.turns, row.last});
                    return {};
                  });
  sessions_.note_changes();
  return loaded;
}

// Who had reserved is gone.
Result<void> SqliteStores::load_counter(CounterRow row, int64_t now) {
  auto state = meters::decode(row.state);
  if (!state)
    return failure(fmt::format(
        "a counter of {} in it can not be read; move the file away to count from nothing",
        row.meter));
  meters::abandon(*state);
  uint32_t meter = counters_.memory.meter(row.meter);
  if (state->idle_from <= now) {
    counters_to_write_[{meter, std::move(row.key)}] = {};
    return {};
  }
  if (counters_.memory.put({meter, row.key}, std::move(*state))) return {};
  return failure("its counters take more memory than they may");
}

void SqliteStores::write_behind() {
  auto swept = steady_clock::now();
  std::unique_lock lock(stopping_);
  while (!stop_asked_.wait_for(lock, options_.window, [&] { return stops_; })) {
    lock.unlock();
    {
      std::lock_guard writing(writing_);
      write_all();
    }
    if (file_->needs_checkpoint()) file_->checkpoint();
    if (steady_clock::now() - swept >= sweep_every) {
      swept = steady_clock::now();
      counters_.sweep(clock_.now());
    }
    lock.lock();
  }
}

// Where the file can not be written, callers do not wait for it once a refusal each.
void SqliteStores::keep_refusal(std::span<const meters::Address> addresses) {
  std::lock_guard writing(writing_);
  if (stopped_ || steady_clock::now() - failed_at_ < options_.window) return;
  if (!counters_.memory.unwritten(addresses)) return;
  counters_.memory.take_changes(++take_, addresses, changes_);
  write();
}

const std::string& SqliteStores::name(uint32_t meter) {
  if (names_.size() <= meter) names_.resize(meter + 1);
  if (names_[meter].empty()) names_[meter] = counters_.memory.name(meter);
  return names_[meter];
}

void SqliteStores::write_all() {
  counters_.memory.take_changes(++take_, changes_);
  sessions_.take_changes([&](const std::string& id, const enforce::Remembered* session) {
    sessions_to_write_[id] = session == nullptr ? SessionRow{id, {}, 0, 0, true}
                                                : SessionRow{id, tags_as_bytes(session->tags),
                                                             session->turns, session->last, false};
  });
  write();
}

// After a take.
void SqliteStores::write() {
  for (MemoryStore::Change& change : changes_)
    counters_to_write_[{change.meter, std::move(change.key)}] = std::move(change.state);
  changes_.clear();
  Result<void> written;
  if (!counters_to_write_.empty() || !sessions_to_write_.empty()) {
    std::vector<CounterRow> counters;
    for (const auto& [at, state] : counters_to_write_)
      counters.push_back({name(at.first), at.second, state});
    std::vector<SessionRow> sessions;
    for (const auto& [id, session] : sessions_to_write_) sessions.push_back(session);
    written = file_->write(counters, sessions);
    note(written);
  }
  if (!written) return;
  counters_to_write_.clear();
  sessions_to_write_.clear();
  counters_.memory.written(take_);
}

void SqliteStores::note(const Result<void>& written) {
  bool failed_before = failed_at_ != steady_clock::time_point{};
  if (written) {
    ++statistics_.writes;
    statistics_.last_write = clock_.now();
    failed_at_ = {};
    if (failed_before) options_.report("the state file is written again");
    return;
  }
  ++statistics_.write_errors;
  failed_at_ = steady_clock::now();
  if (!failed_before)
    options_.report(written.error().message + "; what is counted now is lost if the gateway dies");
}

Statistics SqliteStores::statistics() const {
  std::lock_guard writing(writing_);
  Statistics statistics = statistics_;
  statistics.counters = counters_.memory.size();
  statistics.unwritten =
      counters_.memory.changes() + counters_to_write_.size() + sessions_to_write_.size();
  return statistics;
}

void SqliteStores::stop() {
  {
    std::lock_guard lock(stopping_);
    stops_ = true;
  }
  stop_asked_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::lock_guard writing(writing_);
  if (!stopped_.exchange(true)) write_all();
}

}  // namespace aipol::stores
