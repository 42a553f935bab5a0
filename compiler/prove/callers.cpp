// Who can call.
#include <algorithm>

#include "compiler/prove/producible.h"

namespace aipol::prove {

using plan::Constant;
using plan::Identity;
using plan::NodeId;

namespace {

constexpr int64_t user = 1, app = 2;  // PrincipalKind in stdlib/traffic.aipol

class Callers {
 public:
  explicit Callers(Terms& terms) : terms_(terms), plan_(terms.plan()) {
    kind_ = terms.source("principal.kind", plan::Rep::integer, "PrincipalKind");
    method_ = terms.source("principal.method", plan::Rep::integer, "AuthMethod");
    id_ = terms.source("principal.id", plan::Rep::text);
    for (plan::SourceId source = 0; source < plan_.sources.size(); ++source) {
      if (plan_.sources[source].path.starts_with("principal.")) fields_.push_back(source);
    }
  }

  NodeId run() {
    std::vector<NodeId> ways = {nobody()};
    for (const Identity& identity : plan_.deployment.identities)
      ways.push_back(identity.kind == "api_key" ? key_holder() : certified(identity));
    return terms_.any(ways);
  }

 private:
  NodeId nobody() {
    std::vector<NodeId> parts;
    for (plan::SourceId field : fields_) parts.push_back(by_default(field));
    return terms_.all(parts);
  }

  // As the field reads where nothing fills it.
  NodeId by_default(plan::SourceId field) {
    const plan::Source& source = plan_.sources[field];
    if (source.optional) return terms_.negation(terms_.has(field));
    if (source.rep == plan::Rep::boolean && !source.fallback)
      return terms_.negation(terms_.read(field));
    return terms_.is(field, zero_of(source));
  }

  NodeId kinds(const std::vector<int64_t>& some) {
    std::vector<NodeId> parts;
    for (int64_t kind : some) parts.push_back(terms_.is(kind_, kind));
    return terms_.any(parts);
  }

  NodeId method(std::string_view name) {
    const auto& methods = plan_.enumerations[plan_.sources[method_].enumeration].members;
    return terms_.is(method_, int64_t{std::ranges::find(methods, name) - methods.begin()});
  }

  // Of a key file; every key has an id.
  NodeId key_holder() {
    constexpr std::string_view unfilled[] = {"principal.scopes", "principal.mfa",
                                             "principal.actor"};
    std::vector<NodeId> parts = {kinds({user, app}), method("api_key"),
                                 terms_.negation(terms_.is(id_, std::string()))};
    for (plan::SourceId field : fields_) {
      if (std::ranges::find(unfilled, plan_.sources[field].path) != std::end(unfilled))
        parts.push_back(by_default(field));
    }
    return terms_.all(parts);
  }

  // By a token or a certificate. Who it is and when that ends they say without a mapping.
  NodeId certified(const Identity& identity) {
    std::vector<NodeId> parts = {method(identity.kind)};
    for (plan::SourceId field : fields_) {
      if (field != method_) parts.push_back(mapped(identity, field));
    }
    return terms_.all(parts);
  }

  NodeId mapped(const Identity& identity, plan::SourceId field) {
    const plan::Source& source = plan_.sources[field];
    std::string_view name = std::string_view(source.path).substr(source.path.find('.') + 1);
    auto mapping = std::ranges::find(identity.map, name, &Identity::Mapping::field);
    bool given = mapping != identity.map.end();
    if (given && mapping->value) return terms_.is(field, *mapping->value);
    if (field == kind_)
      return given ? kinds({user, app}) : kinds({identity.kind == "jwt" ? user : app});
    bool free = given || name == "id" || name == "expires";
    return free ? terms_.truth(true) : by_default(field);
  }

  Terms& terms_;
  plan::Plan& plan_;
  plan::SourceId kind_ = 0, method_ = 0, id_ = 0;
  std::vector<plan::SourceId> fields_;
};

}  // namespace

NodeId callers(Terms& terms) { return Callers(terms).run(); }

}  // namespace aipol::prove
