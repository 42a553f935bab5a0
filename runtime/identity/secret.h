// Secrets of a policy set: read once when the gateway starts, kept in memory, never printed.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "plan/deployment.h"

namespace aipol::identity {

// The text of the variable or file, without surrounding white space. A relative file is looked for
// in `folder`. An error where it is missing, empty, larger than 64 KiB, or holds what no header may
// hold; the message never holds the secret.
Result<std::string> read_secret(const plan::Secret& secret, const std::filesystem::path& folder);

}  // namespace aipol::identity
