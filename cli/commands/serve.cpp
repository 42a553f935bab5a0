#include <fmt/format.h>

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

int run_serve(const ServeOptions& options) {
  // Mistakes of the policies are findings; what keeps the gateway from starting is the
  // environment's.
  auto compilation = compile_or_report(options.set, {compiler::Step::jit, false});
  if (!compilation) return compilation.error();
  gateway::Options gateway;
  if (!options.listen.empty()) gateway.listen = options.listen;
  gateway.folder = folder_of(options.set.paths);
  gateway.threads = options.threads;
  Result<void> served = gateway::serve(gateway, [&] { return program_of(**compilation); });
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
