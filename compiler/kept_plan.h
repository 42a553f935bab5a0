// Plans kept on disk between runs, by the texts that they were made of.
#pragma once

#include <optional>
#include <string>

#include "compiler/source/source.h"
#include "plan/archive.h"

namespace aipol::compiler {

class KeptPlan {
 public:
  // Of these files, in that cache; an empty folder keeps nothing.
  KeptPlan(const source::Files& files, const std::string& cache);

  std::optional<plan::Laid> find() const;
  void keep(const plan::Plan& plan, const plan::Layout& layout) const;

 private:
  std::string folder_, key_;
};

}  // namespace aipol::compiler
