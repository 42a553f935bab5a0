// The kinds of identities, a function for each that makes one of what a policy set declares.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/identity/identity.h"
#include "runtime/identity/report.h"

namespace aipol::identity {

// What identities are made in.
struct Setting {
  std::filesystem::path folder;  // that relative files are in
  Report report;
  // Identities of the policy set that is in force until now: what they have read and fetched is
  // taken over.
  std::vector<const Identity*> before;
};

Result<std::unique_ptr<const Identity>> load_api_keys(const plan::Identity& declared,
                                                      const Setting& setting);
Result<std::unique_ptr<const Identity>> load_jwt(const plan::Identity& declared,
                                                 const Setting& setting);

}  // namespace aipol::identity
