// A policy set as commands name it: files and folders, or one of a revision of the Git repository.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/source/source.h"
#include "revision/checkout.h"

namespace aipol::cli {

struct NamedSet {
  source::Files files;  // called what they are called in the revision
  std::string folder;   // where relative paths of the set begin
  std::optional<revision::Checkout> checkout = std::nullopt;  // the folder goes with it
};

// Paths, or one REV:PATH.
Result<NamedSet> read_named_set(const std::vector<std::string>& names);

}  // namespace aipol::cli
