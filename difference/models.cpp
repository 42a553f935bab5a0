#include "difference/models.h"

#include <algorithm>

namespace aipol::difference {

using plan::Constant;
using plan::Deployment;
using plan::Fields;

namespace {

char mark_of(Side side) { return side == Side::before ? '<' : '>'; }

bool of_model(std::string_view path) {
  return path.starts_with("model.") || path.starts_with("provider.") || path.starts_with("target.");
}

bool of_moment(std::string_view path) {
  return path == "target.healthy" || path == "target.latency_p95" || path == "target.error_rate" ||
         path == "target.in_flight";
}

// Of a list of what has names, or null.
auto* named(auto& list, const std::string& name) {
  auto found = std::ranges::find_if(list, [&](const auto& one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

bool same_endpoint(const plan::Endpoint& a, const plan::Endpoint& b) {
  return a.glob == b.glob && a.accepts == b.accepts && a.model == b.model;
}

bool same_prompt(const plan::Plan& a, const plan::Prompt& x, const plan::Plan& b,
                 const plan::Prompt& y) {
  return x.name == y.name && a.deployment.models[x.model].name == b.deployment.models[y.model].name;
}

}  // namespace

Models::Models(const plan::Plan& before, const plan::Plan& after, const Enumerations& enumerations)
    : plans_{&before, &after}, enumerations_(enumerations) {
  differ_ = find_difference();
  const auto &a = before.deployment, &b = after.deployment;
  endpoints_differ_ =
      !std::ranges::is_permutation(a.endpoints, b.endpoints, same_endpoint) ||
      !std::ranges::is_permutation(a.prompts, b.prompts, [&](const auto& x, const auto& y) {
        return same_prompt(before, x, after, y);
      });
}

bool Models::find_difference() const {
  const auto &a = plans_.before->deployment, &b = plans_.after->deployment;
  if (a.models.size() != b.models.size()) return true;
  return std::ranges::any_of(a.models, [&](const plan::Model& model) {
    const plan::Model* there = named(b.models, model.name);
    if (there == nullptr) return true;
    const plan::Provider &from = a.providers[model.provider], &to = b.providers[there->provider];
    return readable(Side::before, model) != readable(Side::after, *there) ||
           readable(Side::before, from) != readable(Side::after, to);
  });
}

std::string Models::path(Side side, const std::string& path) const {
  if (!differ_ || !of_model(path) || of_moment(path) || path == "model.name" ||
      path == "target.name")
    return path;
  return path + mark_of(side);
}

// Members of enums have the numbers of both; by name.
Fields Models::aligned(Side side, std::string_view object, const Fields& fields) const {
  Fields out;
  for (const auto& [name, value] : fields) {
    uint32_t enumeration = ~0u;
    for (const plan::Source& source : plans_[side]->sources) {
      bool same = source.path == std::string(object) + "." + name ||
                  (object == "model" && source.path == "target." + name);
      if (same) enumeration = source.enumeration;
    }
    out.emplace_back(name, enumerations_.value(side, enumeration, value));
  }
  std::ranges::sort(out, {}, &std::pair<std::string, Constant>::first);
  return out;
}

Fields Models::readable(Side side, const plan::Model& model) const {
  Fields out = aligned(side, "model", model.fields);
  out.emplace_back("provider", plans_[side]->deployment.providers[model.provider].name);
  out.emplace_back("known", Constant(true));
  return out;
}

Fields Models::readable(Side side, const plan::Provider& provider) const {
  Fields out = aligned(side, "provider", provider.fields);
  const auto& enums = plans_[side]->enumerations;
  auto kinds = std::ranges::find(enums, "ProviderKind", &plan::Enumeration::name);
  if (kinds != enums.end()) {
    int64_t kind = std::ranges::find(kinds->members, provider.kind) - kinds->members.begin();
    out.emplace_back("kind", Constant(kind));
  }
  return out;
}

// What a set reads of a model that it does not declare, but for defaults.
Fields Models::of_nobody(Side side) const {
  Fields out;
  for (const plan::Source& source : plans_[side]->sources) {
    if (!source.path.starts_with("model.") || source.enumeration == ~0u) continue;
    if (source.rep != plan::Rep::integer || source.fallback || source.optional) continue;
    const auto& members =
        enumerations_.all()[enumerations_.number(side, source.enumeration)].members;
    auto unknown = std::ranges::find(members, "unknown");
    int64_t number = unknown == members.end() ? -1 : unknown - members.begin();
    out.emplace_back(source.path.substr(6), Constant(number));
  }
  return out;
}

void Models::add_providers(Deployment& out) const {
  for (Side side : sides) {
    for (const plan::Provider& provider : plans_[side]->deployment.providers) {
      if (named(out.providers, provider.name) == nullptr) {
        out.providers.push_back(provider);
        out.providers.back().fields = aligned(side, "provider", provider.fields);
      }
      plan::Provider& made = *named(out.providers, provider.name);
      if (!differ_) continue;
      for (auto& [name, value] : readable(side, provider))
        made.fields.emplace_back(name + mark_of(side), value);
    }
  }
}

void Models::add_models(Deployment& out) const {
  for (Side side : sides) {
    const Deployment& deployment = plans_[side]->deployment;
    for (const plan::Model& model : deployment.models) {
      if (named(out.models, model.name) != nullptr) continue;
      plan::Model& made = out.models.emplace_back(model);
      made.fields = aligned(side, "model", model.fields);
      const std::string& provider = deployment.providers[model.provider].name;
      made.provider = static_cast<uint32_t>(named(out.providers, provider) - out.providers.data());
    }
  }
  if (!differ_) return;
  for (plan::Model& made : out.models) {
    for (Side side : sides) {
      const plan::Model* model = named(plans_[side]->deployment.models, made.name);
      for (auto& [name, value] : model == nullptr ? of_nobody(side) : readable(side, *model))
        made.fields.emplace_back(name + mark_of(side), value);
    }
  }
}

Deployment Models::merged() const {
  Deployment out = plans_.after->deployment;
  out.providers.clear();
  out.models.clear();
  add_providers(out);
  add_models(out);
  auto number = [&](const std::string& name) {
    return static_cast<uint32_t>(named(out.models, name) - out.models.data());
  };
  for (plan::Prompt& prompt : out.prompts)
    prompt.model = number(plans_.after->deployment.models[prompt.model].name);
  const Deployment& before = plans_.before->deployment;
  for (const plan::Endpoint& endpoint : before.endpoints) {
    if (std::ranges::find(out.endpoints, endpoint.glob, &plan::Endpoint::glob) ==
        out.endpoints.end())
      out.endpoints.push_back(endpoint);
  }
  // Requests are made up for the first that suits: a chat is what people know best.
  std::ranges::stable_sort(out.endpoints, {},
                           [](const plan::Endpoint& one) { return one.accepts != "chat"; });
  for (const plan::Prompt& prompt : before.prompts) {
    if (named(out.prompts, prompt.name) != nullptr) continue;
    out.prompts.push_back(prompt);
    out.prompts.back().model = number(before.models[prompt.model].name);
  }
  for (const plan::Identity& identity : before.identities) {
    if (named(out.identities, identity.name) == nullptr) out.identities.push_back(identity);
  }
  for (const std::string& tag : before.gateway.data_tags) {
    auto& tags = out.gateway.data_tags;
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  return out;
}

}  // namespace aipol::difference
