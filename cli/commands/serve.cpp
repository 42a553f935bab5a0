#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file_stamp.h"
#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/diagnostics.h"
#include "compiler/session.h"
#include "compiler/source/source.h"
#include "runtime/gateway/gateway.h"

namespace aipol::cli {

namespace {

struct ServeOptions {
  PolicySetOptions set;
  std::string listen, admin, record;
  std::vector<std::string> shadow;
  unsigned threads = 0;
};

// Only this thread's priority: on Linux a thread has a number as a process has.
void yield_to_requests() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10); }

// Good code takes the place of code that was made in haste, while requests are served.
void improve(const decision::Program& program, const plan::Layout& layout) {
  std::vector<compiler::Timing> timings;
  compiler::Wanted good{.tier = compiler::Tier::good, .cache = cache_folder()};
  auto code = compiler::native_code(program.plan(), layout, good, timings);
  // Where that fails the hasty code serves on: it decides the same.
  if (code) program.adopt(stages_of(std::move(*code)));
}

// The set as its files are whenever it is asked for.
class ServedSet {
 public:
  explicit ServedSet(const PolicySetOptions& options)
      : options_(options), session_(options.paths, wanted()) {}

  // The first time, for which mistakes are printed as every command prints them.
  std::expected<gateway::Loaded, int> first() {
    auto compilation = report(options_, session_.compile());
    if (!compilation) return std::unexpected(compilation.error());
    auto loaded = load(std::move(*compilation));
    if (!loaded) return std::unexpected(fail(loaded.error().message));
    return std::move(*loaded);
  }

  Result<gateway::Loaded> again() {
    auto compilation = session_.compile();
    if (!compilation) return std::unexpected(compilation.error());
    if ((*compilation)->failed())
      return failure("they have mistakes\n" +
                     diagnostics_text((*compilation)->diagnostics, (*compilation)->files, false));
    return load(std::move(*compilation));
  }

  uint64_t stamp() const {
    uint64_t all = 0;
    auto files = source::policy_files(options_.paths);
    for (const std::string& file : files ? *files : std::vector<std::string>())
      all = all * 31 + file_stamp(file);
    return all;
  }

 private:
  static compiler::Wanted wanted() {
    return {.decisions_only = true, .tier = compiler::Tier::fast, .cache = cache_folder()};
  }

  Result<gateway::Loaded> load(std::shared_ptr<compiler::Compilation> compilation) {
    const bool hasty = compilation->native.tier == compiler::Tier::fast;
    auto program = program_of(*compilation);
    if (!program) return std::unexpected(program.error());
    gateway::Loaded loaded{*program, nullptr};
    loaded.afterwards = [this, program = *program, compilation, hasty] {
      yield_to_requests();
      session_.settle(program->plan(), compilation->layout);
      if (hasty) improve(*program, compilation->layout);
    };
    return loaded;
  }

  const PolicySetOptions& options_;
  compiler::Session session_;
};

// A set and what the gateway asks of it. Mistakes of its files are printed as findings the first
// time, else told.
struct Served {
  explicit Served(const PolicySetOptions& options) : set(options) {
    policies.stamp = [this] { return set.stamp(); };
    policies.folder = folder_of(options.paths);
  }

  std::expected<void, int> load_first() {
    auto first = set.first();
    if (!first) return std::unexpected(first.error());
    policies.load = [this, first = std::make_optional(std::move(*first))]() mutable {
      if (!first) return set.again();
      return Result<gateway::Loaded>(*std::exchange(first, std::nullopt));
    };
    return {};
  }

  ServedSet set;
  gateway::Policies policies;
};

int run_serve(const ServeOptions& options) {
  // Mistakes of the policies are findings; what keeps the gateway from starting is the
  // environment's.
  Served served(options.set);
  if (auto loaded = served.load_first(); !loaded) return loaded.error();
  PolicySetOptions tried = options.set;
  tried.paths = options.shadow;
  std::optional<Served> shadow;
  if (!options.shadow.empty()) {
    if (auto loaded = shadow.emplace(tried).load_first(); !loaded) return loaded.error();
  }
  gateway::Options gateway;
  if (!options.listen.empty()) gateway.listen = options.listen;
  if (!options.admin.empty()) gateway.admin = options.admin;
  gateway.threads = options.threads;
  if (!options.record.empty()) gateway.recording = std::filesystem::absolute(options.record);
  Result<void> ended =
      gateway::serve(gateway, served.policies, shadow ? &shadow->policies : nullptr);
  return ended ? well : fail(ended.error().message);
}

}  // namespace

Run add_serve(CLI::App& command) {
  auto options = std::make_shared<ServeOptions>();
  options->set.add_to(command);
  command.add_option("--listen", options->listen,
                     "address to listen on, instead of the policy set's");
  command.add_option("--admin", options->admin,
                     "address of metrics, health and the policies in force, instead of the set's");
  command.add_option("--record", options->record,
                     "file that gets what replaying each request needs, texts included");
  command.add_option("--shadow", options->shadow,
                     "policies that are tried on the same traffic, and enforce nothing");
  command.add_option("--threads", options->threads, "threads that serve; one a core by default");
  command.footer(
      "Examples:\n  aipol serve policies/\n  aipol serve policies/ --listen 127.0.0.1:0\n"
      "  aipol serve policies/ --admin 127.0.0.1:9901\n"
      "  aipol serve policies/ --record traffic.jsonl\n"
      "  aipol serve policies/ --shadow next/policies/");
  return [options] { return run_serve(*options); };
}

}  // namespace aipol::cli
