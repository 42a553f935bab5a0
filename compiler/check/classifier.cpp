// What is asked of remote classifiers: their answers are sources, a question for each text.
#include "compiler/check/statement.h"

namespace aipol::check {

Typed Expressions::classifier_call(const Typed& classifier, const ast::Identifier& name,
                                   const ast::Call& call, Span span) {
  bool flagged = name.text == "flagged";
  if (!flagged && name.text != "score") {
    checker_.report(name.span, diagnostics::unknown_method, "a classifier", name.text)
        .suggest(name.text, {"flagged", "score"});
    return poison();
  }
  if (call.arguments.size() != 1) {
    checker_.report(span, diagnostics::argument_count, name.text, size_t{1}, call.arguments.size());
    return poison();
  }
  ir::ExpressionPtr text = plain(call.arguments[0], checker_.simple(Kind::string));
  if (text == nullptr) return poison();
  uint32_t number = classifier.type->definition;
  std::string prefix = "classifier." + checker_.set.deployment.classifiers[number].name + "." +
                       std::string(name.text);
  for (const ir::Question& question : checker_.set.questions) {
    const ir::Source& source = checker_.set.sources[question.source];
    if (question.classifier == number && source.path.starts_with(prefix + ".") &&
        ir::same(question.text, text))
      return of(checker_.build.source(source.type, question.source, span));
  }
  types::Field field;
  field.type = checker_.simple(flagged ? Kind::boolean : Kind::real);
  field.phase = phase_of(checker_.set, text);
  uint32_t source =
      checker_.source(prefix + "." + std::to_string(checker_.set.questions.size()), "", field);
  checker_.set.questions.push_back({number, text, source});
  return of(checker_.build.source(field.type, source, span));
}

}  // namespace aipol::check
