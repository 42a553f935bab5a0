// What an importer makes of a foreign configuration: files of policies, and a statement of what was
// translated. Never does it permit more than the original: what has no counterpart is left out
// where it permits, and stays a refusal where it refuses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aipol::importing {

enum class Share : uint8_t {
  whole,
  stricter,  // refuses what the original permits; the note says what
  none       // left out; the note says why
};
inline constexpr std::string_view share_names[] = {"translated", "stricter", "left out"};

struct Item {
  std::string what;  // "policy `admins`", "router_settings.num_retries"
  std::string file;
  uint32_t line = 0;  // from 1
  Share share = Share::whole;
  std::string note = {};
};

struct OutputFile {
  std::string name;  // within the folder
  std::string text;
};

struct Translation {
  std::vector<OutputFile> files;
  std::vector<Item> items;           // in the order of the original
  std::vector<std::string> remarks;  // what is to be done by hand, or read

  size_t count(Share share) const;
  bool is_whole() const { return count(Share::whole) == items.size(); }
};

// Formats the files and checks them as one policy set. An error is a mistake of the importer's: it
// says which file, and how the check put it.
Result<void> finish(Translation& translation);

}  // namespace aipol::importing
