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

int run_serve(const ServeOptions& options) {
  // Mistakes of the policies are findings; what keeps the gateway from starting is the
  // environment's.
  ServedSet set(options.set);
  gateway::Policies policies;
  policies.stamp = [&] { return set.stamp(); };
  auto first = set.first();
  if (!first) return first.error();
  policies.load = [&, first = std::make_optional(std::move(*first))]() mutable {
    if (!first) return set.again();
    return Result<gateway::Loaded>(*std::exchange(first, std::nullopt));
  };
  gateway::Options gateway;
  if (!options.listen.empty()) gateway.listen = options.listen;
  if (!options.admin.empty()) gateway.admin = options.admin;
  gateway.folder = folder_of(options.set.paths);
  gateway.threads = options.threads;
  if (!options.record.empty()) gateway.recording = std::filesystem::absolute(options.record);
  Result<void> served = gateway::serve(gateway, policies);
  return served ? well : fail(served.error().message);
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
  command.add_option("--threads", options->threads, "threads that serve; one a core by default");
  command.footer(
      "Examples:\n  aipol serve policies/\n  aipol serve policies/ --listen 127.0.0.1:0\n"
      "  aipol serve policies/ --admin 127.0.0.1:9901\n"
      "  aipol serve policies/ --record traffic.jsonl");
  return [options] { return run_serve(*options); };
}

}  // namespace aipol::cli
