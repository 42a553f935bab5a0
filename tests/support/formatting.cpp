#include "tests/support/formatting.h"

#include <algorithm>
#include <span>

#include "compiler/parse/parse.h"
#include "compiler/reformat.h"

namespace aipol::testing {

namespace {

using compiler::Reformatted;

Reformatted reformatted(const std::string& text) {
  source::Files files;
  diagnostics::Diagnostics diagnostics;
  source::FileId file = files.add("test.aipol", text);
  return compiler::reformat(files, file, diagnostics);
}

// Of lines that end in no text of several lines: those are kept as they are.
bool has_white_space_at_an_end(std::string_view text) {
  return text.contains(" \n") || text.contains("\t\n") || text.starts_with('\n') ||
         text.ends_with("\n\n") || text.contains("\n\n\n") ||
         (!text.empty() && text.back() != '\n');
}

// Where the holes of a text with holes begin and end, what is between tokens is as it was written.
class Holes {
 public:
  // Whether what follows the token is within a hole.
  bool after(std::string_view token) {
    if (token.starts_with("f\"") && token.ends_with('{')) ++open_;
    if (open_ > 0 && token.starts_with('}') && token.ends_with('"')) --open_;
    return open_ > 0;
  }

 private:
  int open_ = 0;
};

// The text with what `between` gives for each gap between tokens, comments and the ends.
template <class Between>
std::string rejoined(const std::string& text, Between between) {
  source::Files files;
  ast::Tokens all = parse::tokens(files, files.add("test.aipol", text));
  std::vector<source::Span> pieces = all.tokens;
  for (const ast::Comment& comment : all.comments) pieces.push_back(comment.span);
  std::ranges::sort(pieces, {}, &source::Span::begin);
  std::string result;
  Holes holes;
  bool in_hole = false;
  uint32_t at = 0;
  for (source::Span piece : pieces) {
    if (piece.begin < at) continue;  // a comment within `not in`
    std::string gap = text.substr(at, piece.begin - at);
    std::string token = text.substr(piece.begin, piece.end - piece.begin);
    result += in_hole ? gap : between(std::move(gap));
    result += token;
    in_hole = holes.after(token);
    at = piece.end;
  }
  return result + between(text.substr(at));
}

}  // namespace

Formatted formatted(std::string text) {
  using Outcome = Reformatted::Outcome;
  Reformatted once = reformatted(text);
  Formatted result{once.outcome != Outcome::errors, std::move(once.text), {}};
  if (!result.parses) return result;
  if (once.outcome == Outcome::unequal) {
    result.fault = "it does not mean the same";
    return result;
  }
  Reformatted twice = reformatted(result.text);
  if (twice.text != result.text) result.fault = "formatted again it changes to:\n" + twice.text;
  if (!text.contains('"') && has_white_space_at_an_end(result.text))
    result.fault = "there is white space at the end of a line";
  return result;
}

std::string scattered(const std::string& text, Choices& choices) {
  constexpr std::string_view additions[] = {" ",
                                            "  ",
                                            "\n",
                                            "\n\n",
                                            "\n\n\n  ",
                                            " // c\n",
                                            "\n// c\n",
                                            " /* c */ ",
                                            "\n/* c */\n",
                                            " /* c\n d */ ",
                                            "\n\n// c\n\n",
                                            "\n/// d\n",
                                            "\t",
                                            " /* c */\n",
                                            " // c\n // d\n"};
  return rejoined(text, [&](std::string gap) {
    if (choices.one_in(8)) gap += choices.of(std::span<const std::string_view>(additions));
    return gap;
  });
}

std::string spaced(const std::string& text, Choices& choices) {
  return rejoined(text, [&](std::string gap) {
    std::string other;
    for (char c : gap) {
      if (c == ' ') {
        other.append(1 + choices.below(3), ' ');
      } else {
        other += c;
      }
    }
    return other;
  });
}

}  // namespace aipol::testing
