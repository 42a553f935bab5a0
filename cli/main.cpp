// aipol: picks the command, parses its options, runs it.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "cli/commands/command.h"
#include "cli/heap.h"

namespace aipol::cli {

namespace {

struct Command {
  const char* name;
  Run (*add)(CLI::App&);
  const char* summary;
};
constexpr Command commands[] = {
#define COMMAND(name, function, summary) {name, function, summary},
#include "cli/commands/commands.def"
#undef COMMAND
};

int run(int argc, char** argv) {
  CLI::App app("policy-as-code compiler and gateway for AI traffic", "aipol");
  app.require_subcommand(1);
  app.set_version_flag("--version", [] { return version_text(); });
  app.footer("`aipol COMMAND --help` shows the options and examples of a command");
  Run chosen;
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    // Only the chosen command's options are needed.
    bool wanted = argc > 1 && std::strcmp(argv[1], command.name) == 0;
    if (wanted) chosen = command.add(*sub);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? well : unusable;
  }
  return chosen ? chosen() : unusable;
}

}  // namespace

}  // namespace aipol::cli

int main(int argc, char** argv) {
  aipol::cli::prepare_heap();
  try {
    return aipol::cli::run(argc, argv);
  } catch (const std::exception& error) {
    return aipol::cli::fail(error.what());
  }
}
