// The files of a log: FILE, which is written, and those that were put aside, FILE.000001,
// FILE.000002, … in the order of their writing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace aipol::audit {

struct Part {
  std::filesystem::path path;
  uint64_t number = 0;
};

// Those that were put aside, ascending.
std::vector<Part> parts_of(const std::filesystem::path& log);

std::filesystem::path part_path(const std::filesystem::path& log, uint64_t number);

// The seq of a file's first record; 0 where it has none that can be read.
uint64_t first_seq(const std::filesystem::path& file);

}  // namespace aipol::audit
