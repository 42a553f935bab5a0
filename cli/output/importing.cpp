#include "cli/output/importing.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aipol::cli {

using json = nlohmann::ordered_json;
using importing::Item;
using importing::Share;

namespace {

std::string_view name_of(Share share) { return importing::share_names[static_cast<size_t>(share)]; }

double share_of(const importing::Translation& translation) {
  if (translation.items.empty()) return 1;
  return static_cast<double>(translation.count(Share::whole)) /
         static_cast<double>(translation.items.size());
}

}  // namespace

std::string import_text(const importing::Translation& translation,
                        const std::vector<std::string>& written) {
  std::string out;
  for (const Item& item : translation.items)
    if (item.share != Share::whole)
      out += fmt::format("{}:{}: {}: {}{}{}\n", item.file, item.line, name_of(item.share),
                         item.what, item.note.empty() ? "" : ": ", item.note);
  for (const std::string& remark : translation.remarks) out += fmt::format("note: {}\n", remark);
  for (const std::string& file : written) out += fmt::format("wrote {}\n", file);
  return out +
         fmt::format(
             "{} of {} parts translated ({:.0f}%), {} stricter than the original, {} left out\n",
             translation.count(Share::whole), translation.items.size(), 100 * share_of(translation),
             translation.count(Share::stricter), translation.count(Share::none));
}

std::string import_json(const importing::Translation& translation,
                        const std::vector<std::string>& written) {
  json out = {{"files", written}, {"items", json::array()}, {"remarks", translation.remarks}};
  for (const Item& item : translation.items)
    out["items"].push_back({{"what", item.what},
                            {"file", item.file},
                            {"line", item.line},
                            {"state", name_of(item.share)},
                            {"note", item.note}});
  out["summary"] = {{"parts", translation.items.size()},
                    {"translated", translation.count(Share::whole)},
                    {"stricter", translation.count(Share::stricter)},
                    {"left_out", translation.count(Share::none)},
                    {"share", share_of(translation)}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
