#include "runtime/shadow/shadow.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "base/civil.h"
#include "base/json_text.h"

namespace aipol::shadow {

namespace {

size_t text_bytes(const Seen& seen) {
  const context::Call& call = seen.call.call;
  size_t bytes = call.request.body_text.size() + call.response.text.size();
  for (const context::Message& message : call.ai.messages) bytes += message.text.size();
  for (const std::string& chunk : seen.call.reply.chunks) bytes += chunk.size();
  return bytes;
}

std::string_view word(const Done& done) { return done.allowed ? "allow" : "deny"; }

}  // namespace

Result<std::unique_ptr<Shadow>> Shadow::make(std::shared_ptr<const decision::Program> program,
                                             enforce::Assets assets, int64_t now, Tell tell) {
  std::unique_ptr<Shadow> made(new Shadow(std::move(tell)));
  if (auto adopted = made->adopt(std::move(program), std::move(assets), now); !adopted)
    return std::unexpected(adopted.error());
  made->thread_ = std::thread([shadow = made.get()] { shadow->run(); });
  return made;
}

Shadow::~Shadow() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<void> Shadow::adopt(std::shared_ptr<const decision::Program> program, enforce::Assets assets,
                           int64_t now) {
  auto simulation = offline::Simulation::make(program, std::move(assets), now);
  if (!simulation) return std::unexpected(simulation.error());
  const std::lock_guard lock(mutex_);
  simulation_ = std::move(*simulation);
  program_ = std::move(program);
  counted_ = {};
  counted_.version = program_->plan().version;
  counted_.since = now;
  changes_.clear();
  return {};
}

void Shadow::submit(Seen seen) {
  const size_t bytes = text_bytes(seen);
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting || waiting_bytes_ + bytes > most_waiting_bytes) {
      ++counted_.skipped;
      return;
    }
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(seen));
    if (waiting_.size() > 1) return;  // it is awake, or has been woken
  }
  wake_.notify_one();
}

std::shared_ptr<const decision::Program> Shadow::program() const {
  const std::lock_guard lock(mutex_);
  return program_;
}

bool Shadow::reads_answers() const {
  const std::lock_guard lock(mutex_);
  return simulation_->engine().reads_answers();
}

Statistics Shadow::statistics() const {
  const std::lock_guard lock(mutex_);
  Statistics out = counted_;
  for (const auto& [key, change] : changes_) out.changes.push_back(change);
  std::ranges::stable_sort(out.changes, std::ranges::greater{}, &Change::count);
  return out;
}

void Shadow::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);  // on Linux: this thread's
  std::unique_lock lock(mutex_);
  std::vector<Seen> taken;
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    taken.clear();
    std::swap(taken, waiting_);
    waiting_bytes_ = 0;
    const std::shared_ptr<offline::Simulation> simulation = simulation_;
    lock.unlock();
    for (Seen& seen : taken) decide(*simulation, seen);
    lock.lock();
  }
}

void Shadow::decide(offline::Simulation& simulation, Seen& seen) {
  simulation.set_time(std::max(simulation.now(), seen.call.call.request.time_ns));
  const offline::Outcome outcome = simulation.decide(seen.call);
  const plan::Plan& plan = simulation.engine().program().plan();
  const Done after = done_of(plan, outcome.decision, outcome.decision.fired, outcome.target,
                             outcome.cached, outcome.record);
  const auto what = difference(seen.done, after);
  {
    const std::lock_guard lock(mutex_);
    if (plan.version != counted_.version) return;  // another has come meanwhile
    ++counted_.decided;
    ++(what ? counted_.changed : counted_.same);
  }
  if (!what) return;
  const Difference found{*what, seen, after, plan.version};
  count(found);
  if (tell_) tell_(found);
}

void Shadow::count(const Difference& found) {
  const Done &before = found.seen.done, &after = found.after;
  // Of what is not refused any more: who refused it.
  const Done& blamed = !before.allowed && after.allowed ? before : after;
  std::array<std::string, 5> key{std::string(found.what), std::string(word(before)),
                                 std::string(word(after)), blamed.policy, blamed.statement};
  const std::lock_guard lock(mutex_);
  if (changes_.size() >= most_changes && !changes_.contains(key)) key = {"other", "", "", "", ""};
  Change& change = changes_[key];
  if (change.count++ == 0) {
    change.what = key[0], change.from = key[1], change.to = key[2];
    change.policy = key[3], change.statement = key[4];
  }
  if (change.examples.size() < most_examples)
    change.examples.push_back(found.seen.call.call.request.id);
}

std::string page(const Statistics& statistics) {
  std::string text;
  JsonWriter out(text);
  const auto count = [&](std::string_view name, uint64_t value) {
    out.number(name, static_cast<int64_t>(value));
  };
  out.open('{');
  out.text("version", statistics.version);
  out.text("since", format_time(statistics.since));
  count("records", statistics.decided);
  count("same", statistics.same);
  count("changed", statistics.changed);
  count("skipped", statistics.skipped);
  out.open("changes", '[');
  for (const Change& change : statistics.changes) {
    out.open('{');
    out.text("what", change.what);
    out.text_if_any("from", change.from);
    out.text_if_any("to", change.to);
    out.text_if_any("policy", change.policy);
    out.text_if_any("statement", change.statement);
    count("count", change.count);
    out.texts_if_any("examples", change.examples);
    out.close('}');
  }
  out.close(']');
  out.close('}');
  return text + "\n";
}

}  // namespace aipol::shadow
