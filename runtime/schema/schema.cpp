#include "runtime/schema/schema.h"

#include <fmt/format.h>

#include <exception>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.h"
#include "runtime/schema/keywords.h"
#include "runtime/schema/own_keywords.h"

namespace aipol::schema {

namespace {

using valijson::adapters::NlohmannJsonAdapter;

// Of larger documents it is not told where they differ: what Valijson tells has no bound.
constexpr size_t largest_told = 256 << 10;
constexpr size_t longest_path = 200;

// From "<root>", "[messages]", "[2]".
std::string path_of(const std::vector<std::string>& context) {
  std::string path = "$";
  for (size_t i = 1; i < context.size(); ++i) {
    std::string_view step(context[i]);
    step = step.substr(1, step.size() - 2);
    bool index = !step.empty() && step.find_first_not_of("0123456789") == step.npos;
    path += index ? fmt::format("[{}]", step) : fmt::format(".{}", step);
  }
  if (path.size() <= longest_path) return path;
  return path.substr(0, first_invalid_utf8(path.substr(0, longest_path)).value_or(longest_path)) +
         "…";
}

// "Expected number less than or equal to 2000.000000" in our words' form.
std::string reason_of(std::string reason) {
  constexpr std::string_view zeros = ".000000",
                             enumeration = "Failed to match against any enum values.";
  if (reason == enumeration) return "the value is not one of those that may stand here";
  if (size_t at = reason.find(zeros); at != reason.npos) reason.erase(at, zeros.size());
  if (reason.ends_with('.')) reason.pop_back();
  return lower_ascii(reason.substr(0, 1)) + reason.substr(1, longest_path);
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
};

Schema::Schema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Result<Schema> Schema::compile(std::string_view text) {
  if (text.size() > most_bytes) return failure(fmt::format("larger than {} MiB", most_bytes >> 20));
  std::optional<Json> written = read_document(text);
  if (!written)
    return failure(fmt::format("is no JSON, has a member twice, or nests deeper than {}", deepest));
  Result<Json> schema = prepared(std::move(*written));
  if (!schema) return std::unexpected(schema.error());
  auto compiled = std::make_unique<Compiled>();
  try {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    add_own_keywords(parser);
    parser.populateSchema(NlohmannJsonAdapter(*schema), compiled->schema);
  } catch (const std::exception& wrong) {
    return failure(fmt::format("is no JSON Schema: {}", reason_of(wrong.what())));
  }
  return Schema(std::move(compiled));
}

std::optional<Mismatch> Schema::mismatch(std::string_view text) const {
  std::optional<Json> document = read_document(text);
  if (!document) return Mismatch{"$", "this is no JSON"};
  NlohmannJsonAdapter value(*document);
  try {
    valijson::Validator validator;
    if (validator.validate(compiled_->schema, value, nullptr)) return std::nullopt;
    valijson::ValidationResults told;
    valijson::ValidationResults::Error first;
    if (text.size() <= largest_told) validator.validate(compiled_->schema, value, &told);
    if (!told.popError(first)) return Mismatch{"$", "the document does not fit"};
    return Mismatch{path_of(first.context), reason_of(first.description)};
  } catch (const std::exception& wrong) {
    return Mismatch{"$", reason_of(wrong.what())};
  }
}

}  // namespace aipol::schema
