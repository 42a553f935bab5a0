#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/diagnostics.h"
#include "runtime/gateway/gateway.h"

namespace aipol::cli {

namespace {

struct ServeOptions {
  PolicySetOptions set;
  std::string listen;
  unsigned threads = 0;
};

// Good code takes the place of code that was made in haste, while requests are served.
class Improvement {
 public:
  void start(std::shared_ptr<const decision::Program> program, const plan::Layout& layout) {
    thread_ = std::jthread([program = std::move(program), &layout] {
      yield_to_requests();
      std::vector<compiler::Timing> timings;
      compiler::Wanted good{.tier = compiler::Tier::good, .cache = cache_folder()};
      auto code = compiler::native_code(program->plan(), layout, good, timings);
      // Where that fails the hasty code serves on: it decides the same.
      if (code) program->adopt(stages_of(std::move(*code)));
    });
  }

 private:
  // Only this thread's priority: on Linux a thread has a number as a process has.
  static void yield_to_requests() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10); }

  std::jthread thread_;
};

int run_serve(const ServeOptions& options) {
  // Mistakes of the policies are findings; what keeps the gateway from starting is the
  // environment's.
  auto compilation =
      compile_or_report(options.set, {.decisions_only = true, .tier = compiler::Tier::fast});
  if (!compilation) return compilation.error();
  const bool hasty = (*compilation)->native.tier == compiler::Tier::fast;
  Improvement improvement;
  gateway::Options gateway;
  if (!options.listen.empty()) gateway.listen = options.listen;
  gateway.folder = folder_of(options.set.paths);
  gateway.threads = options.threads;
  Result<void> served = gateway::serve(gateway, [&] {
    auto program = program_of(**compilation);
    if (program && hasty) improvement.start(*program, (*compilation)->layout);
    return program;
  });
  return served ? well : fail(served.error().message);
}

}  // namespace

Run add_serve(CLI::App& command) {
  auto options = std::make_shared<ServeOptions>();
  options->set.add_to(command);
  command.add_option("--listen", options->listen,
                     "address to listen on, instead of the policy set's");
  command.add_option("--threads", options->threads, "threads that serve; one a core by default");
  command.footer(
      "Examples:\n  aipol serve policies/\n  aipol serve policies/ --listen 127.0.0.1:0");
  return [options] { return run_serve(*options); };
}

}  // namespace aipol::cli
