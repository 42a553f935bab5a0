// The record of a request that a set tried beside the one in force decides otherwise (kind
// `shadow`).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aipol::audit {

// Views: all must live until the entry is written.
struct ComparedEntry {
  // What one of the sets does.
  struct Side {
    bool allowed = false;
    uint16_t status = 200;
    std::string_view policy, statement, target;
    std::span<const std::string> effects, tags;
    bool cached = false;
  };
  int64_t time_ns = 0;
  std::string_view id, what, path, principal, model;
  Side before, after;
  std::string_view version, shadow_version;
};

// Appends the record, without a line break.
void append_json(std::string& out, const ComparedEntry& entry);

}  // namespace aipol::audit
