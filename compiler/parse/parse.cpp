#include "compiler/parse/parse.h"

#include "base/text.h"
#include "compiler/parse/builder.h"
#include "compiler/parse/error_strategy.h"
#include "compiler/parse/first_match.h"
#include "compiler/parse/scanner.h"

namespace aipol::parse {

namespace {

using diagnostics::Diagnostics;
using grammar::AipolParser;

static_assert(max_nesting == AipolParser::maxNesting);

// Said before anything else is looked at.
bool is_readable(const source::File& file, source::FileId id, Diagnostics& diagnostics) {
  if (file.text().size() > source::max_file_bytes) {
    diagnostics
        .report({id, 0, 0}, diagnostics::file_too_large,
                static_cast<int>(source::max_file_bytes >> 20))
        .help("split it: all files of a folder are one policy set");
    return false;
  }
  if (std::optional<size_t> place = first_invalid_utf8(file.text())) {
    auto begin = static_cast<uint32_t>(*place);
    diagnostics.report({id, begin, begin + 1}, diagnostics::invalid_utf8).help("save it as UTF-8");
    return false;
  }
  return true;
}

// One file: its declarations are parsed and built one after the other, so that the parser's memory
// is that of the largest declaration, and so that an error in one leaves the others whole.
class FileParser {
 public:
  FileParser(const source::File& file, Lexemes& lexemes, ast::Tree& tree, Diagnostics& diagnostics)
      : cursor_(lexemes.tokens),
        errors_(file, tree.file, lexemes, cursor_, diagnostics),
        parser_(&cursor_),
        builder_(file, lexemes, tree, diagnostics) {
    auto* simulator = parser_.getInterpreter<antlr4::atn::ParserATNSimulator>();
    parser_.setInterpreter(new FirstMatch(&parser_, simulator->atn, simulator->decisionToDFA,
                                          simulator->getSharedContextCache()));
    parser_.setErrorHandler(std::make_shared<ErrorStrategy>(errors_, cursor_));
    parser_.setBuildParseTree(false);
    parser_.removeErrorListeners();
  }

  void run() {
    if (cursor_.current().type == AipolParser::PACKAGE) {
      one([&] { builder_.package(parser_.packageClause()); });
    }
    while (!cursor_.at_end() && !errors_.too_many()) {
      one([&] { builder_.declaration(parser_.declaration()); });
    }
  }

 private:
  template <class Parse>
  void one(Parse parse) {
    size_t first = cursor_.index();
    try {
      parse();
    } catch (const AipolParser::TooDeep& place) {
      errors_.too_deep(lexeme(place.token));
      errors_.break_declaration();
    }
    if (errors_.take_broken()) errors_.skip_to_declaration(first);
    parser_.setContext(nullptr);
    parser_.getTreeTracker().reset();
  }

  Cursor cursor_;
  SyntaxErrors errors_;
  AipolParser parser_;
  Builder builder_;
};

}  // namespace

ast::Tree parse(const source::Files& files, source::FileId id, Diagnostics& diagnostics) {
  ast::Tree tree;
  tree.file = id;
  const source::File& file = files[id];
  if (!is_readable(file, id, diagnostics)) return tree;
  Lexemes lexemes = Scanner(file.text(), id, diagnostics).scan();
  tree.comments = std::move(lexemes.comments);
  std::erase_if(tree.comments, [](const ast::Comment& comment) { return comment.doc; });
  if (!lexemes.gave_up) FileParser(file, lexemes, tree, diagnostics).run();
  return tree;
}

ast::Tokens tokens(const source::Files& files, source::FileId id) {
  Diagnostics diagnostics;
  Lexemes lexemes = Scanner(files[id].text(), id, diagnostics).scan();
  ast::Tokens result{{}, std::move(lexemes.comments)};
  lexemes.tokens.pop_back();  // the end of the file
  result.tokens.reserve(lexemes.tokens.size());
  for (const Lexeme& token : lexemes.tokens) result.tokens.push_back({id, token.begin, token.end});
  return result;
}

}  // namespace aipol::parse
