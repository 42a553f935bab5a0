#include "stdlib/native/path_matcher.h"

#include <algorithm>
#include <atomic>

#include "base/text_hash.h"

namespace aipol::native {

namespace {

// Takes the segment up to the next slash off the rest; false when there was no further slash.
bool take_segment(std::string_view& rest, std::string_view& segment) {
  size_t slash = rest.find('/');
  segment = rest.substr(0, slash);
  if (slash == rest.npos) return false;
  rest.remove_prefix(slash + 1);
  return true;
}

bool irregular(std::string_view glob) {
  std::string_view segment;
  for (bool more = true; more;) {
    more = take_segment(glob, segment);
    if (segment != "**" && segment.find("**") != segment.npos) return true;
  }
  return false;
}

uint64_t edge_hash(uint32_t node, std::string_view segment) {
  return (text_hash(segment) + node) * 0x9E3779B97F4A7C15ull | 1;
}

uint64_t next_id() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

PathMatcher::PathMatcher(std::span<const std::vector<std::string>> lists)
    : id_(next_id()), nodes_(1), edges_(16) {
  for (uint32_t i = 0; i < lists.size(); ++i) {
    for (const std::string& glob : lists[i]) add(glob, i + 1);
  }
}

void PathMatcher::add(std::string_view glob, uint32_t list) {
  if (irregular(glob)) {
    irregular_.push_back({Glob(glob), list});
    return;
  }
  uint32_t node = 0;
  std::string_view segment;
  for (bool more = true; more;) {
    more = take_segment(glob, segment);
    node = child(node, segment);
  }
  auto& ends = nodes_[node].ends;
  if (ends.empty() || ends.back() != list) ends.push_back(list);
}

uint32_t PathMatcher::child(uint32_t node, std::string_view segment) {
  if (segment != "**" && segment != "*") {
    return segment.find('*') == segment.npos ? literal_child(node, segment) : pattern_child(node, segment);
  }
  bool rest = segment == "**";
  uint32_t known = rest ? nodes_[node].rest : nodes_[node].star;
  if (known != none) return known;
  auto made = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back().repeats = rest;
  (rest ? nodes_[node].rest : nodes_[node].star) = made;
  return made;
}

uint32_t PathMatcher::literal_child(uint32_t node, std::string_view segment) {
  if (uint32_t known = literal(node, segment); known != none) return known;
  auto made = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back();
  nodes_[node].leaf = false;
  if (++edge_count_ * 2 > edges_.size()) grow_edges();
  insert_edge({edge_hash(node, segment), node, made, std::string(segment)});
  return made;
}

uint32_t PathMatcher::pattern_child(uint32_t node, std::string_view segment) {
  std::string key = std::to_string(node) + "/" + std::string(segment);
  auto [it, fresh] = known_patterns_.try_emplace(std::move(key), static_cast<uint32_t>(patterns_.size()));
  if (fresh) {
    auto made = static_cast<uint32_t>(nodes_.size());
    nodes_.emplace_back();
    nodes_[node].patterns.push_back(it->second);
    patterns_.push_back({Glob(segment), made});
  }
  return patterns_[it->second].node;
}

void PathMatcher::insert_edge(Edge edge) {
  size_t mask = edges_.size() - 1, slot = edge.hash >> 32 & mask;
  while (edges_[slot].hash != 0) slot = (slot + 1) & mask;
  edges_[slot] = std::move(edge);
}

void PathMatcher::grow_edges() {
  std::vector<Edge> old(edges_.size() * 2);
  old.swap(edges_);
  for (Edge& edge : old) {
    if (edge.hash != 0) insert_edge(std::move(edge));
  }
}

uint32_t PathMatcher::literal(uint32_t node, std::string_view segment) const {
  uint64_t hash = edge_hash(node, segment);
  size_t mask = edges_.size() - 1;
  for (size_t slot = hash >> 32 & mask; edges_[slot].hash != 0; slot = (slot + 1) & mask) {
    const Edge& edge = edges_[slot];
    if (edge.hash == hash && edge.from == node && edge.segment == segment) return edge.to;
  }
  return none;
}

// Behind the first segment a `**` may be missing together with the slash before it.
void PathMatcher::enter(uint32_t node, Walk& walk) const {
  while (node != none && walk.visited[node] != walk.epoch) {
    walk.visited[node] = walk.epoch;
    walk.next.push_back(node);
    node = nodes_[node].rest;
  }
}

void PathMatcher::step(uint32_t number, std::string_view segment, Walk& walk) const {
  const Node& node = nodes_[number];
  if (node.repeats) enter(number, walk);
  if (!node.leaf) enter(literal(number, segment), walk);
  if (node.star != none && !segment.empty()) enter(node.star, walk);
  enter(node.rest, walk);
  for (uint32_t pattern : node.patterns) {
    if (patterns_[pattern].glob.matches(segment)) enter(patterns_[pattern].node, walk);
  }
}

void PathMatcher::match(std::string_view path, Walk& walk, std::vector<uint32_t>& found) const {
  if (path.size() > Walk::longest_seen) return walk_along(path, walk, found);
  Walk::Seen& seen = walk.seen[(text_hash(path) ^ id_) % walk.seen.size()];
  if (seen.matcher == id_ && same_text(seen.path, path)) {
    found = seen.found;
    return;
  }
  walk_along(path, walk, found);
  seen.matcher = id_;
  seen.path = path;
  seen.found = found;
}

void PathMatcher::walk_along(std::string_view path, Walk& walk, std::vector<uint32_t>& found) const {
  found.clear();
  walk.visited.resize(nodes_.size());
  walk.active.assign(1, 0);
  std::string_view rest = path, segment;
  for (bool more = true; more && !walk.active.empty();) {
    more = take_segment(rest, segment);
    walk.next.clear();
    if (++walk.epoch == 0) std::ranges::fill(walk.visited, 0), walk.epoch = 1;
    for (uint32_t node : walk.active) step(node, segment, walk);
    walk.active.swap(walk.next);
  }
  for (uint32_t node : walk.active) found.insert(found.end(), nodes_[node].ends.begin(), nodes_[node].ends.end());
  for (const Irregular& one : irregular_) {
    if (one.glob.matches(path)) found.push_back(one.list);
  }
  if (found.size() < 2) return;
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
}

}  // namespace aipol::native
