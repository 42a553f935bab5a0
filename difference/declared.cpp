#include "difference/declared.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text_hash.h"
#include "difference/documents.h"
#include "plan/ip.h"
#include "plan/written.h"

namespace aipol::difference {

namespace {

using Values = std::map<std::string, std::string>;  // by setting
using Things = std::map<std::string, Values>;       // "model gpt-4o"

std::string secret(const std::optional<plan::Secret>& one) {
  if (!one) return {};
  return fmt::format("{}({})", one->from == plan::Secret::From::environment ? "env" : "file",
                     plan::in_quotes(one->name));
}

std::string duration(std::chrono::nanoseconds one) {
  return one.count() == 0 ? std::string() : plan::written(one.count(), plan::Unit::nanoseconds);
}

// The declarations of one set that decisions, routing and records turn on.
class Inventory {
 public:
  Inventory(const compiler::Compilation& made, const std::string& folder)
      : plan_(made.plan), declared_(plan_.deployment), folder_(folder) {}

  Things run() {
    providers();
    models();
    endpoints();
    identities();
    sinks();
    others();
    detectors();
    documents();
    schemas();
    traffic();
    gateway();
    return std::move(out_);
  }

 private:
  // What has a text that is not empty is declared.
  static void put(Values& to, const std::string& name, const std::string& text) {
    if (!text.empty()) to[name] = text;
  }

  void fields(Values& to, std::string_view object, const plan::Fields& all) {
    for (const auto& [name, value] : all) {
      uint32_t enumeration = ~0u;
      plan::Unit unit = name.starts_with("price.") ? plan::Unit::nano_dollars : plan::Unit::none;
      for (const plan::Source& source : plan_.sources) {
        if (source.path != fmt::format("{}.{}", object, name)) continue;
        enumeration = source.enumeration;
        unit = source.unit;
      }
      if (enumeration == ~0u) enumeration = usual_enumeration(name);
      bool member = enumeration != ~0u;
      to[name] = plan::written(plan_, value, member ? plan::Unit::none : unit, enumeration);
    }
  }

  uint32_t usual_enumeration(std::string_view name) {
    std::string_view wanted = name == "region" ? "Region" : name == "tier" ? "Tier" : "";
    auto found = std::ranges::find(plan_.enumerations, wanted, &plan::Enumeration::name);
    bool known = !wanted.empty() && found != plan_.enumerations.end();
    return known ? static_cast<uint32_t>(found - plan_.enumerations.begin()) : ~0u;
  }

  void providers() {
    for (const plan::Provider& one : declared_.providers) {
      Values& to = out_["provider " + one.name];
      put(to, "kind", one.kind);
      put(to, "url", one.url);
      put(to, "key", secret(one.key));
      put(to, "timeout", duration(one.timeout));
      fields(to, "provider", one.fields);
    }
  }

  void models() {
    for (const plan::Model& one : declared_.models) {
      Values& to = out_["model " + one.name];
      put(to, "provider", declared_.providers[one.provider].name);
      put(to, "upstream", one.upstream);
      fields(to, "model", one.fields);
    }
  }

  void endpoints() {
    for (const plan::Endpoint& one : declared_.endpoints) {
      Values& to = out_["endpoint " + one.glob];
      put(to, "accepts", one.accepts);
      put(to, "model", one.model);
      std::string servers;
      for (uint32_t number : one.servers) servers += " " + declared_.providers[number].name;
      put(to, "servers", servers);
    }
  }

  void identities() {
    for (const plan::Identity& one : declared_.identities) {
      Values& to = out_["identity " + one.name];
      put(to, "kind", one.kind);
      put(to, "header", one.header);
      put(to, "file", one.file);
      put(to, "issuer", one.issuer);
      put(to, "audience", one.audience);
      put(to, "jwks", one.jwks);
      put(to, "algorithms", fmt::format("{}", fmt::join(one.algorithms, ", ")));
      put(to, "leeway", duration(one.leeway));
      put(to, "refresh", duration(one.refresh));
      put(to, "ca", one.ca);
      for (const plan::Identity::Mapping& map : one.map) {
        std::string from = map.value ? plan::written(plan_, *map.value, plan::Unit::none, ~0u)
                                     : map.claim + (map.member.empty() ? "" : " has " + map.member);
        put(to, "map." + map.field, from);
      }
    }
  }

