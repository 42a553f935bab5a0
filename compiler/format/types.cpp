#include "compiler/format/formatter.h"

namespace aipol::format {

void Formatter::type(const ast::TypeName& type) {
  take();
  if (type.package) {
    take();
    take();
  }
  for (size_t i = 0; i < type.arguments.size(); ++i) {
    take();
    if (i > 0) space();
    this->type(type.arguments[i]);
  }
  if (!type.arguments.empty()) take();
  if (at("?")) take();
}

void Formatter::parameters(const std::vector<ast::Parameter>& parameters) {
  if (!open({})) return;
  for (const ast::Parameter& parameter : parameters) {
    if (&parameter != &parameters.front()) next_item();
    take();
    take();
    space();
    type(parameter.type);
  }
  close(true);
}

}  // namespace aipol::format
