// Many lists of globs (see glob.h) matched at once: one walk over a path's segments finds every list that has a match.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stdlib/native/glob.h"

namespace aipol::native {

class PathMatcher {
 public:
  // Lists are numbered from 1 in the order of `lists`.
  explicit PathMatcher(std::span<const std::vector<std::string>> lists);

  // Working memory of one thread, reused from path to path. Paths come again: what was found for some
  // that came lately is kept.
  struct Walk {
    struct Seen {
      uint64_t matcher = 0;
      std::string path;
      std::vector<uint32_t> found;
    };
    static constexpr size_t longest_seen = 128;

    std::vector<uint32_t> active, next, visited;
    uint32_t epoch = 0;
    std::array<Seen, 64> seen;  // by hash
  };

  // Sets `found` to the numbers of the lists with a glob that matches the path, ascending, each once.
  void match(std::string_view path, Walk& walk, std::vector<uint32_t>& found) const;

 private:
  static constexpr uint32_t none = ~0u;
  struct Pattern {
    Glob glob;  // of one segment
    uint32_t node;
  };
  struct Node {
    std::vector<uint32_t> ends;         // lists of globs that end here
    std::vector<uint32_t> patterns;     // children by a segment with `*`, numbers in patterns_
    uint32_t star = none;               // child by the segment `*`
    uint32_t rest = none;               // child by the segment `**`
    bool repeats = false;               // is such a child: takes any more segments
    bool leaf = true;                   // without literal children
  };
  struct Edge {
    uint64_t hash = 0;  // 0: free
    uint32_t from = 0, to = 0;
    std::string segment;
  };

  void add(std::string_view glob, uint32_t list);
  uint32_t child(uint32_t node, std::string_view segment);
  uint32_t literal_child(uint32_t node, std::string_view segment);
  uint32_t pattern_child(uint32_t node, std::string_view segment);
  void insert_edge(Edge edge);
  void grow_edges();
  uint32_t literal(uint32_t node, std::string_view segment) const;
  void walk_along(std::string_view path, Walk& walk, std::vector<uint32_t>& found) const;
  void enter(uint32_t node, Walk& walk) const;
  void step(uint32_t node, std::string_view segment, Walk& walk) const;

  const uint64_t id_;  // no other has had it, in this process
  std::vector<Node> nodes_;
  std::vector<Pattern> patterns_;
  std::unordered_map<std::string, uint32_t> known_patterns_;  // node and segment -> number in patterns_
  std::vector<Edge> edges_;                                   // open addressing, a power of two
  size_t edge_count_ = 0;
  struct Irregular {
    Glob glob;
    uint32_t list;
  };
  std::vector<Irregular> irregular_;  // with `**` inside a segment, tried one by one
};

}  // namespace aipol::native
