#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace aipol::diagnostics {

namespace {

void cover(std::string& text, std::string_view secret) {
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
  }
}

}  // namespace

bool Diagnostic::of_secret() const {
  return code == secret_in_text.code || name == "secret-in-text";
}

Diagnostic& Diagnostic::suggest(std::string_view written,
                                const std::vector<std::string>& candidates) {
  if (!kept()) return *this;
  std::string name = nearest(written, candidates);
  return name.empty() ? *this : help("did you mean `{}`?", name);
}

Diagnostic& Diagnostics::add(Span span, std::string_view code, std::string_view name,
                             Severity severity, std::string message) {
  // What is put in at several places (a constant, a row of a table) is told once.
  bool told = std::ranges::any_of(kept_, [&](const Diagnostic& d) {
    return d.span == span && d.code == code && d.message == message;
  });
  if (told) return spare_ = {};
  (severity == Severity::error ? errors_ : warnings_) += 1;
  if (kept_.size() >= most) {
    ++dropped_;
    return spare_ = {};
  }
  kept_.reserve(most);  // so that references stay valid
  kept_.push_back({code, name, severity, std::move(message), span, {}, {}, {}, {}});
  return kept_.back();
}

void Diagnostics::add(Diagnostic diagnostic) {
  Diagnostic& place = add(diagnostic.span, diagnostic.code, diagnostic.name, diagnostic.severity,
                          diagnostic.message);
  if (&place != &spare_) place = std::move(diagnostic);
}

void Diagnostics::hide(std::string_view secret) {
  if (secret.size() < source::shortest_secret) return;
  for (Diagnostic& diagnostic : kept_) {
    cover(diagnostic.message, secret);
    cover(diagnostic.note, secret);
    cover(diagnostic.help_text, secret);
    for (Label& label : diagnostic.labels) cover(label.text, secret);
  }
}

void Diagnostics::sort_by_place() {
  std::ranges::stable_sort(
      kept_, {}, [](const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin); });
}

}  // namespace aipol::diagnostics
