#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/commands/command.h"
#include "cli/output/declarations.h"
#include "compiler/compile.h"
#include "compiler/diagnostics/diagnostics.h"
#include "embedded/files.h"

namespace aipol::cli {

namespace {

struct Page {
  std::string name;  // "E0203", "deny"
  std::string_view text;
};

std::vector<Page> pages() {
  std::vector<Page> all;
  for (const embedded::File& file : embedded::docs()) {
    std::string_view name = file.path.substr(file.path.rfind('/') + 1);
    all.push_back({std::string(name.substr(0, name.rfind('.'))), file.text});
  }
  return all;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Of a lint's page, whose title ends with its code: "# unused-use (L0102)".
std::string_view code_of(const Page& page) {
  std::string_view title = page.text.substr(0, page.text.find('\n'));
  size_t bracket = title.rfind('(');
  if (bracket == title.npos || !title.ends_with(')')) return {};
  return title.substr(bracket + 1, title.size() - bracket - 2);
}

int run_explain(const std::string& name) {
  std::vector<std::string> known;
  bool found = false;
  for (const Page& page : pages()) {
    known.push_back(page.name);
    if (!same_ignoring_case(page.name, name) && !same_ignoring_case(code_of(page), name)) continue;
    fmt::print("{}", page.text);
    found = true;
  }
  auto library = compiler::compile(source::Files{}, {.last = compiler::Step::parse});
  if (!library) return fail(library.error().message);
  for (const ast::Tree& tree : (*library)->trees) {
    for (const Documented& entry : documented(tree, (*library)->files)) {
      known.push_back(entry.name);
      bool last_part = entry.name.ends_with("." + name);
      if (entry.name != name && !last_part) continue;
      fmt::print("{}{}\n{}", found ? "\n" : "", entry.signature,
                 entry.doc.empty() ? "" : "  " + entry.doc + "\n");
      found = true;
    }
  }
  if (found) return well;
  std::string near = diagnostics::nearest(name, known);
  return fail(fmt::format("`{}` is no diagnostic, lint, effect, function or field{}", name,
                          near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
}

}  // namespace

Run add_explain(CLI::App& command) {
  auto name = std::make_shared<std::string>();
  command
      .add_option("CODE", *name,
                  "a code such as E0203, a lint, an effect, a function, a field or a setting")
      ->required();
  command.footer(
      "Examples:\n  aipol explain E0203\n  aipol explain starts_with\n  aipol explain "
      "principal.roles");
  return [name] { return run_explain(*name); };
}

}  // namespace aipol::cli
