// What handles of random plans point to: a document and detectors, the same in every test.
#pragma once

#include <string>

#include "plan/value.h"
#include "runtime/abi/cell.h"
#include "tests/support/choices.h"

namespace aipol::testing {

// Cells of Rep::handle; the objects live until the program ends.
AipolCell document_handle();
AipolCell detectors_handle();

// A path of the document whose value, where there is one, is of the representation; or one that leads nowhere.
std::string random_document_path(plan::Rep rep, Choices& choices);
// The path of a list of such values; it is read as integers, whatever its items are.
std::string document_column(plan::Rep rep);
// Some of the detectors, ascending.
std::vector<int64_t> random_detectors(Choices& choices);

}  // namespace aipol::testing
