// Blocks of settings -> the models, providers, endpoints, identities and the gateway of the set.
#include <algorithm>

#include "base/text.h"
#include "compiler/check/checker.h"
#include "compiler/check/setting_forms.h"
#include "compiler/check/settings.h"
#include "plan/ip.h"

namespace aipol::check {

namespace {

using ast::BlockDeclaration;

class DeploymentCheck {
 public:
  explicit DeploymentCheck(Checker& checker) : checker_(checker), out_(checker.set.deployment) {}

  void run() {
    each("provider", &DeploymentCheck::provider);
    each("model", &DeploymentCheck::model);
    each("endpoint", &DeploymentCheck::endpoint);
    each("identity", &DeploymentCheck::identity);
    each("sink", &DeploymentCheck::sink);
    each("gateway", &DeploymentCheck::gateway);
    each("classifier", &DeploymentCheck::classifier);
    prompts();
    // The set's own endpoints stand before the standard ones of the same glob.
    std::ranges::stable_sort(endpoints_, std::ranges::greater{},
                             [](const auto& e) { return e.second; });
    for (auto& [endpoint, own] : endpoints_) {
      if (std::ranges::find(out_.endpoints, endpoint.glob, &plan::Endpoint::glob) ==
          out_.endpoints.end()) {
        out_.endpoints.push_back(std::move(endpoint));
      }
    }
  }

 private:
  using Make = void (DeploymentCheck::*)(FileId, const BlockDeclaration&);

  void each(std::string_view keyword, Make make) {
    for (const ast::Tree& tree : checker_.trees) {
      for (const ast::Declaration& declaration : tree.declarations) {
        const auto* block = std::get_if<BlockDeclaration>(&declaration.node);
        if (block != nullptr && block->keyword.text == keyword) (this->*make)(tree.file, *block);
      }
    }
  }

  const std::vector<types::Field>& attributes(std::string_view object) {
    return checker_.set.schema.object(object)->fields;
  }

  static plan::Constant constant(const Setting& setting) {
    return std::get<plan::Constant>(setting.value);
  }
  static std::chrono::nanoseconds duration(const Setting& setting) {
    return std::chrono::nanoseconds(setting.integer());
  }

  void provider(FileId file, const BlockDeclaration& block) {
    Settings settings;
    plan::Provider provider;
    provider.name = block.name->text;
    bool good =
        check_settings(checker_, file, block.settings, block.settings_span, "ProviderSettings",
                       "the provider `" + provider.name + "`", attributes("provider"), settings);
    if (good) good = address(block, provider, settings);
    if (good) {
      if (auto key = settings.find("key"); key != settings.end())
        provider.key = std::get<plan::Secret>(key->second.value);
      provider.timeout = duration(settings["timeout"]);
      provider.fields.emplace_back("region", constant(settings["region"]));
      for (const types::Field& field : attributes("provider")) {
        auto value = settings.find(field.name);
        if (field.attribute && value != settings.end())
          provider.fields.emplace_back(field.name, constant(value->second));
      }
    }
    out_.providers.push_back(
        std::move(provider));  // also where wrong, so that numbers agree with names
  }

  bool address(const BlockDeclaration& block, plan::Provider& provider, Settings& settings) {
    provider.kind = member_text(checker_, settings["kind"]);
    auto url = settings.find("url");
    if (url == settings.end()) {
      if (provider.kind == "echo") return true;
      checker_.report(block.settings_span, diagnostics::missing_setting,
                      "the provider `" + provider.name + "`", "url");
      return false;
    }
    provider.url = url->second.text();
    while (provider.url.ends_with('/')) provider.url.pop_back();
    std::string_view rest = provider.url;
    bool http = rest.starts_with("http://");
    if (http) rest.remove_prefix(7);
    bool https = rest.starts_with("https://");
    if (https) rest.remove_prefix(8);
    if ((http || https) && !rest.empty() && rest.find_first_of(" ?#@") == std::string_view::npos &&
        rest[0] != '/')
      return true;
    checker_.report(url->second.span, diagnostics::bad_setting, url->second.text(),
                    "is not an address of the form `https://host`");
    return false;
  }

