#include "plan/code.h"

#include <algorithm>
#include <bit>

namespace aipol::plan {

namespace {

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ull + (hash << 6) + (hash >> 2);
  return hash * 0xD6E8FEB86659FD93ull;
}

uint32_t hash_of(Op op, Rep rep, uint32_t payload, std::span<const NodeId> arguments) {
  uint64_t hash = mixed(static_cast<uint64_t>(op) << 8 | static_cast<uint64_t>(rep), payload);
  for (NodeId argument : arguments) hash = mixed(hash, argument);
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

NodeId Code::add(Op op, Rep rep, uint32_t payload, std::span<const NodeId> arguments) {
  if (known_.size() < 2 * (nodes_.size() + 1)) grow();
  uint32_t hash = hash_of(op, rep, payload, arguments);
  size_t mask = known_.size() - 1;
  for (size_t slot = hash & mask; known_[slot].node != no_node; slot = (slot + 1) & mask) {
    const Known& known = known_[slot];
    if (known.hash == hash && same(known.node, op, rep, payload, arguments)) return known.node;
  }
  auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back({op, rep, payload, static_cast<uint32_t>(arguments_.size()),
                    static_cast<uint32_t>(arguments.size())});
  arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
  know(id);
  return id;
}

void Code::know(NodeId id) {
  const Node& node = nodes_[id];
  uint32_t hash = hash_of(node.op, node.rep, node.payload, arguments(id));
  size_t mask = known_.size() - 1, slot = hash & mask;
  while (known_[slot].node != no_node) slot = (slot + 1) & mask;
  known_[slot] = {hash, id};
}

void Code::grow() {
  constexpr size_t least = 64;
  known_.assign(std::max(least, std::bit_ceil(4 * (nodes_.size() + 1))), {});
  for (NodeId id = 0; id < nodes_.size(); ++id) know(id);
}

bool Code::same(NodeId id, Op op, Rep rep, uint32_t payload, std::span<const NodeId> others) const {
  const Node& node = nodes_[id];
  return node.op == op && node.rep == rep && node.payload == payload &&
         std::ranges::equal(arguments(id), others);
}

}  // namespace aipol::plan
