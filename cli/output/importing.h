// What an import made, for readers and for programs.
#pragma once

#include <string>
#include <vector>

#include "importing/translation.h"

namespace aipol::cli {

// Each part that is stricter or left out, the share, remarks, and the files that were written.
std::string import_text(const importing::Translation& translation,
                        const std::vector<std::string>& written);
std::string import_json(const importing::Translation& translation,
                        const std::vector<std::string>& written);

}  // namespace aipol::cli
