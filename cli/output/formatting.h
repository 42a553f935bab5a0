// What `fmt` did, or would do, as people and programs read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::cli {

struct FormattedFile {
  enum class State : uint8_t { unchanged, changed, errors, refused };

  std::string path;
  State state = State::unchanged;
  std::string before, after;  // of one that changed
};

// `formatted a.aipol`, or `a.aipol: not formatted` where nothing was written; that all is well.
std::string formatting_text(const std::vector<FormattedFile>& files, bool written);

// {"files":[{"file":"a.aipol","state":"changed"}],"diagnostics":[…],"summary":{…}}, one line.
std::string formatting_json(const std::vector<FormattedFile>& files,
                            const diagnostics::Diagnostics& diagnostics,
                            const source::Files& sources);

std::string formatting_diff(const std::vector<FormattedFile>& files);

}  // namespace aipol::cli
