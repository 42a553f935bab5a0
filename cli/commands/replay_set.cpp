#include "cli/commands/replay_set.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands/command.h"
#include "runtime/gateway/count_tokens.h"

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
  replay::PolicySet set{
      fmt::format("{}", fmt::join(paths, " ")), std::move(*program), std::move(*assets), {}};
  // Only limits that end answers go by how their tokens are counted.
  const bool counts = std::ranges::any_of(set.program->metering().limits, &decision::LimitOf::cut);
  if (!counts) return set;
  auto tokenizers = gateway::load_tokenizers(set.plan().deployment);
  if (!tokenizers) return std::unexpected(fail(tokenizers.error().message));
  set.tokenizers = std::move(*tokenizers);
  return set;
}

}  // namespace aipol::cli
