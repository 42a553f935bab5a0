#include "runtime/enforce/assets.h"

#include <fmt/format.h>

#include <fstream>

#include "base/check.h"

namespace aipol::enforce {

namespace {

std::string schema_of(const plan::Plan& plan, const plan::Statement& statement) {
  auto file = std::ranges::find(statement.arguments, "schema", &plan::Argument::name);
  AIPOL_CHECK(file != statement.arguments.end(), "a schema is named");
  return std::get<std::string>(plan.constants[plan.code[file->values[0]].payload]);
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return failure(fmt::format("cannot be read: {}", error.message()));
  if (size > schema::most_bytes)
    return failure(fmt::format("larger than {} MiB", schema::most_bytes >> 20));
  std::string text(size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file) return failure("cannot be read whole");
  return text;
}

Result<void> load_schemas(const plan::Plan& plan, const std::filesystem::path& folder,
                          Assets& assets) {
  for (const plan::Statement& statement : plan.statements) {
    if (statement.effect != plan::Effect::validate) continue;
    std::string file = schema_of(plan, statement);
    if (assets.schemas.contains(file)) continue;
    Result<std::string> text = read_whole(folder / file);
    if (!text) return failure(fmt::format("{}: {}", file, text.error().message));
    Result<schema::Schema> compiled = schema::Schema::compile(*text);
    if (!compiled) return failure(fmt::format("{}: {}", file, compiled.error().message));
    assets.schemas.emplace(file, std::make_shared<const schema::Schema>(std::move(*compiled)));
  }
  return {};
}

}  // namespace

Result<Assets> load_assets(const plan::Plan& plan, const std::filesystem::path& folder) {
  Assets assets;
  Result<native::Detectors> detectors = plan::compiled(plan.detectors);
  if (!detectors) return std::unexpected(detectors.error());
  assets.detectors = std::make_shared<const native::Detectors>(std::move(*detectors));
  for (const plan::Document& document : plan.documents) {
    Result<data::Data> loaded = data::load(document, plan.enumerations, folder);
    if (!loaded) return std::unexpected(loaded.error());
    assets.documents.push_back(std::move(*loaded));
  }
  if (auto loaded = load_schemas(plan, folder, assets); !loaded)
    return std::unexpected(loaded.error());
  return assets;
}

}  // namespace aipol::enforce
