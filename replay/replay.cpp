#include "replay/replay.h"

#include <fmt/format.h>

#include "replay/any_order.h"
#include "replay/in_order.h"

namespace aipol::replay {

Result<Report> run(LineSource& source, const PolicySet* from, const PolicySet& to,
                   const Options& options) {
  Partition partition(from, to);
  if (options.shard && partition.order() == Partition::Order::whole)
    return failure(fmt::format(
        "these policies can not be replayed in shards, for what they remember of earlier requests "
        "is not told apart by one value: {}; replay them without `--shard`",
        partition.why()));
  bool free = partition.order() == Partition::Order::free;
  auto parts = free ? replay_in_any_order(source, from, to, options)
                    : replay_in_order(source, from, to, partition, options);
  if (!parts) return std::unexpected(parts.error());
  Report sum = std::move(parts->front());
  for (size_t i = 1; i < parts->size(); ++i) sum.merge((*parts)[i]);
  if (options.shard) {
    sum.of = options.shard->of;
    sum.shards = {options.shard->number};
  }
  return sum;
}

}  // namespace aipol::replay
