// The functions of one stage, each emitted whole.
#pragma once

#include "compiler/lower/emitter.h"

namespace aipol::compiler {

// ptr shape(columns, AipolRows* rows, i32 first, i32 count, scratch, ptr out): tests rows, writes the statements that
// fire from `out` on, returns the end of what it wrote. count is not zero.
llvm::Function* lower_shape(StageModule& stage, const plan::Shape& shape, const std::string& name);

// An AipolText.
void lower_text(StageModule& stage, const plan::Shape& shape, const std::string& name);

// An AipolStage; `shapes` by StageLayout::shapes.
void lower_stage(StageModule& stage, std::span<llvm::Function* const> shapes, const std::string& name);

llvm::FunctionType* shape_type(llvm::LLVMContext& context);

}  // namespace aipol::compiler
