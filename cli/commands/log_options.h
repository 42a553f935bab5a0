// What commands that read logs share: the files, what they are in, and opening them.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "replay/logs/source.h"

namespace aipol::cli {

struct LogOptions {
  std::vector<std::string> paths;
  std::string format;   // empty: found out
  std::string mapping;  // a file, empty: none

  // FILE…, --log-format, --mapping
  void add_to(CLI::App& command);
  Result<replay::logs::Source> open() const;
};

}  // namespace aipol::cli
