#include "tests/support/front_end.h"

#include <fmt/format.h>

#include "compiler/compile.h"
#include "plan/validate.h"

namespace aipol::testing {

namespace {

bool within(source::Span span, const source::Files& files) {
  return span.file < files.size() && span.begin <= span.end &&
         span.end <= files[span.file].text().size();
}

std::optional<std::string> fault_of(const diagnostics::Diagnostic& diagnostic,
                                    const source::Files& files) {
  if (!within(diagnostic.span, files)) return fmt::format("{}: a place outside of its file", diagnostic.code);
  for (const auto& label : diagnostic.labels) {
    if (!within(label.span, files)) return fmt::format("{}: a label outside of its file", diagnostic.code);
  }
  if (diagnostics::render(diagnostic, files, false).empty())
    return fmt::format("{}: shows nothing", diagnostic.code);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_front_end_fault(std::string text, bool proofs) {
  source::Files files;
  files.add("fuzz.aipol", std::move(text));
  auto compiled = compiler::compile(std::move(files), {.last = compiler::Step::index,
                                                       .tests = true,
                                                       .lint = true,
                                                       .proofs = proofs,
                                                       .invariants = proofs});
  if (!compiled) return compiled.error().message;
  for (const auto& diagnostic : (*compiled)->diagnostics.all()) {
    if (auto fault = fault_of(diagnostic, (*compiled)->files)) return fault;
  }
  if ((*compiled)->failed()) return std::nullopt;
  if (auto wrong = plan::validate((*compiled)->plan)) return "the plan: " + *wrong;
  return std::nullopt;
}

}  // namespace aipol::testing
