#include "plan/code.h"

#include <algorithm>

namespace aipol::plan {

namespace {

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ull + (hash << 6) + (hash >> 2);
  return hash * 0xD6E8FEB86659FD93ull;
}

}  // namespace

NodeId Code::add(Op op, Rep rep, uint32_t payload, std::span<const NodeId> arguments) {
  uint64_t hash = mixed(static_cast<uint64_t>(op) << 8 | static_cast<uint64_t>(rep), payload);
  for (NodeId argument : arguments) hash = mixed(hash, argument);
  auto [from, to] = known_.equal_range(hash);
  for (auto it = from; it != to; ++it) {
    if (same(it->second, op, rep, payload, arguments)) return it->second;
  }
  auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back({op, rep, payload, static_cast<uint32_t>(arguments_.size()),
                    static_cast<uint32_t>(arguments.size())});
  arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
  known_.emplace(hash, id);
  return id;
}

bool Code::same(NodeId id, Op op, Rep rep, uint32_t payload, std::span<const NodeId> others) const {
  const Node& node = nodes_[id];
  return node.op == op && node.rep == rep && node.payload == payload &&
         std::ranges::equal(arguments(id), others);
}

}  // namespace aipol::plan