  void sinks() {
    for (const plan::Sink& one : declared_.sinks) {
      Values& to = out_["sink " + one.name];
      put(to, "kind", one.kind);
      put(to, "path", one.path);
      put(to, "url", one.url_secret ? secret(one.url_secret) : one.url);
      put(to, "key", secret(one.key));
      put(to, "rotate", plan::written(one.rotate_bytes, plan::Unit::none));
      put(to, "keep", plan::written(one.keep, plan::Unit::none));
      put(to, "fsync", one.fsync);
      put(to, "spool", one.spool);
    }
  }

  void others() {
    for (const plan::Grant& one : declared_.grants) {
      Values& to = out_[fmt::format("grant {} {} on model {}", one.kind, one.principal,
                                    declared_.models[one.model].name)];
      to["until"] = one.until ? plan::written(*one.until, plan::Unit::time) : "ever";
      put(to, "approved_by", one.approved_by);
    }
    for (const plan::Classifier& one : declared_.classifiers) {
      Values& to = out_["classifier " + one.name];
      put(to, "provider", declared_.providers[one.provider].name);
      put(to, "path", one.path);
      put(to, "timeout", duration(one.timeout));
      to["on_error"] = one.deny_on_error ? "deny" : "allow";
    }
    for (const plan::Prompt& one : declared_.prompts) {
      Values& to = out_["prompt " + one.name];
      put(to, "version", one.version);
      put(to, "model", declared_.models[one.model].name);
      for (const auto& [name, parts] :
           {std::pair("system", &one.system), std::pair("user", &one.user)}) {
        std::string text;
        for (const plan::Prompt::Part& part : *parts)
          text += part.parameter ? "{" + one.parameters[*part.parameter] + "}" : part.text;
        put(to, name, text.empty() ? text : plan::in_quotes(text));
      }
    }
  }

  // Those that some condition or effect names.
  void detectors() {
    std::set<int64_t> used;
    for (plan::NodeId node = 0; node < plan_.code.size(); ++node) {
      const plan::Node& n = plan_.code[node];
      if (n.op != plan::Op::call || !plan_.natives[n.payload].starts_with("detect.")) continue;
      const plan::Node& last = plan_.code[plan_.code.argument(node, n.count - 1)];
      if (last.op != plan::Op::constant) continue;
      for (int64_t number : std::get<std::vector<int64_t>>(plan_.constants[last.payload]))
        used.insert(number);
    }
    for (const plan::Statement& statement : plan_.statements) {
      for (const plan::Argument& argument : statement.arguments) {
        if (argument.name != "detectors") continue;
        for (plan::NodeId node : argument.values)
          used.insert(std::get<int64_t>(plan_.constants[plan_.code[node].payload]));
      }
    }
    for (int64_t number : used) {
      const plan::Detector& one = plan_.detectors[static_cast<size_t>(number)];
      Values& to = out_["detector " + one.name];
      put(to, "patterns", fmt::format("{}", fmt::join(one.patterns, " or ")));
      put(to, "phrases", fmt::format("{}", fmt::join(one.phrases, ", ")));
      to["verify"] = plan::verify_names[static_cast<size_t>(one.verify)];
      to["weight"] = fmt::format("{}", one.weight);
    }
  }

  std::string contents(const std::string& file) const {
    auto text = contents_of(folder_, file);
    if (!text) return "cannot be read";
    return fmt::format("{} bytes, hash {:016x}", text->size(), text_hash(*text));
  }

  std::string type_of(const plan::DataType& type) const {
    std::string out = fmt::format("{} {} {}", int(type.kind), int(type.rep), int(type.unit));
    if (type.enumeration != ~0u) out += " " + plan_.enumerations[type.enumeration].name;
    for (size_t i = 0; i < type.parts.size(); ++i) {
      std::string name = i < type.names.size() ? type.names[i] : "";
      bool optional = i < type.optional.size() && type.optional[i];
      out += fmt::format(" ({}{}: {})", name, optional ? "?" : "", type_of(type.parts[i]));
    }
    return out;
  }

  void documents() {
    for (const plan::Document& one : plan_.documents) {
      Values& to = out_["data " + one.name.substr(one.name.rfind('.') + 1)];
      to["contents"] = contents(one.file);
      to["type"] = type_of(one.type);
    }
  }

