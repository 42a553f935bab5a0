#include "cli/output/replay_bisection.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/output/markup.h"
#include "cli/output/replay.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

namespace {

using replay::Bisection;

std::string json_of(const Bisection& found, const std::string& report) {
  using nlohmann::ordered_json;
  auto commit = [](const Bisection::Commit& one) {
    return ordered_json{{"id", one.id}, {"title", one.title}};
  };
  ordered_json out;
  out["commit"] = found.found() ? commit(found.commit) : ordered_json();
  out["parent"] = found.found() ? commit(found.parent) : ordered_json();
  out["skipped"] = ordered_json::array();
  for (const Bisection::Commit& one : found.skipped) out["skipped"].push_back(commit(one));
  out["tested"] = found.tested;
  out["commits"] = found.commits;
  return fmt::format("{{\"bisect\":{},{}", out.dump(), report.substr(1));
}

std::string headline(const Bisection& found, bool markdown) {
  auto title = [&](const Bisection::Commit& one) {
    return markdown ? markdown_text(one.title) : one.title;
  };
  std::string tested = fmt::format("{} of {} commits tested", found.tested, found.commits);
  if (!found.found()) return fmt::format("No commit changes it: {}.\n\n", tested);
  std::string out =
      fmt::format("The commit that changes it: {} ({})\n", title(found.commit), tested);
  for (const Bisection::Commit& one : found.skipped)
    out += fmt::format("{}or this one, which does not compile: {}\n", markdown ? "\n" : "  ",
                       title(one));
  return out + "\n";
}

}  // namespace

std::string bisection_output(const std::string& format, const Bisection& found,
                             const std::vector<replay::Gate>& gates, bool colour) {
  std::string report = replay_output(format, found.report, gates, colour);
  if (format == "json") return json_of(found, report);
  // A page has its title: the sets are named by their commits.
  if (format == "html") return report;
  return headline(found, format == "markdown") + report;
}

}  // namespace aipol::cli
