// What all threads share of one version of a served policy set: made when it is loaded.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/audit/log.h"
#include "runtime/decision/program.h"
#include "runtime/dialects/dialect.h"
#include "runtime/enforce/engine.h"
#include "runtime/gateway/count_tokens.h"
#include "runtime/gateway/lasting.h"
#include "runtime/gateway/tls.h"
#include "runtime/gateway/usual_answers.h"
#include "runtime/geo/countries.h"
#include "runtime/identity/identities.h"
#include "runtime/upstream/remote.h"

namespace aipol::gateway {

struct Service {
  explicit Service(std::shared_ptr<const decision::Program> of)
      : program(std::move(of)),
        usual(program->plan().deployment.models.size()),
        hits(new std::atomic<uint64_t>[program->plan().statements.size()]()) {}

  std::shared_ptr<const decision::Program> program;
  std::unique_ptr<enforce::Engine> engine;
  identity::Identities identities;
  std::unique_ptr<const geo::Countries> countries;  // null: none are known
  std::shared_ptr<audit::Outlet> outlet;            // of its sinks (record.h)
  std::vector<uint32_t> sinks_of_all;               // those that get the record of every request
  std::shared_ptr<ServerTls> tls;                   // null: plain HTTP
  std::vector<upstream::Remote> remotes;            // by provider
  std::string models;                               // the answer of GET /v1/models
  dialects::Needs needs;                            // of a body, by the policies and by echo
  Tokenizers tokenizers;                            // by model
  bool records = false;                             // are requests kept for replaying
  bool keeps_answers = false;                       // are whole answers wanted when they have ended
  bool counts_tokens = false;                       // does something go by the tokens of requests
  bool needs_body_text = false;  // does a policy read or check the body as it came
  mutable UsualAnswers usual;
  std::unique_ptr<std::atomic<uint64_t>[]> hits;  // by statement: requests for which it fired
  std::vector<Metrics::OfModel> measured;         // by model
  int64_t since = 0;                              // when it was loaded, nanoseconds since the epoch
  std::vector<std::filesystem::path> files;       // documents and schemas that it read

  // Of the model of that name; null: estimated.
  const tokens::Tokenizer* tokenizer(std::string_view model) const;
  // Another number once documents or schemas changed.
  uint64_t stamp() const;
  const plan::Plan& plan() const { return program->plan(); }
  const plan::Deployment& deployment() const { return plan().deployment; }
  const plan::Gateway& settings() const { return deployment().gateway; }
};

struct ServiceOptions {
  std::filesystem::path folder;     // relative files are looked for here
  std::filesystem::path recording;  // the file that requests are recorded in; empty: they are not
  identity::Report report;          // what goes wrong with keys later
  const Service* before = nullptr;  // the version in force: its keys are taken over
};

// Reads key files and secrets. The error is one line that names the identity or provider. `lasting`
// must outlive the service.
Result<std::shared_ptr<const Service>> make_service(
    std::shared_ptr<const decision::Program> program, const ServiceOptions& options,
    Lasting& lasting);

}  // namespace aipol::gateway
