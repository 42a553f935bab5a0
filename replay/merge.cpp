#include "replay/merge.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "replay/report_json.h"

namespace aipol::replay {

namespace {

Result<Report> read_part(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(fmt::format("{}: cannot be read", path));
  std::stringstream text;
  text << file.rdbuf();
  auto report = read_report(text.str());
  if (!report) return failure(fmt::format("{}: {}", path, report.error().message));
  return report;
}

// Why the two can not be added up; empty where they can.
std::string objection(const Report& sum, const Report& part) {
  if (sum.to.version != part.to.version || sum.from.version != part.from.version)
    return "it was made with other policies than the first";
  if (sum.of != part.of) return "it is not of as many shards as the first";
  if (sum.of == 0) return "it is no part of a replay: it was made without --shard";
  if (sum.logs != part.logs) return "it was made of other logs than the first";
  for (uint32_t shard : part.shards) {
    if (sum.shards.contains(shard)) return fmt::format("shard {} is there twice", shard);
  }
  return {};
}

}  // namespace

Result<Report> merge_files(const std::vector<std::string>& paths) {
  Report sum;
  for (size_t i = 0; i < paths.size(); ++i) {
    auto part = read_part(paths[i]);
    if (!part) return part;
    if (i == 0) {
      sum = std::move(*part);
      continue;
    }
    std::string why = objection(sum, *part);
    if (!why.empty()) return failure(fmt::format("{}: {}", paths[i], why));
    sum.merge(*part);
  }
  return sum;
}

}  // namespace aipol::replay
