// One of the two sets that are compared. Shared by worlds.
#pragma once

#include <memory>
#include <string>

#include "runtime/decision/program.h"
#include "runtime/enforce/assets.h"
#include "runtime/offline/course.h"

namespace aipol::replay {

struct PolicySet {
  std::string name;  // as it was named: for people
  std::shared_ptr<const decision::Program> program;
  enforce::Assets assets;
  // How its models count tokens: one for each model, or none.
  offline::Tokenizers tokenizers = {};
  const plan::Plan& plan() const { return program->plan(); }
};

}  // namespace aipol::replay
