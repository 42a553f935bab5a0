// YAML as a tree of texts with their lines; all of yaml-cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aipol::importing {

inline constexpr size_t max_yaml_bytes = 4 << 20;
inline constexpr size_t max_yaml_nodes = 200'000;  // aliases counted wherever they stand
inline constexpr size_t max_yaml_depth = 64;

struct Yaml {
  struct Member;  // no std::pair: that wants to know of its parts before they are complete
  enum class Kind : uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;  // of a scalar
  bool is_quoted = false;
  std::vector<Yaml> items;
  std::vector<Member> members;
  uint32_t line = 0;  // from 1

  // The member, or null where there is none, or a null.
  const Yaml* find(std::string_view name) const;
  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
};

struct Yaml::Member {
  std::string name;
  Yaml value;
};

// One document. The error names the line.
Result<Yaml> parse_yaml(std::string_view text);

// Of scalars; nothing of anything else.
std::optional<std::string> text_of(const Yaml* value);
std::optional<double> number_of(const Yaml* value);
std::optional<int64_t> integer_of(const Yaml* value);
// The texts of a list, or of one scalar.
std::vector<std::string> texts_of(const Yaml* value);

}  // namespace aipol::importing