  void schemas() {
    for (const plan::Statement& statement : plan_.statements) {
      for (const plan::Argument& argument : statement.arguments) {
        if (argument.name != "schema" || argument.values.empty()) continue;
        const auto& file =
            std::get<std::string>(plan_.constants[plan_.code[argument.values[0]].payload]);
        out_["schema " + file]["contents"] = contents(file);
      }
    }
  }

  // Attributes that policies read: what they are where nothing is sent, and their enums.
  void traffic() {
    for (const plan::Source& one : plan_.sources) {
      if (one.enumeration != ~0u) {
        const plan::Enumeration& of = plan_.enumerations[one.enumeration];
        out_["enum " + of.name]["members"] = fmt::format("{}", fmt::join(of.members, ", "));
      }
      bool attribute = one.path.starts_with("principal.") || one.path.starts_with("request.");
      if (!attribute || !one.fallback) continue;
      out_["attribute " + one.path]["default"] =
          plan::written(plan_, *one.fallback, one.unit, one.enumeration);
    }
  }

  void gateway() {
    const plan::Gateway& one = declared_.gateway;
    Values& to = out_["gateway"];
    to["listen"] = one.listen;
    put(to, "admin", one.admin);
    put(to, "tls.certificate", one.tls_certificate);
    put(to, "tls.key", secret(one.tls_key));
    std::vector<std::string> proxies;
    for (const plan::Network& network : one.trusted_proxies)
      proxies.push_back(fmt::format("{}/{}", plan::format_ip(network.address), network.prefix));
    put(to, "trusted_proxies", fmt::format("{}", fmt::join(proxies, ", ")));
    put(to, "countries", one.countries);
    to["state"] = fmt::format("{} {}", int(one.state.kind), one.state.at);
    to["on_state_error"] = one.on_state_error;
    to["state_window"] = duration(one.state_window);
    std::vector<std::string> audit;
    for (uint32_t sink : one.audit) audit.push_back(declared_.sinks[sink].name);
    put(to, "audit", fmt::format("{}", fmt::join(audit, ", ")));
    to["audit_full"] = one.audit_blocks ? "block" : "shed";
    put(to, "data_tags", fmt::format("{}", fmt::join(one.data_tags, ", ")));
    to["max_header"] = fmt::format("{}", one.max_header_bytes);
    to["max_body"] = fmt::format("{}", one.max_body_bytes);
    to["header_timeout"] = duration(one.header_timeout);
    to["body_timeout"] = duration(one.body_timeout);
    to["idle_timeout"] = duration(one.idle_timeout);
    to["upstream_timeout"] = duration(one.upstream_timeout);
    to["drain_timeout"] = duration(one.drain_timeout);
  }

  const plan::Plan& plan_;
  const plan::Deployment& declared_;
  const std::string& folder_;
  Things out_;
};

std::string all_of(const Values& values) {
  std::string out;
  for (const auto& [name, text] : values)
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", name, text);
  return out;
}

// Enums, attributes and detectors are named as far as policies use them: that one set does not use
// them is no difference of their declarations.
bool counts_alone(const std::string& name) {
  constexpr std::string_view used[] = {"enum ", "attribute ", "detector ", "schema ", "data "};
  return std::ranges::none_of(used, [&](auto word) { return name.starts_with(word); });
}

}  // namespace

std::vector<Declared> declared_differences(const compiler::Compilation& before,
                                           const compiler::Compilation& after,
                                           const Both<std::string>& folders) {
  Things was = Inventory(before, folders.before).run(), is = Inventory(after, folders.after).run();
  std::set<std::string> names;
  for (const Things* all : {&was, &is}) {
    for (const auto& [name, values] : *all) names.insert(name);
  }
  std::vector<Declared> out;
  for (const std::string& name : names) {
    auto a = was.find(name), b = is.find(name);
    if (a == was.end() || b == is.end()) {
      if (!counts_alone(name)) continue;
      out.push_back(
          {name, a == was.end() ? "" : all_of(a->second), b == is.end() ? "" : all_of(b->second)});
      continue;
    }
    std::set<std::string> settings;
    for (const auto* values : {&a->second, &b->second}) {
      for (const auto& [setting, text] : *values) settings.insert(setting);
    }
    for (const std::string& setting : settings) {
      auto text = [&](const Values& of) {
        auto found = of.find(setting);
        return found == of.end() ? std::string() : found->second;
      };
      if (text(a->second) != text(b->second))
        out.push_back({name + ": " + setting, text(a->second), text(b->second)});
    }
  }
  return out;
}

}  // namespace aipol::difference
