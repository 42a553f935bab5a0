// The commands of `aipol`: one file each, one row in commands.def.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace aipol::cli {

// Exit statuses (docs/cli.md): all well, findings, wrong usage or a failing environment.
inline constexpr int well = 0;
inline constexpr int findings = 1;
inline constexpr int unusable = 2;

using Run = std::function<int()>;

// Each adds its options to the command and returns what runs once they are parsed.
#define COMMAND(name, function, summary) Run function(CLI::App& command);
#include "cli/commands/commands.def"
#undef COMMAND

std::string version_text();

// One line on stderr, then `unusable`.
int fail(std::string_view message);

}  // namespace aipol::cli
