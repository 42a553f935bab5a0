// Texts: "…", r"…" and f"…{hole}…". Their ends are found here; build_literals.cpp resolves what is
// inside.
#include "compiler/parse/parse.h"
#include "compiler/parse/scanner.h"
#include "grammar/AipolParser.h"

namespace aipol::parse {

using grammar::AipolParser;

void Scanner::scan_text() {
  uint32_t begin = at_++;
  while (!done() && peek() != '\n' && peek() != '"')
    at_ += peek() == '\\' && peek(1) != '\n' && at_ + 1 < text_.size() ? 2 : 1;
  if (peek() != '"') {
    if (!closes_hole()) unterminated(begin, AipolParser::STRING, "text");
    return;
  }
  ++at_;
  emit(AipolParser::STRING, begin);
}

void Scanner::scan_raw_text() {
  uint32_t begin = at_;
  at_ += 2;
  while (!done() && peek() != '\n' && peek() != '"') ++at_;
  if (peek() != '"') return unterminated(begin, AipolParser::STRING, "text");
  ++at_;
  emit(AipolParser::STRING, begin);
}

// From behind the opening quote or the hole's closing brace.
void Scanner::scan_format(uint32_t begin, bool after_hole) {
  for (; !done() && peek() != '\n'; ++at_) {
    if (peek() == '"') {
      ++at_;
      return emit(after_hole ? AipolParser::FORMAT_TAIL : AipolParser::FORMAT, begin);
    }
    if ((peek() == '\\' && peek(1) != '\n' && peek(1) != '\0') ||
        (peek() == '{' && peek(1) == '{')) {
      // An escape: `\u{…}` has a brace of its own.
      if (peek() == '\\' && peek(1) == 'u' && peek(2) == '{') ++at_;
      ++at_;
    } else if (peek() == '{') {
      holes_.push_back({at_++});
      return emit(after_hole ? AipolParser::FORMAT_MIDDLE : AipolParser::FORMAT_HEAD, begin);
    }
  }
  unterminated(begin, after_hole ? AipolParser::FORMAT_TAIL : AipolParser::FORMAT, "text");
}

// The rest of the line may be code behind a forgotten quote: brackets and commas at its end are
// given back.
void Scanner::unterminated(uint32_t begin, size_t type, std::string_view what) {
  uint32_t opened = text_[begin] == '"' || text_[begin] == '}' ? 1 : 2;
  while (at_ > begin + opened && std::string_view(" \t\r{}[](),").contains(text_[at_ - 1])) --at_;
  failed_at(begin, diagnostics_.report(span(begin, at_), diagnostics::unterminated, what))
      .help("end it with `\"` on the same line");
  emit(type, begin);
  out_.tokens.back().damaged = true;
}

// Where a text that does not end stands in a hole, its quote was meant for the f-string, and the
// hole lacks its brace.
bool Scanner::closes_hole() {
  if (holes_.empty()) return false;
  Hole hole = holes_.back();
  holes_.pop_back();
  failed_at(hole.begin, diagnostics_.report(span(hole.begin, hole.begin + 1),
                                            diagnostics::unterminated, "`{` in a text"))
      .help("end it with `}}`, or write `{{{{` for a brace");
  emit(AipolParser::FORMAT_TAIL, at_);
  out_.tokens.back().damaged = true;
  return true;
}

}  // namespace aipol::parse
