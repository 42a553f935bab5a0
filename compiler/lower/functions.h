// The functions of one stage, each emitted whole.
#pragma once

#include "compiler/lower/emitter.h"

namespace aipol::compiler {

// ptr shape(columns, AipolRows* rows, i32 first, i32 count, scratch, ptr out): tests rows, writes the statements that
// fire from `out` on, returns the end of what it wrote. count is not zero.
llvm::Function* lower_shape(StageModule& stage, const plan::Shape& shape, const std::string& name);

// The same of one row, here: only of shapes that are tested ahead (plan::Reach).
llvm::Value* test_row(StageModule& stage, llvm::IRBuilder<>& builder, const plan::Shape& shape, llvm::Value* columns,
                      llvm::Value* row);
// Writes the row's statement to `out` in any case; returns where the next one goes, which is `out` where it does not fire.
llvm::Value* write_statement(llvm::IRBuilder<>& builder, const plan::Shape& shape, llvm::Value* row, llvm::Value* fires,
                             llvm::Value* out);
uint64_t row_bytes(const plan::Shape& shape);

// An AipolCompute of the shape's one piece.
void lower_value(StageModule& stage, const plan::Shape& shape, const std::string& name);

// An AipolStage; `shapes` by StageLayout::shapes.
void lower_stage(StageModule& stage, std::span<llvm::Function* const> shapes, const std::string& name);

llvm::FunctionType* shape_type(llvm::LLVMContext& context);

}  // namespace aipol::compiler
