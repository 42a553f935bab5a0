#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/TargetSelect.h>

#include "compiler/jit/jit.h"
#include "stdlib/native/natives.h"
#include "stdlib/native/support.h"

namespace aipol::compiler {

namespace {

using llvm::orc::LLJIT;

std::unexpected<Error> failed(llvm::Error error) {
  return failure("cannot load compiled policies: " + llvm::toString(std::move(error)));
}

// What compiled stages may call, and nothing else of this process.
llvm::Error define_natives(LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  auto define = [&](std::string_view name, void* address) {
    symbols[jit.mangleAndIntern(llvm::StringRef(name.data(), name.size()))] = {
        llvm::orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
  };
  for (const native::Native& one : native::natives())
    define(one.symbol, reinterpret_cast<void*>(one.function));
  for (const native::Symbol& one : native::support_symbols()) define(one.name, one.address);
  define("memcpy", reinterpret_cast<void*>(&memcpy));
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

template <class Function>
llvm::Error find(LLJIT& jit, const std::string& name, std::vector<Function>& functions) {
  auto address = jit.lookup(name);
  if (!address) return address.takeError();
  functions.push_back(address->toPtr<Function>());
  return llvm::Error::success();
}

llvm::Error find_all(LLJIT& jit, const plan::Layout& layout, NativeCode& code) {
  for (size_t i = 0; i < layout.size(); ++i) {
    std::string name = "stage_" + std::to_string(i);
    if (auto error = find(jit, name, code.stages)) return error;
    auto& values = code.values.emplace_back();
    for (size_t k = 0; k < layout[i].values.size(); ++k) {
      if (auto error = find(jit, name + "_value_" + std::to_string(k), values)) return error;
    }
  }
  return llvm::Error::success();
}

}  // namespace

Result<NativeCode> load(const std::string& object, Tier tier, const plan::Layout& layout) {
  if (llvm::InitializeNativeTarget()) return failure("no code generator for this machine");
  auto made = llvm::orc::LLJITBuilder().create();
  if (!made) return failed(made.takeError());
  std::shared_ptr<LLJIT> jit = std::move(*made);
  if (auto error = define_natives(*jit)) return failed(std::move(error));
  auto buffer = llvm::MemoryBuffer::getMemBuffer(object, "policy", false);
  if (auto error = jit->addObjectFile(std::move(buffer))) return failed(std::move(error));
  NativeCode code{.tier = tier, .stages = {}, .values = {}, .memory = {}};
  if (auto error = find_all(*jit, layout, code)) return failed(std::move(error));
  code.memory = jit;
  return code;
}

}  // namespace aipol::compiler
