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
  return expand(goal, {}, 0);
}

std::optional<World> Search::expand(Goal pending, Goal leaves, size_t depth) {
  while (!pending.empty()) {
    if (pending.size() + leaves.size() > most_literals) return std::nullopt;
    Literal literal = pending.back();
    pending.pop_back();
    Shape::Parts parts = shape_.parts(literal);
    if (parts.kind == Kind::leaf) {
      leaves.push_back(literal);
      if (never(leaves)) return std::nullopt;
    } else if (parts.kind == Kind::all) {
      for (const Goal& part : parts.parts) pending.insert(pending.end(), part.begin(), part.end());
    } else {
      if (depth >= deepest) return std::nullopt;
      for (const Goal& part : parts.parts) {
        if (turns_ == 0) return std::nullopt;
        --turns_;
        Goal more = pending;
        more.insert(more.end(), part.begin(), part.end());
        if (auto world = expand(std::move(more), leaves, depth + 1)) return world;
        if (left_ == 0) return std::nullopt;
      }
      return std::nullopt;
    }
  }
  return conclude(leaves);
}

// Whether the last leaf can not be, as those of its group before it are.
bool Search::never(const Goal& leaves) {
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
