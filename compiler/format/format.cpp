#include "compiler/format/format.h"

#include "compiler/format/formatter.h"
#include "compiler/format/layout.h"

namespace aipol::format {

std::string format(const source::File& file, const ast::Tree& tree, const ast::Tokens& tokens) {
  TokenStream stream(file, tokens);
  Document document;
  Formatter(file, stream, document).file(tree);
  return layout(document);
}

}  // namespace aipol::format