  void model(FileId file, const BlockDeclaration& block) {
    Settings settings;
    if (!check_settings(checker_, file, block.settings, block.settings_span, "ModelSettings",
                        "the model `" + *block.label + "`", attributes("model"), settings)) {
      return;
    }
    plan::Model model;
    model.name = *block.label;
    auto upstream = settings.find("upstream");
    model.upstream = upstream == settings.end() ? model.name : upstream->second.text();
    model.provider = static_cast<uint32_t>(settings["provider"].integer());
    const plan::Provider& provider = out_.providers[model.provider];
    if (!settings["region"].given && !provider.fields.empty()) {
      settings["region"].value = provider.fields[0].second;
    }
    fill(model.fields, "", settings);
    never_negative(settings["context"]);
    if (const auto* price = std::get_if<Settings>(&settings["price"].value)) {
      for (const auto& [key, part] : *price) never_negative(part);
    }
    out_.models.push_back(std::move(model));
  }

  void never_negative(const Setting& setting) {
    if (setting.integer() < 0)
      checker_.report(setting.span, diagnostics::bad_setting, checker_.text(setting.span),
                      "is less than nothing");
  }

  // Every plain setting as a field, nested ones as `price.input`.
  void fill(plan::Fields& fields, const std::string& prefix, const Settings& settings) {
    for (const auto& [key, setting] : settings) {
      if (const auto* nested = std::get_if<Settings>(&setting.value)) {
        fill(fields, prefix + key + ".", *nested);
      } else if (const auto* value = std::get_if<plan::Constant>(&setting.value);
                 value != nullptr && key != "provider") {
        fields.emplace_back(prefix + key, *value);
      }
    }
  }

  void endpoint(FileId file, const BlockDeclaration& block) {
    if (!block.label->starts_with('/')) {
      checker_.report(block.label_span, diagnostics::bad_glob, *block.label,
                      "does not start with `/`");
      return;
    }
    Settings settings;
    if (!check_settings(checker_, file, block.settings, block.settings_span, "EndpointSettings",
                        "the endpoint `" + *block.label + "`", {}, settings)) {
      return;
    }
    plan::Endpoint endpoint{*block.label, member_text(checker_, settings["accepts"]), "", {}};
    if (auto model = settings.find("model"); model != settings.end())
      endpoint.model = member_text(checker_, model->second);
    if (auto servers = settings.find("servers"); servers != settings.end()) {
      plan::Constant numbers = constant(servers->second);
      for (int64_t number : std::get<std::vector<int64_t>>(numbers)) {
        endpoint.servers.push_back(static_cast<uint32_t>(number));
        const plan::Provider& server = out_.providers[static_cast<size_t>(number)];
        if (server.kind == "mcp" || server.kind.empty()) continue;
        checker_.report(servers->second.span, diagnostics::bad_setting, server.name,
                        "is no server: its kind is not `mcp`");
      }
    }
    bool mcp = endpoint.accepts == "mcp";
    if (mcp == endpoint.servers.empty()) {
      checker_.report(
          block.settings_span, diagnostics::bad_setting, "servers",
          mcp ? "is needed where an endpoint accepts `mcp`" : "is for endpoints that accept `mcp`");
    }
    endpoints_.emplace_back(std::move(endpoint), !checker_.files[file].builtin());
  }

  void identity(FileId file, const BlockDeclaration& block) {
    constexpr std::pair<std::string_view, std::string_view> records[] = {
        {"api_key", "ApiKeySettings"}, {"jwt", "JwtSettings"}, {"mtls", "MtlsSettings"}};
    auto record = std::ranges::find(records, block.variant->text, [](auto& r) { return r.first; });
    if (record == std::end(records)) {
      checker_
          .report(block.variant->span, diagnostics::unknown_variant, "identity",
                  block.variant->text)
          .suggest(block.variant->text, {"api_key", "jwt", "mtls"});
      return;
    }
    Settings settings;
    plan::Identity identity;
    identity.name = block.name->text;
    identity.kind = record->first;
    if (!check_settings(checker_, file, block.settings, block.settings_span, record->second,
                        "the identity `" + identity.name + "`", {}, settings)) {
      return;
    }
    auto text = [&](const char* key) {
      auto found = settings.find(key);
      return found == settings.end() ? std::string() : found->second.text();
    };
    identity.header = lower_ascii(text("header"));
    identity.file = text("file");
    identity.issuer = text("issuer");
    identity.audience = text("audience");
    identity.jwks = text("jwks");
    identity.ca = text("ca");
    if (identity.kind == "jwt") token(settings, identity);
    if (auto map = settings.find("map"); map != settings.end())
      identity.map =
          read_mapping(checker_, file, std::get<const ast::Expression*>(map->second.value));
    out_.identities.push_back(std::move(identity));
  }

