#include "compiler/kept_plan.h"

#include "compiler/jit/cache_key.h"
#include "compiler/jit/object_cache.h"

namespace aipol::compiler {

KeptPlan::KeptPlan(const source::Files& files, const std::string& cache) : folder_(cache) {
  if (folder_.empty()) return;
  std::vector<std::string_view> parts = {"plan"};
  for (source::FileId file = 0; file < files.size(); ++file) {
    if (files[file].builtin()) continue;  // part of the program
    parts.push_back(files[file].path());
    parts.push_back(files[file].text());
  }
  key_ = cache_key(parts);
}

std::optional<plan::Laid> KeptPlan::find() const {
  if (key_.empty()) return std::nullopt;
  std::optional<std::string> bytes = ObjectCache(folder_).find(key_);
  return bytes ? plan::from_archive(*bytes) : std::nullopt;
}

void KeptPlan::keep(const plan::Plan& plan, const plan::Layout& layout) const {
  if (!key_.empty()) ObjectCache(folder_).keep(key_, plan::archived(plan, layout));
}

}  // namespace aipol::compiler
