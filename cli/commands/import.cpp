#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/commands/command.h"
#include "cli/commands/write_file.h"
#include "cli/output/importing.h"
#include "importing/cedar.h"
#include "importing/litellm.h"

namespace aipol::cli {

namespace fs = std::filesystem;

namespace {

struct ImportOptions {
  std::vector<std::string> files;
  std::string schema, entities;
  std::vector<std::string> meanings;
  std::string output = "imported";
  std::string format = "text";
};

constexpr std::uintmax_t most_bytes = 16 << 20;

Result<std::string> read_text(const std::string& path) {
  std::error_code error;
  std::uintmax_t size = fs::file_size(path, error);
  if (error) return failure(fmt::format("{}: cannot be read", path));
  if (size > most_bytes) return failure(fmt::format("{}: is larger than 16 MiB", path));
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) return failure(fmt::format("{}: cannot be read", path));
  return text;
}

// Nothing is written where a file is there already.
Result<std::vector<std::string>> write(const importing::Translation& translation,
                                       const std::string& folder) {
  std::vector<std::string> written;
  for (const importing::OutputFile& file : translation.files) {
    written.push_back((fs::path(folder) / file.name).string());
    if (fs::exists(written.back()))
      return failure(fmt::format("{}: exists already; nothing was written", written.back()));
  }
  for (size_t i = 0; i < written.size(); ++i) {
    Result<void> done = write_file(written[i], translation.files[i].text);
    if (!done) return std::unexpected(done.error());
  }
  return written;
}

int report(const ImportOptions& options, const Result<importing::Translation>& translation) {
  if (!translation) return fail(translation.error().message);
  Result<std::vector<std::string>> written = write(*translation, options.output);
  if (!written) return fail(written.error().message);
  fmt::print("{}", options.format == "json" ? import_json(*translation, *written)
                                            : import_text(*translation, *written));
  return translation->is_whole() ? well : findings;
}

int run_litellm(const ImportOptions& options) {
  Result<std::string> text = read_text(options.files.front());
  if (!text) return fail(text.error().message);
  return report(options, importing::import_litellm(*text, options.files.front()));
}

int run_cedar(const ImportOptions& options) {
  importing::CedarInput input;
  for (const std::string& file : options.files) {
    Result<std::string> text = read_text(file);
    if (!text) return fail(text.error().message);
    input.policies.push_back({file, std::move(*text)});
  }
  for (auto [path, into] :
       {std::pair(&options.schema, &input.schema), {&options.entities, &input.entities}}) {
    if (path->empty()) continue;
    Result<std::string> text = read_text(*path);
    if (!text) return fail(text.error().message);
    *into = std::move(*text);
  }
  for (const std::string& meaning : options.meanings) {
    size_t sign = meaning.find('=');
    if (sign == meaning.npos) return fail(fmt::format("--map: `{}` must be NAME=MEANING", meaning));
    input.meanings[meaning.substr(0, sign)] = meaning.substr(sign + 1);
  }
  return report(options, importing::import_cedar(input));
}

CLI::App* add_dialect(CLI::App& command, const std::string& name, const std::string& summary,
                      ImportOptions& options) {
  CLI::App* dialect = command.add_subcommand(name, summary);
  dialect->add_option("-o,--output", options.output, "the folder of the policy set")
      ->capture_default_str();
  dialect->add_option("--format", options.format, "of the statement of what was translated")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  return dialect;
}

}  // namespace

Run add_import(CLI::App& command) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* litellm = add_dialect(command, "litellm", "the YAML of LiteLLM's proxy", *options);
  litellm->add_option("FILE", options->files, "config.yaml")->required()->expected(1);
  CLI::App* cedar = add_dialect(command, "cedar", "policies of Cedar", *options);
  cedar->add_option("FILE", options->files, "files of policies")->required();
  cedar->add_option("--schema", options->schema, "the schema, in Cedar's JSON");
  cedar->add_option("--entities", options->entities, "the entities, in Cedar's JSON");
  cedar->add_option("--map", options->meanings,
                    "NAME=MEANING: what a type or an action means (docs/import.md)");
  command.require_subcommand(1);
  command.footer(
      "The policy set is formatted, checked and has tests. What is printed says what was "
      "translated and what was not; "
      "the exit\nstatus is 1 where something is stricter than the original or left "
      "out.\n\nExamples:\n"
      "  aipol import litellm config.yaml --output policies\n"
      "  aipol import cedar policies.cedar --entities entities.json --map Action::invoke=chat");
  return [options, litellm] {
    return litellm->parsed() ? run_litellm(*options) : run_cedar(*options);
  };
}

}  // namespace aipol::cli
