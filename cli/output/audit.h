// What `aipol audit verify` prints.
#pragma once

#include <string>
#include <vector>

#include "runtime/audit/verify.h"

namespace aipol::cli {

struct VerifiedLog {
  std::string log;
  audit::Verified verified;
};

std::string verified_text(const std::string& log, const audit::Verified& verified);
std::string verified_json(const std::vector<VerifiedLog>& logs);

}  // namespace aipol::cli
