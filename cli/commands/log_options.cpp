#include "cli/commands/log_options.h"

#include <fmt/format.h>

#include "replay/log_lines.h"

namespace aipol::cli {

namespace logs = replay::logs;

namespace {

Result<std::shared_ptr<const logs::Mapping>> read_mapping(const std::string& path) {
  Result<std::unique_ptr<logs::Input>> input = logs::Input::open(path);
  if (!input) return std::unexpected(input.error());
  std::string text(logs::max_mapping_bytes + 1, '\0');
  size_t size = 0;
  for (;;) {
    Result<size_t> got = (*input)->read(text.data() + size, text.size() - size);
    if (!got) return std::unexpected(got.error());
    if (*got == 0 || (size += *got) == text.size()) break;
  }
  Result<logs::Mapping> mapping = logs::Mapping::parse(std::string_view(text).substr(0, size));
  if (!mapping) return failure(fmt::format("{}: {}", path, mapping.error().message));
  return std::make_shared<const logs::Mapping>(std::move(*mapping));
}

}  // namespace

CLI::Option* LogOptions::add_to(CLI::App& command, const char* name) {
  command.add_option("--log-format", format,
                     fmt::format("what the logs are in: {}; else it is found out, file by file",
                                 logs::log_format_names()));
  command.add_option("--mapping", mapping,
                     "a table from fields to places in the log (docs/logs.md)");
  return command.add_option(name, paths,
                            "logs, plain or packed with gzip or zstd; `-` is standard input");
}

Result<logs::Options> LogOptions::source_options() const {
  logs::Options options;
  if (!format.empty()) {
    options.format = logs::find_log_format(format);
    if (options.format == nullptr)
      return failure(fmt::format("--log-format: there is no `{}`; there are {}", format,
                                 logs::log_format_names()));
  }
  if (!mapping.empty()) {
    Result<std::shared_ptr<const logs::Mapping>> read = read_mapping(mapping);
    if (!read) return std::unexpected(read.error());
    options.mapping = std::move(*read);
  }
  return options;
}

Result<logs::Source> LogOptions::open() const {
  auto options = source_options();
  if (!options) return std::unexpected(options.error());
  return logs::Source::open(paths, std::move(*options));
}

Result<std::unique_ptr<replay::LineSource>> LogOptions::open_lines() const {
  auto options = source_options();
  if (!options) return std::unexpected(options.error());
  return replay::open_log(paths, *options);
}

}  // namespace aipol::cli
