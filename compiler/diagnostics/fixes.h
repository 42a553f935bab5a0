// Fixes of diagnostics, put into the texts they are meant for.
#pragma once

#include <map>
#include <string>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::diagnostics {

struct FixedFile {
  std::string text;
  size_t fixed = 0;  // diagnostics whose fixes are in
};

// The files that change. Of diagnostics whose fixes overlap the first one's are taken; those that
// would change a file inside the binary, or one that is not among `files`, are left out.
std::map<source::FileId, FixedFile> apply_fixes(const Diagnostics& diagnostics,
                                                const source::Files& files);

}  // namespace aipol::diagnostics
