#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Pass.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/Scalar.h>
#include <llvm/Transforms/Utils.h>

#include "compiler/jit/host.h"
#include "compiler/jit/jit.h"

namespace aipol::compiler {

namespace {

llvm::CodeGenOptLevel level_of(Tier tier) {
  return tier == Tier::good ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::None;
}

Result<std::unique_ptr<llvm::TargetMachine>> machine_for(Tier tier) {
  static const bool ready =
      !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  if (!ready) return failure("no code generator for this machine");
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(host_triple(), error);
  if (target == nullptr) return failure("no code generator for `" + host_triple() + "`: " + error);
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(host_triple(), host_cpu(), host_features(), llvm::TargetOptions(),
                                  llvm::Reloc::PIC_, llvm::CodeModel::Small, level_of(tier), true));
}

// Inlining pays in both tiers: most shapes have one caller, and a call costs what a row does.
void add_passes(llvm::legacy::PassManager& passes, Tier tier) {
  passes.add(llvm::createAlwaysInlinerLegacyPass());
  if (tier == Tier::fast) return;
  passes.add(llvm::createEarlyCSEPass());
  passes.add(llvm::createCFGSimplificationPass());
}

}  // namespace

Tier tier_for(const Lowered& lowered) {
  constexpr unsigned few_instructions = 2000;
  return lowered.module->getInstructionCount() <= few_instructions ? Tier::good : Tier::fast;
}

Result<std::string> assemble(Lowered lowered, Tier tier) {
  auto machine = machine_for(tier);
  if (!machine) return std::unexpected(machine.error());
  lowered.module->setTargetTriple((*machine)->getTargetTriple().str());
  lowered.module->setDataLayout((*machine)->createDataLayout());
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  add_passes(passes, tier);
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return failure("the code generator writes no object files");
  }
  passes.run(*lowered.module);
  return std::string(bytes.data(), bytes.size());
}

}  // namespace aipol::compiler
