#include "cli/commands/replay_set.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/named_set.h"
#include "runtime/gateway/count_tokens.h"

namespace aipol::cli {

std::expected<replay::PolicySet, int> load_replay_set(const PolicySetOptions& options,
                                                      const std::vector<std::string>& names) {
  auto set = read_named_set(names);
  if (!set) return std::unexpected(fail(set.error().message));
  PolicySetOptions told = options;
  told.format = "text";
  compiler::Wanted wanted{.decisions_only = true};
  wanted.cache = cache_folder();
  auto compilation = report(told, compiler::compile(std::move(set->files), wanted));
  if (!compilation) return std::unexpected(compilation.error());
  auto program = program_of(**compilation);
  if (!program) return std::unexpected(fail(program.error().message));
  auto assets = enforce::load_assets((*program)->plan(), set->folder);
  if (!assets) return std::unexpected(fail(assets.error().message));
  replay::PolicySet made{
      fmt::format("{}", fmt::join(names, " ")), std::move(*program), std::move(*assets), {}};
  // Only limits that end answers go by how their tokens are counted.
  const bool counts = std::ranges::any_of(made.program->metering().limits, &decision::LimitOf::cut);
  if (!counts) return made;
  auto tokenizers = gateway::load_tokenizers(made.plan().deployment);
  if (!tokenizers) return std::unexpected(fail(tokenizers.error().message));
  made.tokenizers = std::move(*tokenizers);
  return made;
}

}  // namespace aipol::cli