  void token(Settings& settings, plan::Identity& identity) {
    const Setting& algorithms = settings["algorithms"];
    const types::Enumeration& names = checker_.enumeration(algorithms.type->element);
    plan::Constant numbers = constant(algorithms);
    for (int64_t number : std::get<std::vector<int64_t>>(numbers))
      identity.algorithms.push_back(names.members[static_cast<size_t>(number)]);
    if (identity.algorithms.empty())
      checker_.report(algorithms.span, diagnostics::bad_setting, "algorithms",
                      "names none: no token could be good");
    identity.leeway = duration(settings["leeway"]);
    never_negative(settings["leeway"]);
    identity.refresh = duration(settings["refresh"]);
    positive(settings["refresh"], "refresh");
  }

  void gateway(FileId file, const BlockDeclaration& block) {
    Settings settings;
    if (!check_settings(checker_, file, block.settings, block.settings_span, "GatewaySettings",
                        "the gateway", {}, settings))
      return;
    plan::Gateway& gateway = out_.gateway;
    gateway.listen = settings["listen"].text();
    if (auto admin = settings.find("admin"); admin != settings.end())
      gateway.admin = admin->second.text();
    if (auto state = settings.find("state"); state != settings.end())
      gateway.state = read_store(checker_, std::get<const ast::Expression*>(state->second.value));
    gateway.on_state_error = member_text(checker_, settings["on_state_error"]);
    gateway.audit_blocks = member_text(checker_, settings["audit_full"]) == "block";
    if (auto countries = settings.find("countries"); countries != settings.end())
      gateway.countries = countries->second.text();
    encryption(block, std::get<Settings>(settings["tls"].value));
    proxies(settings["trusted_proxies"]);
    plan::Constant audit = constant(settings["audit"]);
    for (int64_t sink : std::get<std::vector<int64_t>>(audit))
      gateway.audit.push_back(static_cast<uint32_t>(sink));
    gateway.data_tags = std::get<std::vector<std::string>>(constant(settings["data_tags"]));
    gateway.max_header_bytes = settings["max_header"].integer();
    gateway.max_body_bytes = settings["max_body"].integer();
    for (auto [key, member] : {std::pair("header_timeout", &plan::Gateway::header_timeout),
                               std::pair("body_timeout", &plan::Gateway::body_timeout),
                               std::pair("idle_timeout", &plan::Gateway::idle_timeout),
                               std::pair("upstream_timeout", &plan::Gateway::upstream_timeout),
                               std::pair("drain_timeout", &plan::Gateway::drain_timeout),
                               std::pair("state_window", &plan::Gateway::state_window)}) {
      gateway.*member = duration(settings[key]);
      positive(settings[key], key);
    }
    positive(settings["max_header"], "max_header");
    positive(settings["max_body"], "max_body");
  }

  void encryption(const BlockDeclaration& block, const Settings& tls) {
    auto certificate = tls.find("certificate"), key = tls.find("key");
    if (certificate != tls.end()) out_.gateway.tls_certificate = certificate->second.text();
    if (key != tls.end()) out_.gateway.tls_key = std::get<plan::Secret>(key->second.value);
    if ((certificate == tls.end()) == (key == tls.end())) return;
    checker_.report(block.settings_span, diagnostics::missing_setting, "`tls`",
                    key == tls.end() ? "key" : "certificate");
  }

  void proxies(const Setting& setting) {
    plan::Constant texts = constant(setting);
    for (const std::string& text : std::get<std::vector<std::string>>(texts)) {
      if (auto network = plan::parse_network(text))
        out_.gateway.trusted_proxies.push_back(*network);
      else
        checker_.report(setting.span, diagnostics::bad_setting, text, "is no address or network");
    }
  }

  void positive(const Setting& setting, std::string_view key) {
    if (setting.integer() <= 0)
      checker_.report(setting.span, diagnostics::bad_setting, key, "must be more than nothing");
  }

