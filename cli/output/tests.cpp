#include "cli/output/tests.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace aipol::cli {

namespace {

struct Form {
  std::string_view name;
  std::string (*print)(const TestReport&);
};
constexpr Form forms[] = {{"text", tests_text},
                          {"json", tests_json},
                          {"junit", tests_junit},
                          {"github", tests_github},
                          {"tap", tests_tap}};

}  // namespace

const std::vector<std::string>& tests_formats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Form& form : forms) all.emplace_back(form.name);
    return all;
  }();
  return names;
}

std::string tests_in(std::string_view format, const TestReport& report) {
  const Form* form = std::ranges::find(forms, format, &Form::name);
  AIPOL_CHECK(form != std::end(forms), "a form of the table");
  return form->print(report);
}

std::string failure_line(const testing::Result& result) {
  return fmt::format("expected: {}; actual: {}", result.expected, result.actual);
}

std::string summary_line(const testing::Run& run) {
  return fmt::format("{} passed, {} failed", run.passed(), run.failed());
}

}  // namespace aipol::cli
