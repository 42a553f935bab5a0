#include "runtime/gateway/service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file_stamp.h"
#include "runtime/dialects/openai_answers.h"
#include "runtime/enforce/rewriting.h"
#include "runtime/gateway/record.h"
#include "runtime/gateway/served.h"
#include "runtime/identity/secret.h"

namespace aipol::gateway {
namespace {

bool reads(const plan::Plan& plan, std::string_view prefix) {
  return std::any_of(plan.sources.begin(), plan.sources.end(),
                     [&](const plan::Source& source) { return source.path.starts_with(prefix); });
}

// What guards read, and what is bounded.
std::vector<std::string> body_paths(const plan::Plan& plan) {
  std::vector<std::string> paths = enforce::clamped_fields(plan);
  for (const plan::Source& source : plan.sources) {
    if (source.path == "request.body") paths.push_back(source.key);
  }
  return paths;
}

Result<std::string> read_key(const plan::Provider& provider, const std::filesystem::path& folder) {
  if (!provider.key) return std::string();
  auto key = identity::read_secret(*provider.key, folder);
  if (!key) return failure(fmt::format("provider {}: {}", provider.name, key.error().message));
  return key;
}

Result<std::vector<upstream::Remote>> make_remotes(const plan::Deployment& deployment,
                                                   const std::filesystem::path& folder) {
  std::vector<upstream::Remote> remotes;
  for (const plan::Provider& provider : deployment.providers) {
    auto key = read_key(provider, folder);
    if (!key) return std::unexpected(key.error());
    auto remote = upstream::make_remote(provider, *key);
    if (!remote) return std::unexpected(remote.error());
    remotes.push_back(std::move(*remote));
  }
  return remotes;
}

std::string list_models(const plan::Deployment& deployment) {
  std::vector<dialects::ListedModel> models;
  for (const plan::Model& model : deployment.models) {
    models.push_back({model.name, deployment.providers[model.provider].name});
  }
  return dialects::format_models(models);
}

// What counts tokens or money estimates by the texts of a call.
bool counts_texts(const plan::Plan& plan) {
  constexpr plan::Measure by_length[] = {plan::Measure::tokens, plan::Measure::input_tokens,
                                         plan::Measure::output_tokens, plan::Measure::usd,
                                         plan::Measure::sum};
  return std::ranges::any_of(plan.meters, [&](const plan::Meter& meter) {
    return std::ranges::find(by_length, meter.measure) != std::end(by_length);
  });
}

// Whether some route may go by what a request is expected to cost.
bool routes_by_price(const plan::Plan& plan) {
  return std::ranges::any_of(plan.statements, [](const plan::Statement& statement) {
    return statement.effect == plan::Effect::route &&
           decision::argument(statement, "strategy") != nullptr;
  });
}

bool has_effect(const plan::Plan& plan, std::initializer_list<plan::Effect> effects) {
  return std::ranges::any_of(plan.statements, [&](const plan::Statement& statement) {
    return std::ranges::find(effects, statement.effect) != effects.end();
  });
}

bool has_echo(const std::vector<upstream::Remote>& remotes) {
  return std::any_of(remotes.begin(), remotes.end(), [](const upstream::Remote& remote) {
    return remote.kind == upstream::Remote::Kind::echo;
  });
}

// What the set reads besides policies: documents, schemas, the certificate.
std::vector<std::filesystem::path> files_of(const plan::Plan& plan, const enforce::Assets& assets,
                                            const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const plan::Document& document : plan.documents) files.push_back(folder / document.file);
  for (const auto& [name, schema] : assets.schemas) files.push_back(folder / name);
  const plan::Gateway& settings = plan.deployment.gateway;
  if (!settings.countries.empty()) files.push_back(folder / settings.countries);
  if (!settings.tls_certificate.empty()) files.push_back(folder / settings.tls_certificate);
  if (settings.tls_key && settings.tls_key->from == plan::Secret::From::file)
    files.push_back(folder / settings.tls_key->name);
  return files;
}

// What has to be known of requests so that this set can be decided.
void add_needs(Service& service, const decision::Program& program) {
  using plan::Effect;
  const plan::Plan& plan = program.plan();
  const bool estimates = counts_texts(plan) || routes_by_price(plan);
  service.counts_tokens = service.counts_tokens || estimates || reads(plan, "ai.input_tokens");
  service.needs.texts = service.needs.texts || program.facts().needs_texts() || estimates ||
                        has_effect(plan, {Effect::redact, Effect::prepend, Effect::cache,
                                          Effect::validate, Effect::log});
  std::vector<std::string>& values = service.needs.values;
  for (std::string& path : body_paths(plan)) {
    if (std::ranges::find(values, path) == values.end()) values.push_back(std::move(path));
  }
  service.needs_body_text = service.needs_body_text || reads(plan, "request.body_text") ||
                            has_effect(plan, {Effect::cache, Effect::validate});
}

}  // namespace

