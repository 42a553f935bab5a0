#include "runtime/enforce/assets.h"

namespace aipol::enforce {

Result<Assets> load_assets(const plan::Plan& plan, const std::filesystem::path& folder) {
  Assets assets;
  Result<native::Detectors> detectors = plan::compiled(plan.detectors);
  if (!detectors) return std::unexpected(detectors.error());
  assets.detectors = std::make_shared<const native::Detectors>(std::move(*detectors));
  for (const plan::Document& document : plan.documents) {
    Result<data::Data> loaded = data::load(document, plan.enumerations, folder);
    if (!loaded) return std::unexpected(loaded.error());
    assets.documents.push_back(std::move(*loaded));
  }
  return assets;
}

}  // namespace aipol::enforce
