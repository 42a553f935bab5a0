// What compiler/lower hands to compiler/jit: an LLVM module. Opaque to all others, who need no LLVM headers.
#pragma once

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace aipol::compiler {

// Holds the functions `stage_<i>` (AipolStage, by stage) and `stage_<i>_value_<k>` (AipolCompute, by
// StageLayout::values).
struct Lowered {
  std::unique_ptr<llvm::LLVMContext, void (*)(llvm::LLVMContext*)> context;
  std::unique_ptr<llvm::Module, void (*)(llvm::Module*)> module;  // goes first
};

}  // namespace aipol::compiler
