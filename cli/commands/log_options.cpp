#include "cli/commands/log_options.h"

#include <fmt/format.h>

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

void LogOptions::add_to(CLI::App& command) {
  command
      .add_option("FILE", paths, "logs, plain or packed with gzip or zstd; `-` is standard input")
      ->required();
  command.add_option("--log-format", format,
                     fmt::format("what the logs are in: {}; else it is found out, file by file",
                                 logs::log_format_names()));
  command.add_option("--mapping", mapping,
                     "a table from fields to places in the log (docs/logs.md)");
}

Result<logs::Source> LogOptions::open() const {
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
  return logs::Source::open(paths, std::move(options));
}

}  // namespace aipol::cli
