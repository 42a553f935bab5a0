#include "compiler/standard_library.h"

#include "embedded/files.h"

namespace aipol::compiler {

void add_standard_library(source::Files& files) {
  for (const embedded::File& file : embedded::stdlib())
    files.add(std::string(file.path), std::string(file.text), true);
}

}  // namespace aipol::compiler
