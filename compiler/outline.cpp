#include "compiler/outline.h"

#include <algorithm>

namespace aipol::compiler {

namespace {

using ast::Declaration;
using ast::PolicyDeclaration;

// Effects that are their policy's own. Limits are meters, which are counted; tags are read
// elsewhere.
constexpr std::string_view own_effects[] = {"allow",  "deny", "require", "route",    "cache",
                                            "redact", "set",  "remove",  "clamp",    "prepend",
                                            "hide",   "log",  "alert",   "validate", "waf"};

bool is_own(const ast::Statement& statement) {
  return std::ranges::find(own_effects, statement.effect.text) != std::end(own_effects);
}

bool is_tag(const ast::Statement& statement) { return statement.effect.text == "tag"; }

bool is_annotated(const PolicyDeclaration& policy, std::string_view name) {
  return std::ranges::any_of(policy.annotations, [&](const ast::Annotation& annotation) {
    return annotation.name.text == name;
  });
}

}  // namespace

Outlined outlined(const Declaration& declaration) {
  Outlined out;
  out.begin = declaration.span.begin;
  out.end = declaration.span.end;
  if (std::holds_alternative<ast::TestDeclaration>(declaration.node) ||
      std::holds_alternative<ast::InvariantDeclaration>(declaration.node)) {
    out.kind = Outlined::Kind::checked;
  }
  if (const auto* policy = std::get_if<PolicyDeclaration>(&declaration.node)) {
    out.kind = Outlined::Kind::policy;
    out.name = policy->name.text;
    out.disabled = is_annotated(*policy, "disabled");
    out.tags = std::ranges::any_of(policy->statements, is_tag);
    // An id is compared with all others.
    out.local = std::ranges::all_of(policy->statements, is_own) && !is_annotated(*policy, "id");
  }
  return out;
}

Outline outline_of(const source::Files& files, const std::vector<ast::Tree>& trees) {
  Outline outline;
  for (const ast::Tree& tree : trees) {
    const source::File& file = files[tree.file];
    if (file.builtin()) continue;
    OutlinedFile& out = outline.emplace_back();
    out.path = file.path();
    out.text = file.text();
    for (const ast::Identifier& part : tree.package)
      out.package += (out.package.empty() ? "" : ".") + std::string(part.text);
    if (!tree.package.empty()) out.header_end = tree.package.back().span.end;
    for (const Declaration& declaration : tree.declarations)
      out.declarations.push_back(outlined(declaration));
  }
  return outline;
}

}  // namespace aipol::compiler
