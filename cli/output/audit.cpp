#include "cli/output/audit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace aipol::cli {

namespace {

using nlohmann::ordered_json;

std::string_view name_of(audit::Finding::What what) {
  return audit::finding_names[static_cast<size_t>(what)];
}

std::string counted(uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

ordered_json object_of(const VerifiedLog& log) {
  const audit::Verified& verified = log.verified;
  ordered_json out = {{"log", log.log},
                      {"ok", !verified.finding},
                      {"files", verified.files},
                      {"records", verified.records},
                      {"first", verified.first.seq},
                      {"last", verified.last.seq},
                      {"hash", std::string(audit::text_of(verified.last.hash))},
                      {"chains", verified.chains},
                      {"anchored", verified.anchored},
                      {"behind_anchor", verified.behind},
                      {"torn_bytes", verified.torn_bytes}};
  if (!verified.finding) return out;
  out["finding"] = {{"what", name_of(verified.finding->what)},
                    {"file", verified.finding->file},
                    {"line", verified.finding->line},
                    {"message", verified.finding->message}};
  return out;
}

}  // namespace

std::string verified_text(const std::string& log, const audit::Verified& verified) {
  if (verified.finding)
    return fmt::format("{}:{}: {}: {}\n", verified.finding->file, verified.finding->line,
                       name_of(verified.finding->what), verified.finding->message);
  std::string out = fmt::format("ok: {}: {} in {}", log, counted(verified.records, "record"),
                                counted(verified.files, "file"));
  if (verified.records > 0)
    out += fmt::format(", {} to {}, ends with {}", verified.first.seq, verified.last.seq,
                       audit::text_of(verified.last.hash));
  out += '\n';
  if (!verified.anchored)
    out += "  no anchor: records that were cut off the end would not be missed\n";
  else if (verified.behind > 0)
    out +=
        fmt::format("  {} behind the anchor: if one of them were cut off, it would not be missed\n",
                    counted(verified.behind, "record"));
  if (verified.chains > 1) out += fmt::format("  {} chains\n", verified.chains);
  if (verified.torn_bytes > 0)
    out += fmt::format("  {} of an unfinished record at the end\n",
                       counted(verified.torn_bytes, "byte"));
  return out;
}

std::string verified_json(const std::vector<VerifiedLog>& logs) {
  ordered_json out = {{"logs", ordered_json::array()}};
  for (const VerifiedLog& log : logs) out["logs"].push_back(object_of(log));
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace aipol::cli
