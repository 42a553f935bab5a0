#include "compiler/prove/search.h"

namespace aipol::prove {

using Kind = Shape::Parts::Kind;

namespace {

constexpr size_t most_ends = 24;    // ways through the alternatives that are tried
constexpr size_t most_turns = 500;  // alternatives that are entered on these ways
constexpr size_t deepest = 64;      // alternatives one within the other
constexpr size_t most_literals = 4000;
constexpr size_t most_looked_at = 8;  // leaves of one group, before the end of a way

}  // namespace

std::optional<World> Search::find(const Goal& goal) {
  goal_ = &goal;
  left_ = most_ends;
  turns_ = most_turns;
  impossible_ = false;
  return expand(goal, {}, 0);
}

// What has to be comes first, so that it tells which alternatives can not.
std::optional<World> Search::expand(Goal pending, Goal leaves, size_t depth) {
  Goal open;
  while (!pending.empty()) {
    if (pending.size() + leaves.size() + open.size() > most_literals) return std::nullopt;
    Literal literal = pending.back();
    pending.pop_back();
    Shape::Parts parts = shape_.parts(literal);
    bool never = parts.kind == Kind::any && parts.parts.empty();
    if (parts.kind == Kind::leaf) {
      leaves.push_back(literal);
      never = contradicts(leaves);
    } else if (parts.kind == Kind::any) {
      open.push_back(literal);
    } else {
      for (const Goal& part : parts.parts) pending.insert(pending.end(), part.begin(), part.end());
    }
    if (!never) continue;
    impossible_ = impossible_ || depth == 0;
    return std::nullopt;
  }
  if (open.empty()) return conclude(leaves);
  if (depth >= deepest) return std::nullopt;
  Shape::Parts next = shape_.parts(open.front());
  for (const Goal& part : next.parts) {
    if (turns_ == 0) return std::nullopt;
    --turns_;
    Goal more(open.rbegin(), open.rend() - 1);
    more.insert(more.end(), part.begin(), part.end());
    if (auto world = expand(std::move(more), leaves, depth + 1)) return world;
    if (left_ == 0) return std::nullopt;
  }
  return std::nullopt;
}

// Whether the last leaf can not be, as those of its group before it are.
bool Search::contradicts(const Goal& leaves) {
  GroupId group = shape_.group_of_leaf(leaves.back().node);
  if (group == Shape::many || group == Shape::none) return false;
  Goal same;
  for (Literal leaf : leaves) {
    if (shape_.group_of_leaf(leaf.node) == group) same.push_back(leaf);
    if (same.size() > most_looked_at) return false;
  }
  return chooser_.choose(group, std::move(same)).kind == Choice::Kind::none;
}

std::optional<World> Search::conclude(const Goal& leaves) {
  if (left_ == 0) return std::nullopt;
  --left_;
  std::map<GroupId, Goal> by_group;
  for (Literal leaf : leaves) {
    GroupId group = shape_.group_of_leaf(leaf.node);
    if (group != Shape::many && group != Shape::none) by_group[group].push_back(leaf);
  }
  World world;
  for (const auto& [group, literals] : by_group) {
    Choice choice = chooser_.choose(group, literals);
    if (choice.kind != Choice::Kind::found) return std::nullopt;
    world.merge(choice.world);
  }
  return worlds_.settled(*goal_, leaves, std::move(world));
}

}  // namespace aipol::prove
