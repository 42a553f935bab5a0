// What commands that read logs share: the files, what they are in, and opening them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "replay/line_source.h"
#include "replay/logs/source.h"

namespace aipol::cli {

struct LogOptions {
  std::vector<std::string> paths;
  std::string format;   // empty: found out
  std::string mapping;  // a file, empty: none

  // Files by that name, --log-format, --mapping. The option of the files is returned.
  CLI::Option* add_to(CLI::App& command, const char* name);
  // Packed or in any known form, as records.
  Result<replay::logs::Source> open() const;
  Result<std::unique_ptr<replay::LineSource>> open_lines() const;

 private:
  Result<replay::logs::Options> source_options() const;
};

}  // namespace aipol::cli