  void sink(FileId file, const BlockDeclaration& block) {
    Settings settings;
    plan::Sink sink;
    sink.name = block.name->text;
    std::string what = "the sink `" + sink.name + "`";
    if (!check_settings(checker_, file, block.settings, block.settings_span, "SinkSettings", what,
                        {}, settings))
      return;
    sink.kind = member_text(checker_, settings["kind"]);
    if (auto path = settings.find("path"); path != settings.end()) sink.path = path->second.text();
    if (auto url = settings.find("url"); url != settings.end()) {
      if (const auto* secret = std::get_if<plan::Secret>(&url->second.value)) {
        sink.url_secret = *secret;
      } else {
        sink.url = url->second.text();
      }
    }
    if (auto key = settings.find("key"); key != settings.end())
      sink.key = std::get<plan::Secret>(key->second.value);
    if (auto spool = settings.find("spool"); spool != settings.end())
      sink.spool = spool->second.text();
    sink.rotate_bytes = settings["rotate"].integer();
    positive(settings["rotate"], "rotate");
    sink.keep = settings["keep"].integer();
    never_negative(settings["keep"]);
    sink.fsync = member_text(checker_, settings["fsync"]);
    std::string_view needed = sink.kind == "file" ? "path" : sink.kind == "stdout" ? "" : "url";
    if (!needed.empty() && !settings.contains(std::string(needed)))
      checker_.report(block.settings_span, diagnostics::missing_setting, what, needed);
    out_.sinks.push_back(std::move(sink));
  }

  void classifier(FileId file, const BlockDeclaration& block) {
    Settings settings;
    plan::Classifier classifier;
    classifier.name = block.name->text;
    if (!check_settings(checker_, file, block.settings, block.settings_span, "ClassifierSettings",
                        "the classifier `" + classifier.name + "`", {}, settings))
      return;
    classifier.provider = static_cast<uint32_t>(settings["provider"].integer());
    classifier.path = settings["path"].text();
    classifier.timeout = duration(settings["timeout"]);
    positive(settings["timeout"], "timeout");
    classifier.deny_on_error = member_text(checker_, settings["on_error"]) == "deny";
    checker_.name_classifier(block, static_cast<uint32_t>(out_.classifiers.size()));
    out_.classifiers.push_back(std::move(classifier));
  }

  void prompts() {
    for (const ast::Tree& tree : checker_.trees) {
      for (const ast::Declaration& declaration : tree.declarations) {
        const auto* prompt = std::get_if<ast::PromptDeclaration>(&declaration.node);
        if (prompt != nullptr) this->prompt(tree.file, *prompt);
      }
    }
  }

  void prompt(FileId file, const ast::PromptDeclaration& declared) {
    Settings settings;
    plan::Prompt prompt;
    prompt.name = declared.name.text;
    if (declared.version) prompt.version = declared.version->text;
    if (!check_settings(checker_, file, declared.settings, declared.settings_span, "PromptSettings",
                        "the prompt `" + prompt.name + "`", {}, settings))
      return;
    prompt.model = static_cast<uint32_t>(settings["model"].integer());
    for (const ast::Parameter& parameter : declared.parameters) {
      TypePtr type = checker_.type(parameter.type, file);
      if (!type->is(Kind::string) && !type->is(Kind::invalid)) {
        checker_.report(parameter.type.span, diagnostics::type_mismatch, "string", type->name)
            .underline("what fills a prompt is a text");
      }
      prompt.parameters.emplace_back(parameter.name.text);
    }
    auto parts = [&](const char* key) {
      auto found = settings.find(key);
      return found == settings.end()
                 ? std::vector<plan::Prompt::Part>()
                 : read_template(checker_, std::get<const ast::Expression*>(found->second.value),
                                 prompt.parameters);
    };
    prompt.system = parts("system");
    prompt.user = parts("user");
    std::string model = member_text(checker_, settings["model"]);
    endpoints_.emplace_back(
        plan::Endpoint{"/v1/prompts/" + prompt.name, "prompt", std::move(model), {}}, true);
    out_.prompts.push_back(std::move(prompt));
  }

  Checker& checker_;
  plan::Deployment& out_;
  std::vector<std::pair<plan::Endpoint, bool>> endpoints_;  // and whether the set's own
};

}  // namespace

void check_deployment(Checker& checker) { DeploymentCheck(checker).run(); }

}  // namespace aipol::check
