#include "runtime/data/data.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

#include "runtime/data/builder.h"
#include "runtime/data/csv.h"
#include "runtime/data/json.h"

namespace aipol::data {

Result<Data> read(const plan::DataType& type, plan::Document::Format format,
                  std::span<const plan::Enumeration> enumerations, std::string_view text,
                  std::string_view named) {
  if (text.size() > most_bytes)
    return failure(fmt::format("{}: larger than {} MiB", named, most_bytes >> 20));
  if (!supported(type))
    return failure(fmt::format("{}: a document cannot have lists of lists or of maps", named));
  Builder builder(enumerations);
  const bool json = format == plan::Document::Format::json;
  const auto well = json ? read_json(type, text, builder) : read_csv(type, text, builder);
  // Errors that begin with a line follow the file's name as compilers write it.
  if (!well) {
    const bool line = !well.error().empty() && well.error()[0] >= '0' && well.error()[0] <= '9';
    return failure(fmt::format("{}:{}{}", named, line ? "" : " ", well.error()));
  }
  return builder.finish();
}

Result<Data> load(const plan::Document& document, std::span<const plan::Enumeration> enumerations,
                  const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / document.file;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return failure(fmt::format("{}: cannot be read: {}", document.file, error.message()));
  if (size > most_bytes)
    return failure(fmt::format("{}: larger than {} MiB", document.file, most_bytes >> 20));
  std::string text(size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file || file.peek() != std::ifstream::traits_type::eof())
    return failure(fmt::format("{}: cannot be read whole", document.file));
  return read(document.type, document.format, enumerations, text, document.file);
}

}  // namespace aipol::data
