#include "cli/output/replay.h"

#include <algorithm>

namespace aipol::cli {

namespace {

struct Form {
  std::string_view name;
  std::string (*write)(const replay::Report&, const std::vector<replay::Gate>&, bool colour);
};
constexpr Form forms[] = {{"text", replay_text},
                          {"json", replay_json},
                          {"markdown", replay_markdown},
                          {"html", replay_html}};

}  // namespace

const std::vector<std::string>& replay_formats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Form& form : forms) all.emplace_back(form.name);
    return all;
  }();
  return names;
}

std::string replay_output(const std::string& format, const replay::Report& report,
                          const std::vector<replay::Gate>& gates, bool colour) {
  const Form* form = std::ranges::find(forms, format, &Form::name);
  return form->write(report, gates, colour);
}

}  // namespace aipol::cli
