#include "compiler/reformat.h"

#include <utility>
#include <vector>

#include "compiler/format/format.h"
#include "compiler/parse/parse.h"

namespace aipol::compiler {

namespace {

// What a comment says, whatever its indentation.
std::string words_of(std::string_view comment) {
  std::string words;
  for (char c : comment) {
    bool white = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!white) words += c;
    if (white && !words.empty() && words.back() != ' ') words += ' ';
  }
  if (words.ends_with(' ')) words.pop_back();
  return words;
}

std::vector<std::string> comments_of(const source::Files& files, source::FileId file,
                                     const ast::Tokens& tokens) {
  std::vector<std::string> all;
  for (const ast::Comment& comment : tokens.comments) {
    source::Span span = comment.span;
    all.push_back(words_of(files[file].text().substr(span.begin, span.end - span.begin)));
  }
  return all;
}

bool means_the_same(const source::Files& files, source::FileId file, const ast::Tree& tree,
                    const ast::Tokens& tokens, const std::string& text) {
  source::Files after;
  source::FileId id = after.add(files[file].path(), text);
  diagnostics::Diagnostics diagnostics;
  ast::Tree again = parse::parse(after, id, diagnostics);
  return !diagnostics.failed() && ast::dump(again) == ast::dump(tree) &&
         comments_of(after, id, parse::tokens(after, id)) == comments_of(files, file, tokens);
}

// Comments within expressions can move so that another pass would still join or break lines: what
// is written is what stays as it is.
std::string settled(const std::string& path, std::string text) {
  constexpr int most_passes = 8;
  for (int pass = 0; pass < most_passes; ++pass) {
    source::Files files;
    source::FileId file = files.add(path, text);
    diagnostics::Diagnostics diagnostics;
    ast::Tree tree = parse::parse(files, file, diagnostics);
    if (diagnostics.failed()) return text;
    std::string next = format::format(files[file], tree, parse::tokens(files, file));
    if (next == text) return text;
    text = std::move(next);
  }
  return text;
}

}  // namespace

Reformatted reformat(const source::Files& files, source::FileId file,
                     diagnostics::Diagnostics& diagnostics) {
  using Outcome = Reformatted::Outcome;
  size_t errors = diagnostics.errors();
  ast::Tree tree = parse::parse(files, file, diagnostics);
  if (diagnostics.errors() > errors) return {Outcome::errors, {}};
  ast::Tokens tokens = parse::tokens(files, file);
  std::string text = settled(files[file].path(), format::format(files[file], tree, tokens));
  bool same = means_the_same(files, file, tree, tokens, text);
  return {same ? Outcome::done : Outcome::unequal, std::move(text)};
}

}  // namespace aipol::compiler
