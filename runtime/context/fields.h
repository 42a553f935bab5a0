// Where each field of stdlib/traffic.aipol is found: a row for each in fields.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// Where the field is nothing but a set of texts that the call holds.
using ReadTexts = const std::vector<std::string>& (*)(const Call&);

// The reader of a field by its path ("principal.roles"), or null where no row has it.
ReadField field_reader(std::string_view path);
// The same; null for fields that are no such set, too.
ReadTexts texts_reader(std::string_view path);

}  // namespace aipol::context
