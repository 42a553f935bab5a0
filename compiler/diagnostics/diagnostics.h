// The author's mistakes: collected, never thrown. One row of catalogue.def is one kind of
// diagnostic; its parameters are typed. `report` returns the diagnostic for labels, help and fixes
// to be added:
//
//   diagnostics.report(span, unknown_field, name, type).help("did you mean `{}`?", nearest);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/source/source.h"

namespace aipol::diagnostics {

using source::Span;

enum class Severity : uint8_t { error, warning };

// A kind of diagnostic: what `aipol explain CODE` documents. A... are the text's parameters.
template <class... A>
struct Kind {
  std::string_view code;  // "E0203"
  Severity severity;
  std::string_view name;  // "unknown_field"
  std::string_view text;  // fmt pattern, lower case, no full stop
};

#define DIAG(code, severity, name, text, ...) \
  inline constexpr Kind<__VA_ARGS__> name{#code, Severity::severity, #name, text};
#include "compiler/diagnostics/catalogue.def"
#undef DIAG

struct Label {
  Span span;
  std::string text;
};

// Replace the span's text by this one; only where that is certainly meant.
struct Fix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  std::string_view code;  // empty: past what is kept, so that nothing needs to be added to it
  std::string_view name;  // "unknown_field"; of a lint "unused-declaration"
  Severity severity = Severity::error;
  std::string message;
  Span span;
  std::string note;           // shown beside the caret
  std::vector<Label> labels;  // second places
  std::string help_text;      // one action
  std::vector<Fix> fixes;

  bool is_lint() const { return code.starts_with('L'); }
  // What is underlined is a secret, or looks like one.
  bool of_secret() const;
  // What a reader looks it up by: "E0203", "L0101 unused-declaration".
  std::string title() const {
    return is_lint() ? fmt::format("{} {}", code, name) : std::string(code);
  }

  template <class... A>
  Diagnostic& underline(fmt::format_string<A...> text, A&&... arguments) {
    if (kept()) note = fmt::format(text, std::forward<A>(arguments)...);
    return *this;
  }
  template <class... A>
  Diagnostic& label(Span where, fmt::format_string<A...> text, A&&... arguments) {
    if (kept()) labels.push_back({where, fmt::format(text, std::forward<A>(arguments)...)});
    return *this;
  }
  template <class... A>
  Diagnostic& help(fmt::format_string<A...> text, A&&... arguments) {
    if (kept()) help_text = fmt::format(text, std::forward<A>(arguments)...);
    return *this;
  }
  // The fixes of a diagnostic are applied together or not at all.
  Diagnostic& fix(Span where, std::string replacement) {
    if (kept()) fixes.push_back({where, std::move(replacement)});
    return *this;
  }
  // "did you mean …?" where a candidate is near; otherwise nothing. Never a fix: what was meant is
  // a guess.
  Diagnostic& suggest(std::string_view written, const std::vector<std::string>& candidates);

 private:
  bool kept() const { return !code.empty(); }
};

class Diagnostics {
 public:
  static constexpr size_t most = 200;  // kept; the rest is counted

  // P may be narrower than the arguments given as long as it can be made from them.
  template <class... P, class... A>
  Diagnostic& report(Span span, const Kind<P...>& kind, A&&... arguments) {
    static_assert(sizeof...(P) == sizeof...(A),
                  "as many arguments as the catalogue's row has parameters");
    return add(span, kind.code, kind.name, kind.severity,
               formatted<P...>(kind.text, P(arguments)...));
  }
  // One that was made elsewhere.
  void add(Diagnostic diagnostic);

  const std::vector<Diagnostic>& all() const { return kept_; }
  size_t errors() const { return errors_; }
  size_t warnings() const { return warnings_; }
  size_t dropped() const { return dropped_; }
  bool failed() const { return errors_ > 0; }
  void sort_by_place();
  // Puts `*` over the secret wherever a message quotes it.
  void hide(std::string_view secret);

 private:
  template <class... P>
  static std::string formatted(std::string_view text, const P&... arguments) {
    return fmt::vformat(fmt::string_view(text.data(), text.size()),
                        fmt::make_format_args(arguments...));
  }
  Diagnostic& add(Span span, std::string_view code, std::string_view name, Severity severity,
                  std::string message);

  std::vector<Diagnostic> kept_;
  Diagnostic spare_;  // what reports past `most` write to
  size_t errors_ = 0, warnings_ = 0, dropped_ = 0;
};

// The candidate nearest to the text by edit distance, or empty where none is near. Its cost is
// bounded: of very many candidates the first ones are looked at.
std::string nearest(std::string_view written, const std::vector<std::string>& candidates);

// `error[E0203]: …` with file, line, source line, caret, labels and help, as `aipol check` prints
// it.
std::string render(const Diagnostic& diagnostic, const source::Files& files, bool colour);
// Text on one line, in which what a terminal would act on is spelled out.
std::string shown(std::string_view text);
// The part of it that shows the places: file, source lines, what is underlined and said there.
std::string render_places(const Diagnostic& diagnostic, const source::Files& files, bool colour);

}  // namespace aipol::diagnostics
