#include "runtime/stores/redis_counters.h"

#include <algorithm>
#include <charconv>
#include <random>

#include <fmt/format.h>

#include "runtime/stores/redis_scripts.h"

namespace aipol::stores {

using meters::MemoryStore;
using meters::Outcome;

namespace {

constexpr size_t most_in_batch = 256;
constexpr size_t most_seen_bytes = size_t{64} << 20;
constexpr size_t most_owed_bytes = size_t{128} << 20;
constexpr int tries_before_turn = 3;
constexpr int most_tries = 200;
constexpr const char* lease = "15000";  // milliseconds
constexpr auto reconnect_timeout = std::chrono::milliseconds(250);
constexpr auto heartbeat = std::chrono::seconds(5);
constexpr auto first_pause = std::chrono::milliseconds(100);
constexpr auto longest_pause = std::chrono::seconds(2);

uint64_t random_word() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::string text_of(GatewayId gateway) { return fmt::format("{:016x}", gateway); }

// What stands between the braces of a key must have none itself.
std::string tag_of(std::string_view space) {
  std::string tag;
  for (char c : space) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.';
    if (plain)
      tag += c;
    else
      tag += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return tag.empty() ? "aipol" : tag;
}

std::string_view consequence(WhenAway when) {
  switch (when) {
    case WhenAway::deny:
      return "what it has to count is refused";
    case WhenAway::allow:
      return "requests pass uncounted";
    case WhenAway::local:
      return "this gateway counts alone";
  }
  __builtin_unreachable();
}

}  // namespace

RedisCounters::RedisCounters(const Options& options, RedisAddress address, const Clock& clock)
    : options_(options),
      clock_(clock),
      gateway_(random_word()),
      prefix_(fmt::format("aipol:{{{}}}:", tag_of(options.space))),
      gateways_key_(prefix_ + "gateways"),
      turn_key_(prefix_ + "turn"),
      link_(std::move(address), options.patience),
      seen_(most_seen_bytes, {random_word(), random_word()}),
      backlog_(most_owed_bytes) {
  restore();
  thread_ = std::thread([this] { keep_connected(); });
}

uint32_t RedisCounters::meter(std::string_view identity) {
  std::lock_guard lock(names_mutex_);
  auto found = numbers_.find(identity);
  if (found != numbers_.end()) return found->second;
  auto number = static_cast<uint32_t>(names_.size());
  names_.push_back(fmt::format("{}c:{}:", prefix_, identity));
  numbers_.emplace(identity, number);
  return number;
}

std::string RedisCounters::name(const meters::Address& address) const {
  std::lock_guard lock(names_mutex_);
  std::string name = names_[address.meter];
  name += address.key;
  return name;
}

Outcome RedisCounters::transact(std::span<const meters::Address> counters, Missing missing,
                                int64_t now, meters::Step& step) {
  bool long_key = std::ranges::any_of(
      counters, [](const meters::Address& at) { return at.key.size() > longest_key; });
  if (long_key) return Outcome::full;  // so it was when it was to be made
  Request request;
  request.transaction = {counters, missing, now, &step};
  if (submit(request)) return Outcome::done;
  return without_server(request);
}

std::optional<std::vector<Reply>> RedisCounters::ask(std::vector<Command> commands) {
  Request request;
  request.commands = std::move(commands);
  if (!submit(request)) return std::nullopt;
  return std::move(request.replies);
}

// The first in the queue leads: it takes those behind it along.
bool RedisCounters::submit(Request& request) {
  std::unique_lock lock(mutex_);
  if (away_) return false;
  queue_.push_back(&request);
  while (request.result == Request::Result::none && (busy_ || queue_.front() != &request))
    request.turn.wait(lock);
  if (request.result == Request::Result::none) lead(lock);
  return request.result == Request::Result::done;
}

void RedisCounters::lead(std::unique_lock<std::mutex>& lock) {
  std::vector<Request*> batch;
  while (!queue_.empty() && batch.size() < most_in_batch) {
    batch.push_back(queue_.front());
    queue_.pop_front();
  }
  if (away_) return finish_round(lock, batch, false);
  busy_ = true;
  lock.unlock();
  std::vector<Transaction*> transactions;
  std::vector<Request*> asking;
  for (Request* request : batch) {
    if (request->transaction.step != nullptr)
      transactions.push_back(&request->transaction);
    else
      asking.push_back(request);
  }
  Commit how = pay_backlog(backlog_.size()) ? round(transactions, asking) : Commit::not_done;
  if (how != Commit::done) fail(batch, how);
  lock.lock();
  busy_ = false;
  finish_round(lock, batch, how == Commit::done);
}

// With the lock.
void RedisCounters::finish_round(std::unique_lock<std::mutex>&, std::span<Request* const> batch,
                                 bool done) {
  for (Request* request : batch) {
    request->result =
        done && !request->transaction.unreadable ? Request::Result::done : Request::Result::failed;
    request->turn.notify_one();
  }
  if (!queue_.empty()) queue_.front()->turn.notify_one();
  changed_.notify_all();
}

RedisCounters::Commit RedisCounters::round(std::span<Transaction* const> transactions,
                                           std::span<Request* const> asking) {
  Commit how = commit(transactions, asking);
  std::lock_guard lock(mutex_);
  if (how == Commit::done) statistics_.transactions += transactions.size() + asking.size();
  return how;
}

Command RedisCounters::script(const char* source, std::string& sha) const {
  if (sha.empty()) return {"EVAL", source};
  return {"EVALSHA", sha};
}

// The commit's reply, and those of the commands into the requests.
Result<std::vector<Reply>> RedisCounters::send(RedisBatch& batch, std::span<Request* const> asking,
                                               bool wants_turn) {
  std::vector<Command> commands;
  for (Request* request : asking)
    commands.insert(commands.end(), request->commands.begin(), request->commands.end());
  const std::string head[] = {text_of(gateway_), std::to_string(generation_),
                              std::to_string(++batch_), lease, wants_turn ? "1" : "0"};
  Command keys_and_arguments = batch.command(gateways_key_, turn_key_, head);
  Command call = script(commit_script, commit_sha_);
  call.insert(call.end(), keys_and_arguments.begin(), keys_and_arguments.end());
  commands.push_back(std::move(call));
  auto replies = link_.ask(commands);
  if (!replies || !replies->back().text.starts_with("NOSCRIPT")) return replies;
  commands.back()[0] = "EVAL";
  commands.back()[1] = commit_script;
  auto again = link_.ask({&commands.back(), 1});
  if (!again) return again;
  replies->back() = std::move(again->front());
  return replies;
}

RedisCounters::Commit RedisCounters::commit(std::span<Transaction* const> transactions,
                                            std::span<Request* const> asking) {
  RedisBatch batch(transactions, gateway_,
                   [&](const meters::Address& address) { return name(address); });
  bool reconnected = false;
  for (int tries = 0; tries < most_tries; ++tries) {
    batch.apply(seen_, version_);
    auto replies = send(batch, asking, tries >= tries_before_turn);
    if (!replies) {
      trouble_ = replies.error().message;
      in_doubt_ = batch_;
      std::optional<bool> was_done = reconnected ? std::nullopt : reconnect();
      reconnected = true;
      if (!was_done) return Commit::in_doubt;
      if (!*was_done || !asking.empty()) continue;
      batch.keep(seen_);
      return Commit::done;
    }
    size_t next = 0;
    for (Request* request : asking)
      for (size_t i = 0; i < request->commands.size(); ++i)
        request->replies.push_back(std::move((*replies)[next++]));
    asking = {};
    const Reply& reply = replies->back();
    if (reply.items.size() < 2) {
      trouble_ = fmt::format("redis at {}: {}", link_.address().shown(), reply.text);
      return Commit::not_done;
    }
    const std::string& status = reply.items[0].text;
    {
      std::lock_guard lock(mutex_);
      ++statistics_.round_trips;
      statistics_.conflicts += status == "changed" || status == "busy";
    }
    if (status == "done") {
      if (batch.empty()) take_alive(reply.items[1].text);
      batch.keep(seen_);
      return Commit::done;
    }
    if (status != "changed" && status != "busy") break;
    take_alive(reply.items[1].text);
    batch.learn(reply, alive_, seen_);
    if (status == "busy")
      std::this_thread::sleep_for(std::chrono::microseconds(200 + batch_ % 300));
  }
  trouble_ = fmt::format("redis at {}: others always come first", link_.address().shown());
  return Commit::not_done;
}

// Once, at once: a server that was only restarted is not away. Gives whether the batch in doubt was
// done, if the server says so.
std::optional<bool> RedisCounters::reconnect() {
  std::optional<uint64_t> doubted = in_doubt_;
  if (!link_.connect(reconnect_timeout)) return std::nullopt;
  auto last = hello();
  if (!last) {
    trouble_ = last.error().message;
    return std::nullopt;
  }
  return *last == std::to_string(*doubted);
}

void RedisCounters::take_alive(const std::string& ids) {
  std::vector<GatewayId> alive = {gateway_};
  for (size_t at = 0; at + 16 <= ids.size(); at += 17) {
    GatewayId id = 0;
    std::from_chars(ids.data() + at, ids.data() + at + 16, id, 16);
    if (id != gateway_) alive.push_back(id);
  }
  std::ranges::sort(alive);
  if (alive == alive_) return;
  alive_ = std::move(alive);
  seen_.keep_owners(alive_);
}

// The oldest, so many. False: the server went away; what was not done is in the backlog again.
bool RedisCounters::pay_backlog(size_t most) {
  while (most > 0) {
    auto owed = backlog_.take(std::min(most, most_in_batch));
    if (owed.empty()) return true;
    most -= owed.size();
    std::vector<std::vector<meters::Address>> addresses;
    std::vector<Transaction> transactions;
    for (Owed& one : owed) {
      auto& of = addresses.emplace_back();
      for (const auto& [meter, key] : one.counters) of.push_back({meter, key});
    }
    for (size_t i = 0; i < owed.size(); ++i)
      transactions.push_back({addresses[i], owed[i].missing, owed[i].now, owed[i].step.get()});
    std::vector<Transaction*> batch;
    for (Transaction& transaction : transactions) batch.push_back(&transaction);
    Commit how = round(batch, {});
    if (how == Commit::done) continue;
    for (Owed& one : owed)
      one.when = how == Commit::in_doubt ? Owed::If::batch_not_done : Owed::If::always;
    backlog_.put_back(std::move(owed));
    return false;
  }
  return true;
}

// The batch was not done, or nobody knows. What is owed for it is noted before the callers go on,
// and before anybody can ask the server.
void RedisCounters::fail(std::span<Request* const> batch, Commit how) {
  bool doubt = how == Commit::in_doubt;
  for (Request* request : batch) {
    const Transaction& one = request->transaction;
    if (one.step == nullptr || one.unreadable) continue;
    if (one.step->due()) {
      backlog_.add(one.counters, one.missing, one.now, one.step->copy(),
                   doubt ? Owed::If::batch_not_done : Owed::If::always);
      request->owed = true;
    } else if (doubt) {
      backlog_.add(one.counters, Missing::skip, one.now, one.step->undo(), Owed::If::batch_done);
    }
  }
  go_away(trouble_);
}

void RedisCounters::go_away(const std::string& why) {
  link_.close();
  std::shared_ptr<MemoryStore> alone;
  if (options_.when_away == WhenAway::local) {
    alone = std::make_shared<MemoryStore>(options_.most_bytes);
    seen_.each([&](SeenCounters::Seen& seen) {
      std::ignore = alone->put({seen.meter, seen.key}, std::move(seen.counter.state));
    });
    seen_.clear();
  }
  {
    std::lock_guard lock(mutex_);
    away_ = true;
    alone_ = std::move(alone);
    statistics_.away_since = clock_.now();
  }
  options_.report(fmt::format("{}: {} until it is back", why, consequence(options_.when_away)));
}

Outcome RedisCounters::without_server(Request& request) {
  const auto& [counters, missing, now, step, unreadable] = request.transaction;
  std::shared_ptr<MemoryStore> alone;
  bool due = step->due();
  {
    std::lock_guard lock(mutex_);
    alone = alone_;
    if (!due && options_.when_away == WhenAway::deny) ++statistics_.refused;
    if (!due && options_.when_away == WhenAway::allow) ++statistics_.passed;
    if (alone) ++statistics_.alone;
  }
  if (due && !request.owed && !unreadable)
    backlog_.add(counters, missing, now, step->copy(), Owed::If::always);
  if (alone) {
    Outcome outcome = alone->transact(counters, missing, now, *step);
    if (!due && outcome == Outcome::done)
      backlog_.add(counters, missing, now, step->copy(), Owed::If::always);
    return due ? Outcome::done : outcome;
  }
  if (due) return Outcome::done;
  return options_.when_away == WhenAway::allow ? Outcome::passed : Outcome::away;
}

// Gives the last batch that was done.
Result<std::string> RedisCounters::hello() {
  Command load_commit = {"SCRIPT", "LOAD", commit_script};
  Command hello = {"EVAL",        hello_script,      "1",
                   gateways_key_, text_of(gateway_), std::to_string(++generation_),
                   lease};
  const Command commands[] = {std::move(load_commit), std::move(hello)};
  auto replies = link_.ask(commands);
  if (!replies) return std::unexpected(replies.error());
  const Reply& loaded = (*replies)[0];
  const Reply& greeted = (*replies)[1];
  if (greeted.items.size() < 2)
    return failure(fmt::format("redis at {}: {}", link_.address().shown(), greeted.text));
  commit_sha_ = loaded.failed() ? std::string() : loaded.text;
  if (in_doubt_) backlog_.resolve(greeted.items[0].text == std::to_string(*in_doubt_));
  in_doubt_.reset();
  take_alive(greeted.items[1].text);
  return greeted.items[0].text;
}

// By whoever has the link, while it is away. What is owed is paid before others count again; what
// comes on top meanwhile, when nobody goes on alone any more.
void RedisCounters::restore() {
  auto connected = link_.connect();
  if (connected) {
    if (auto last = hello(); !last) connected = std::unexpected(last.error());
  }
  if (connected && pay_backlog(backlog_.size())) {
    int64_t since = 0;
    {
      std::lock_guard lock(mutex_);
      away_ = false;
      alone_.reset();
      since = std::exchange(statistics_.away_since, 0);
    }
    if (since != 0) options_.report(fmt::format("redis at {} is back", link_.address().shown()));
    if (!pay_backlog(backlog_.size())) go_away(trouble_);
    return;
  }
  link_.close();
  std::unique_lock lock(mutex_);
  if (statistics_.away_since != 0) return;
  lock.unlock();
  go_away(connected ? trouble_ : connected.error().message);
}

// Reconnects while the server is away; else says now and then that this gateway is alive, and hears
// who else is.
void RedisCounters::keep_connected() {
  std::chrono::milliseconds pause = first_pause;
  std::unique_lock lock(mutex_);
  while (!stops_) {
    bool away = away_;
    auto wake = [&] { return stops_ || away_ != away; };
    changed_.wait_for(lock, away ? pause : std::chrono::milliseconds(heartbeat), wake);
    if (stops_) break;
    if (!away_) {
      pause = first_pause;
      if (away) continue;
      lock.unlock();
      std::ignore = ask({});
      lock.lock();
      continue;
    }
    if (!away) continue;  // it has just gone: not at once again
    changed_.wait(lock, [&] { return stops_ || !busy_; });
    busy_ = true;
    lock.unlock();
    restore();
    lock.lock();
    busy_ = false;
    pause = std::min<std::chrono::milliseconds>(2 * pause, longest_pause);
    if (!queue_.empty()) queue_.front()->turn.notify_one();
  }
}

void RedisCounters::sweep(int64_t now) {
  std::shared_ptr<MemoryStore> alone;
  {
    std::lock_guard lock(mutex_);
    alone = alone_;
  }
  if (alone) alone->sweep(now);  // the server's own expire there
}

Statistics RedisCounters::statistics() const {
  std::lock_guard lock(mutex_);
  Statistics statistics = statistics_;
  statistics.counters = alone_ ? alone_->size() : 0;
  statistics.owed = backlog_.size();
  statistics.lost = backlog_.lost();
  return statistics;
}

void RedisCounters::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stops_) return;
    stops_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (size_t owed = backlog_.size(); owed != 0)
    options_.report(fmt::format("redis at {} was owed {} changes of counters, which are lost",
                                link_.address().shown(), owed));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_; });
  away_ = true;
  lock.unlock();
  const Command bye = {"HDEL", gateways_key_, text_of(gateway_)};
  if (link_.connected()) std::ignore = link_.ask({&bye, 1});
  link_.close();
}

}  // namespace aipol::stores
