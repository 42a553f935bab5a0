#include "cli/commands/replay_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands/command.h"

namespace aipol::cli {

std::expected<replay::PolicySet, int> load_replay_set(const PolicySetOptions& options,
                                                      const std::vector<std::string>& paths) {
  PolicySetOptions one = options;
  one.paths = paths;
  one.format = "text";
  auto compilation = compile_or_report(one, {.decisions_only = true});
  if (!compilation) return std::unexpected(compilation.error());
  auto program = program_of(**compilation);
  if (!program) return std::unexpected(fail(program.error().message));
  auto assets = enforce::load_assets((*program)->plan(), folder_of(paths));
  if (!assets) return std::unexpected(fail(assets.error().message));
  return replay::PolicySet{fmt::format("{}", fmt::join(paths, " ")), std::move(*program),
                           std::move(*assets)};
}

}  // namespace aipol::cli
