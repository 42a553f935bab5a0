// What a loaded policy set reads besides its plan: detectors, compiled, and documents. Made once a
// load and shared by all calls; a document can be replaced by a newer version.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/detectors.h"
#include "plan/plan.h"
#include "runtime/data/data.h"

namespace aipol::enforce {

struct Assets {
  std::shared_ptr<const native::Detectors> detectors;
  std::vector<data::Data> documents;  // by Plan::documents
};

// Files are relative to the folder. The error names the detector or the file.
Result<Assets> load_assets(const plan::Plan& plan, const std::filesystem::path& folder);

}  // namespace aipol::enforce