const tokens::Tokenizer* Service::tokenizer(std::string_view name) const {
  const plan::Model* model = program->model(name);
  return model == nullptr ? nullptr : tokenizers[model - deployment().models.data()].get();
}

uint64_t Service::stamp() const {
  uint64_t all = 0;
  for (const std::filesystem::path& file : files) all = all * 31 + file_stamp(file);
  return all;
}

Result<std::shared_ptr<const Service>> make_service(
    std::shared_ptr<const decision::Program> program, const ServiceOptions& options,
    Lasting& lasting) {
  const std::filesystem::path& folder = options.folder;
  const plan::Plan& plan = program->plan();
  if (auto served = check_served(plan); !served) return std::unexpected(served.error());
  auto service = std::make_shared<Service>(std::move(program));
  auto assets = enforce::load_assets(plan, folder);
  if (!assets) return std::unexpected(assets.error());
  auto identities = identity::Identities::load(
      plan.deployment.identities, folder,
      {options.report, options.before == nullptr ? nullptr : &options.before->identities});
  if (!identities) return std::unexpected(identities.error());
  auto remotes = make_remotes(plan.deployment, folder);
  if (!remotes) return std::unexpected(remotes.error());
  service->files = files_of(plan, *assets, folder);
  service->since = lasting.clock.now();
  auto engine = enforce::Engine::make(service->program, std::move(*assets), lasting.world());
  if (!engine) return std::unexpected(engine.error());
  service->engine = std::move(*engine);
  auto tls = make_server_tls(plan.deployment.gateway, folder, identities->wants_certificates());
  if (!tls) return std::unexpected(tls.error());
  service->tls = std::move(*tls);
  service->identities = std::move(*identities);
  if (const std::string& file = plan.deployment.gateway.countries; !file.empty()) {
    auto countries = geo::Countries::load(folder / file);
    if (!countries) return std::unexpected(countries.error());
    service->countries = std::move(*countries);
  }
  service->remotes = std::move(*remotes);
  for (const plan::Model& model : plan.deployment.models)
    service->measured.push_back(
        lasting.metrics.of_model(model.name, plan.deployment.providers[model.provider].name));
  auto tokenizers = load_tokenizers(plan.deployment);
  if (!tokenizers) return std::unexpected(tokenizers.error());
  service->tokenizers = std::move(*tokenizers);
  service->models = list_models(plan.deployment);
  service->records = !options.recording.empty();
  service->needs.texts = service->records || has_echo(service->remotes);
  service->keeps_answers = service->counts_tokens = service->records;
  add_needs(*service, *service->program);
  if (const shadow::Shadow* shadow = lasting.shadow.get()) {
    add_needs(*service, *shadow->program());
    service->keeps_answers = service->keeps_answers || shadow->reads_answers();
  }
  // Last, when nothing can be refused any more: sinks take up what the new version says of them.
  auto outlet = lasting.log().configure(sinks_of(plan.deployment, options.recording),
                                        plan.deployment.gateway.audit_blocks);
  if (!outlet) return std::unexpected(outlet.error());
  service->outlet = std::move(*outlet);
  service->sinks_of_all = sinks_of_all(plan.deployment, options.recording);
  return service;
}

}  // namespace aipol::gateway
