// SARIF 2.1.0 (OASIS): one run, the rules that it met with their pages, a result for each
// diagnostic.
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/output/diagnostics.h"
#include "embedded/files.h"

namespace aipol::cli {

using diagnostics::Diagnostic;
using diagnostics::Diagnostics;
using json = nlohmann::ordered_json;

namespace {

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// A path as a URI reference (RFC 3986): relative ones stay relative, to wherever the log is read.
std::string uri_of(const std::string& path) {
  std::string normal = std::filesystem::path(path).lexically_normal().generic_string();
  std::string out = normal.starts_with('/') ? "file://" : "";
  for (char c : normal) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (byte < 0x80 && std::isalnum(byte) != 0) ||
                 std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

std::string_view level(diagnostics::Severity severity) {
  return severity == diagnostics::Severity::error ? "error" : "warning";
}

json region(source::Span span, const source::File& file) {
  source::LineColumn begin = file.locate(span.begin);
  source::LineColumn end = file.locate(span.end);
  return {{"startLine", begin.line},
          {"startColumn", begin.column},
          {"endLine", end.line},
          {"endColumn", end.column}};
}

// The page that `aipol explain` prints, or nothing.
std::string_view page_of(const Diagnostic& diagnostic) {
  for (const embedded::File& file : embedded::docs()) {
    std::string_view name = file.path.substr(file.path.rfind('/') + 1);
    if (name.ends_with(".md")) name.remove_suffix(3);
    if (name == diagnostic.code || (diagnostic.is_lint() && name == diagnostic.name))
      return file.text;
  }
  return {};
}

std::string spaced(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

json rule(const Diagnostic& diagnostic) {
  json out = {{"id", diagnostic.code},
              {"name", diagnostic.name},
              {"shortDescription", {{"text", spaced(diagnostic.name)}}},
              {"defaultConfiguration", {{"level", level(diagnostic.severity)}}}};
  std::string_view page = page_of(diagnostic);
  if (!page.empty()) out["help"] = {{"text", page}, {"markdown", page}};
  return out;
}

class Log {
 public:
  Log(const Diagnostics& diagnostics, const source::Files& files)
      : diagnostics_(diagnostics), files_(files) {}

  json run() {
    json results = json::array();
    for (const Diagnostic& diagnostic : diagnostics_.all()) results.push_back(result(diagnostic));
    json invocation = {{"executionSuccessful", true}};
    if (diagnostics_.dropped() > 0) {
      json message = {{"text", fmt::format("{} more are not shown", diagnostics_.dropped())}};
      invocation["toolExecutionNotifications"].push_back({{"level", "note"}, {"message", message}});
    }
    json driver = {{"name", "aipol"}, {"version", embedded::version()}, {"rules", rules_}};
    json run = {{"tool", {{"driver", driver}}},
                {"columnKind", "unicodeCodePoints"},
                {"invocations", json::array({invocation})},
                {"artifacts", artifacts_},
                {"results", results}};
    return {{"$schema", schema}, {"version", "2.1.0"}, {"runs", json::array({run})}};
  }

 private:
  json result(const Diagnostic& diagnostic) {
    std::string message = diagnostic.message;
    if (!diagnostic.note.empty()) message += "; " + diagnostic.note;
    if (!diagnostic.help_text.empty()) message += "; help: " + diagnostic.help_text;
    json out = {{"ruleId", diagnostic.code},
                {"ruleIndex", rule_index(diagnostic)},
                {"level", level(diagnostic.severity)},
                {"message", {{"text", message}}}};
    out["locations"].push_back({{"physicalLocation", location(diagnostic.span)}});
    for (size_t i = 0; i < diagnostic.labels.size(); ++i) {
      const diagnostics::Label& label = diagnostic.labels[i];
      out["relatedLocations"].push_back({{"id", i + 1},
                                         {"physicalLocation", location(label.span)},
                                         {"message", {{"text", label.text}}}});
    }
    if (!diagnostic.fixes.empty()) out["fixes"].push_back(fix(diagnostic));
    return out;
  }

  json fix(const Diagnostic& diagnostic) {
    std::map<source::FileId, json> changes;
    for (const diagnostics::Fix& fix : diagnostic.fixes) {
      changes[fix.span.file].push_back({{"deletedRegion", region(fix.span, files_[fix.span.file])},
                                        {"insertedContent", {{"text", fix.replacement}}}});
    }
    json out = {{"artifactChanges", json::array()}};
    if (!diagnostic.help_text.empty()) out["description"] = {{"text", diagnostic.help_text}};
    for (auto& [file, replacements] : changes) {
      out["artifactChanges"].push_back(
          {{"artifactLocation", artifact(file)}, {"replacements", std::move(replacements)}});
    }
    return out;
  }

  json location(source::Span span) {
    return {{"artifactLocation", artifact(span.file)}, {"region", region(span, files_[span.file])}};
  }

  json artifact(source::FileId file) {
    auto [it, fresh] = artifact_index_.try_emplace(file, artifacts_.size());
    std::string uri = uri_of(files_[file].path());
    if (fresh) artifacts_.push_back({{"location", {{"uri", uri}}}});
    return {{"uri", uri}, {"index", it->second}};
  }

  size_t rule_index(const Diagnostic& diagnostic) {
    auto [it, fresh] = rule_index_.try_emplace(diagnostic.code, rules_.size());
    if (fresh) rules_.push_back(rule(diagnostic));
    return it->second;
  }

  const Diagnostics& diagnostics_;
  const source::Files& files_;
  json rules_ = json::array(), artifacts_ = json::array();
  std::map<std::string_view, size_t> rule_index_;
  std::map<source::FileId, size_t> artifact_index_;
};

}  // namespace

std::string diagnostics_sarif(const Diagnostics& diagnostics, const source::Files& files) {
  return Log(diagnostics, files).run().dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
