// What all threads share of a served policy set: made once when it is loaded, never changed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/decision/program.h"
#include "runtime/dialects/dialect.h"
#include "runtime/enforce/assets.h"
#include "runtime/identity/identities.h"
#include "runtime/upstream/remote.h"

namespace aipol::gateway {

struct Service {
  std::shared_ptr<const decision::Program> program;
  enforce::Assets assets;
  identity::Identities identities;
  std::vector<upstream::Remote> remotes;  // by provider
  std::string models;                     // the answer of GET /v1/models
  dialects::Needs needs;                  // of a body, by the policies and by echo
  bool needs_body_text = false;           // does a policy read request.body_text

  const plan::Gateway& settings() const { return program->plan().deployment.gateway; }
};

// Reads key files and secrets. The error is one line that names the identity or provider.
Result<std::shared_ptr<const Service>> make_service(
    std::shared_ptr<const decision::Program> program, const std::filesystem::path& folder);

}  // namespace aipol::gateway
