#include "compiler/prove/z3.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace aipol::prove {

namespace {

constexpr const char* library = "libz3.so.4";

Result<Z3> load() {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return failure(fmt::format("the proofs need {}, which can not be loaded", library));
  Z3 out;
#define Z3_FUNCTION(name)                                                        \
  out.name = reinterpret_cast<decltype(&Z3_##name)>(dlsym(handle, "Z3_" #name)); \
  if (out.name == nullptr)                                                       \
    return failure(fmt::format("the proofs need another {}: it has no Z3_{}", library, #name));
#include "compiler/prove/z3_functions.def"
  return out;
}

}  // namespace

Result<const Z3*> load_z3() {
  static const Result<Z3> loaded = load();
  if (!loaded) return std::unexpected(loaded.error());
  return &*loaded;
}

}  // namespace aipol::prove
