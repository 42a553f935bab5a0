#include "cli/output/formatting.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output/diagnostics.h"
#include "cli/output/unified_diff.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;
using State = FormattedFile::State;

namespace {

constexpr std::string_view state_names[] = {"unchanged", "changed", "errors", "refused"};

size_t count(const std::vector<FormattedFile>& files, State state) {
  return static_cast<size_t>(std::ranges::count(files, state, &FormattedFile::state));
}

}  // namespace

std::string formatting_text(const std::vector<FormattedFile>& files, bool written) {
  std::string out;
  for (const FormattedFile& file : files) {
    if (file.state != State::changed) continue;
    out += written ? fmt::format("formatted {}\n", file.path)
                   : fmt::format("{}: not formatted\n", file.path);
  }
  if (count(files, State::unchanged) == files.size())
    out += fmt::format("ok: {} {} formatted\n", files.size(),
                       files.size() == 1 ? "file is" : "files are");
  return out;
}

std::string formatting_json(const std::vector<FormattedFile>& files,
                            const diagnostics::Diagnostics& diagnostics,
                            const source::Files& sources) {
  json out = {{"files", json::array()}};
  for (const FormattedFile& file : files) {
    out["files"].push_back(
        {{"file", file.path}, {"state", state_names[static_cast<size_t>(file.state)]}});
  }
  out["diagnostics"] = json::parse(diagnostics_json(diagnostics, sources))["diagnostics"];
  for (State state : {State::unchanged, State::changed, State::errors, State::refused})
    out["summary"][state_names[static_cast<size_t>(state)]] = count(files, state);
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string formatting_diff(const std::vector<FormattedFile>& files) {
  std::string out;
  for (const FormattedFile& file : files) out += unified_diff(file.path, file.before, file.after);
  return out;
}

}  // namespace aipol::cli
