#include "replay/worker.h"

#include "replay/demand.h"

namespace aipol::replay {

namespace {

const plan::Plan* plan_of(const PolicySet* set) { return set == nullptr ? nullptr : &set->plan(); }

}  // namespace

Result<std::unique_ptr<Pair>> Pair::make(const PolicySet* from, const PolicySet& to) {
  auto made = std::make_unique<Pair>();
  if (from != nullptr) {
    auto world = World::make(*from);
    if (!world) return std::unexpected(world.error());
    made->from_ = std::move(*world);
  }
  auto world = World::make(to);
  if (!world) return std::unexpected(world.error());
  made->to_ = std::move(*world);
  return made;
}

void Pair::decide(Record& record, Tally& tally) {
  if (from_ != nullptr && from_->leaves(record.call)) {
    from_->decide(record, record.call, before_);
    record.call.endpoint = nullptr;
  } else if (from_ != nullptr) {
    copy_ = record.call;
    from_->decide(record, copy_, before_);
  }
  // Its call may be kept in flight.
  target_.assign(record.call.target);
  const context::Call& call = to_->decide(record, record.call, after_);
  tally.add(record, {call, target_}, from_ == nullptr ? nullptr : &before_, after_);
}

void Pair::finish(Tally& tally) {
  std::vector<uint32_t> fired;
  to_->finish(fired);
  tally.add_fired(fired);
}

Worker::Worker(const PolicySet* from, const PolicySet& to, const Options& options,
               const std::vector<std::string>& logs)
    : options_(options),
      reader_(plan_of(from), &to.plan(), {demanded_fields(from, to), from == nullptr}),
      tally_(from, to, options.team, logs, options.changes) {}

uint64_t Worker::place_hash(uint32_t file, uint64_t line) {
  uint64_t hash = (line + uint64_t{file} * 0x9E3779B97F4A7C15ull) * 0xD6E8FEB86659FD93ull;
  return hash ^ (hash >> 29);
}

void Worker::unreadable(const std::string& why, uint32_t file, uint64_t line) {
  if (!options_.shard || options_.shard->holds(place_hash(file, line)))
    tally_.add_unreadable(why, file, line);
}

// What a block tells besides its lines.
void Worker::pass_over(const Block& block) {
  if (block.too_long) unreadable("the line is longer than a record may be", block.file, block.line);
  for (const auto& [line, why] : block.unreadable) unreadable(why, block.file, line);
  bool ours = !options_.shard || options_.shard->holds(place_hash(block.file, block.line));
  if (ours) tally_.add_other(block.passed_over);
}

bool Worker::read_line(std::string_view text, uint32_t file, uint64_t line, Record& record) {
  auto done = reader_.read(text, true, record);
  record.file = file;
  record.line = line;
  if (!done) {
    unreadable(done.error().message, file, line);
    return false;
  }
  if (record.kind != Kind::other) return true;
  if (!options_.shard || options_.shard->holds(place_hash(file, line))) tally_.add_other(1);
  return false;
}

}  // namespace aipol::replay
