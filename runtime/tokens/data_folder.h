// Where the program finds the data that it is shipped with.
#pragma once

#include <filesystem>
#include <string_view>

namespace aipol::tokens {

// The folder that has the file: AIPOL_DATA where that is set, else `../share/aipol` beside the
// program's folder, else `../data` (of a build). Where none has it, the first of them.
std::filesystem::path data_folder(std::string_view file);

}  // namespace aipol::tokens
