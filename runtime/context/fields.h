// Where each field of stdlib/traffic.aipol is found: a row for each in fields.cpp.
#pragma once

#include <string_view>

#include "plan/facts.h"
#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/call.h"
#include "runtime/context/surroundings.h"

namespace aipol::context {

struct Reading {
  const Call& call;
  const Surroundings& around;
  const plan::Plan& plan;
  const plan::Source& source;
  AipolScratch& scratch;
};
using ReadField = plan::Fact (*)(const Reading&);

// The reader of a field by its path ("principal.roles"), or null where no row has it.
ReadField field_reader(std::string_view path);

}  // namespace aipol::context
