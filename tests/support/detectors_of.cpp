#include "tests/support/detectors_of.h"

#include <algorithm>

#include "base/check.h"
#include "compiler/parse/parse.h"
#include "stdlib/native/match_length.h"

namespace aipol::testing {

namespace {

const std::string& text_of(const ast::Expression& value) {
  const auto* literal = std::get_if<ast::StringLiteral>(&value.node);
  AIPOL_CHECK(literal != nullptr, "an entry of a detector is a text");
  return literal->value;
}

void add_pattern(plan::Detector& detector, const std::string& pattern) {
  const auto longest = native::longest_match(pattern);
  AIPOL_CHECK(longest, "the pattern has a longest match: " + pattern);
  detector.patterns.push_back(pattern);
  detector.longest = std::max(detector.longest, static_cast<uint32_t>(*longest));
}

void add_entry(plan::Detector& detector, std::string_view key, const ast::Expression& value) {
  if (key == "match") {
    add_pattern(detector, text_of(value));
  } else if (key == "phrases") {
    for (ast::ExpressionPtr phrase : std::get<ast::List>(value.node).items)
      detector.phrases.push_back(text_of(*phrase));
  } else if (key == "verify") {
    const auto found = std::ranges::find(plan::verify_names, std::get<ast::Name>(value.node).text);
    detector.verify = static_cast<plan::Verify>(found - std::begin(plan::verify_names));
  } else {
    AIPOL_CHECK(key == "weight", "an entry of a detector is known");
    detector.weight = std::get<ast::FloatLiteral>(value.node).value;
  }
}

}  // namespace

std::vector<plan::Detector> detectors_of(std::string_view path, std::string_view text) {
  source::Files files;
  const source::FileId file = files.add(std::string(path), std::string(text));
  diagnostics::Diagnostics diagnostics;
  const ast::Tree tree = parse::parse(files, file, diagnostics);
  AIPOL_CHECK(!diagnostics.failed(), "the file of detectors can be read");
  const std::string_view name = path.substr(path.rfind('/') + 1);
  std::vector<plan::Detector> detectors;
  for (const ast::Declaration& declaration : tree.declarations) {
    const auto* found = std::get_if<ast::DetectorDeclaration>(&declaration.node);
    if (found == nullptr) continue;
    plan::Detector& detector = detectors.emplace_back();
    detector.name =
        std::string(name.substr(0, name.find('.'))) + "." + std::string(found->name.text);
    for (const auto& entry : found->entries) add_entry(detector, entry.key.text, *entry.value);
  }
  return detectors;
}

}  // namespace aipol::testing
