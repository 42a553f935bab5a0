// What a loaded policy set reads besides its plan: detectors and JSON Schemas, compiled, and
// documents. Made once a load and shared by all calls; a document can be replaced by a newer
// version.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/detectors.h"
#include "plan/plan.h"
#include "runtime/data/data.h"
#include "runtime/schema/schema.h"

namespace aipol::enforce {

struct Assets {
  std::shared_ptr<const native::Detectors> detectors;
  std::vector<data::Data> documents;  // by Plan::documents
  // By file, as `validate` names it.
  std::map<std::string, std::shared_ptr<const schema::Schema>, std::less<>> schemas;
};

// Files are relative to the folder. The error names the detector or the file.
Result<Assets> load_assets(const plan::Plan& plan, const std::filesystem::path& folder);

}  // namespace aipol::enforce
