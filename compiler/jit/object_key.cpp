#include "compiler/jit/object_key.h"

#include <llvm/Config/llvm-config.h>

#include "compiler/jit/cache_key.h"
#include "compiler/jit/host.h"

namespace aipol::compiler {

std::string object_key(std::string_view fingerprint, Tier tier) {
  return cache_key({"code", LLVM_VERSION_STRING, host_triple(), host_cpu(), host_features(),
                    tier == Tier::good ? "good" : "fast", fingerprint});
}

}  // namespace aipol::compiler
