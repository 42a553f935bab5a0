#include "compiler/lower/lower.h"

#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include "base/check.h"
#include "compiler/lower/functions.h"

namespace aipol::compiler {

namespace {

void lower(const plan::Plan& plan, const plan::StageLayout& layout, llvm::Module& module, const std::string& name) {
  StageModule stage{plan, layout, module, plan::Costs(plan, layout.code), plan::open_levels(layout.code)};
  std::vector<llvm::Function*> shapes;
  for (const plan::Shape& shape : layout.shapes) {
    shapes.push_back(lower_shape(stage, shape, name + "_shape_" + std::to_string(shapes.size())));
  }
  for (size_t i = 0; i < layout.values.size(); ++i) {
    lower_value(stage, layout.values[i], name + "_value_" + std::to_string(i));
  }
  lower_stage(stage, shapes, name);
}

}  // namespace

Lowered lower(const plan::Plan& plan, const plan::Layout& layout) {
  Lowered lowered{{new llvm::LLVMContext, [](llvm::LLVMContext* context) { delete context; }},
                  {nullptr, [](llvm::Module* module) { delete module; }}};
  lowered.context->setDiscardValueNames(false);
  lowered.module.reset(new llvm::Module("policy", *lowered.context));
  for (size_t i = 0; i < layout.size(); ++i) {
    lower(plan, layout[i], *lowered.module, "stage_" + std::to_string(i));
  }
#ifndef NDEBUG
  AIPOL_CHECK(!llvm::verifyModule(*lowered.module, &llvm::errs()), "lowering gives well-formed LLVM IR");
#endif
  return lowered;
}

std::string text(const Lowered& lowered) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  lowered.module->print(stream, nullptr);
  return out;
}

}  // namespace aipol::compiler
