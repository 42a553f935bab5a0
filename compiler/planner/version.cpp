#include "compiler/planner/version.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "base/overloaded.h"

namespace aipol::planner {

namespace {

// 64 bits; the same on every machine of one byte order.
class Hash {
 public:
  void add(uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9FB21C651E98DF25ull;
    hash_ ^= hash_ >> 32;
  }
  void add(std::string_view text) {
    add(text.size());
    for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) word(text, 8);
    if (!text.empty()) word(text, text.size());
  }
  void add(const plan::Constant& constant) {
    add(constant.index());
    std::visit(Overloaded{
                   [this](bool v) { add(uint64_t{v}); },
                   [this](int64_t v) { add(static_cast<uint64_t>(v)); },
                   [this](double v) { add(std::bit_cast<uint64_t>(v)); },
                   [this](const std::string& v) { add(std::string_view(v)); },
                   [this](const plan::Ip& v) { ip(v); },
                   [this](const plan::Network& v) { ip(v.address), add(uint64_t{v.prefix}); },
                   [this](const plan::IntegerRange& v) {
                     add(static_cast<uint64_t>(v.low)), add(static_cast<uint64_t>(v.high));
                   },
                   [this](const std::vector<std::string>& v) {
                     each(v, [this](const std::string& s) { add(std::string_view(s)); });
                   },
                   [this](const std::vector<int64_t>& v) {
                     each(v, [this](int64_t n) { add(static_cast<uint64_t>(n)); });
                   },
               },
               constant);
  }
  void add(const plan::Fields& fields) {
    each(fields,
         [this](const auto& field) { add(std::string_view(field.first)), add(field.second); });
  }
  template <class C, class F>
  void each(const C& items, F f) {
    add(uint64_t{items.size()});
    for (const auto& item : items) f(item);
  }
  uint64_t value() const { return hash_; }

 private:
  void word(std::string_view text, size_t size) {
    uint64_t value = 0;
    std::memcpy(&value, text.data(), size);
    add(value);
  }
  void ip(const plan::Ip& v) { add(v.high), add(v.low); }

  uint64_t hash_ = 0xCBF29CE484222325ull;
};

void add_rules(Hash& hash, const plan::Plan& plan) {
  hash.each(plan.sources, [&](const plan::Source& s) {
    hash.add(std::string_view(s.path)), hash.add(std::string_view(s.key)),
        hash.add(uint64_t{s.optional});
    hash.add(uint64_t{s.fallback.has_value()});
    if (s.fallback) hash.add(*s.fallback);
  });
  hash.each(plan.constants, [&](const plan::Constant& c) { hash.add(c); });
  hash.each(plan.natives, [&](const std::string& symbol) { hash.add(std::string_view(symbol)); });
  for (plan::NodeId id = 0; id < plan.code.size(); ++id) {
    hash.add(static_cast<uint64_t>(plan.code[id].op));
    hash.add(uint64_t{plan.code[id].payload});
    for (plan::NodeId argument : plan.code.arguments(id)) hash.add(uint64_t{argument});
  }
  hash.each(plan.policies, [&](const plan::Policy& p) {
    hash.add(std::string_view(p.name)), hash.add(std::string_view(p.package));
  });
  hash.each(plan.statements, [&](const plan::Statement& s) {
    hash.add(static_cast<uint64_t>(s.effect)), hash.add(static_cast<uint64_t>(s.phase));
    hash.add(uint64_t{s.guard}), hash.add(uint64_t{s.status}), hash.add(uint64_t{s.message});
    hash.add(uint64_t{s.rank}), hash.add(uint64_t{s.policy}), hash.add(uint64_t{s.shadow});
    hash.each(s.arguments, [&](const plan::Argument& a) {
      hash.add(std::string_view(a.name)), hash.add(static_cast<uint64_t>(a.unit));
      hash.each(a.values, [&](plan::NodeId value) { hash.add(uint64_t{value}); });
    });
  });
}

void add_meters(Hash& hash, const plan::Plan& plan) {
  hash.each(plan.meters, [&](const plan::Meter& m) {
    hash.add(std::string_view(m.name)), hash.add(std::string_view(m.package));
    hash.add(static_cast<uint64_t>(m.measure)), hash.add(static_cast<uint64_t>(m.window.kind));
    hash.add(static_cast<uint64_t>(m.window.nanoseconds)), hash.add(std::string_view(m.zone));
    hash.each(m.keys, [&](plan::NodeId key) { hash.add(uint64_t{key}); });
    hash.add(uint64_t{m.where}), hash.add(uint64_t{m.sum}), hash.add(uint64_t{m.limit});
    hash.add(uint64_t{m.shadow});
  });
}

void add_detectors(Hash& hash, const plan::Plan& plan) {
  auto texts = [&](const std::vector<std::string>& all) {
    hash.each(all, [&](const std::string& text) { hash.add(std::string_view(text)); });
  };
  hash.each(plan.detectors, [&](const plan::Detector& d) {
    hash.add(std::string_view(d.name)), hash.add(static_cast<uint64_t>(d.verify));
    hash.add(std::bit_cast<uint64_t>(d.weight)), texts(d.patterns), texts(d.phrases);
  });
  hash.each(plan.questions, [&](const plan::Question& q) {
    hash.add(uint64_t{q.classifier}), hash.add(uint64_t{q.text}), hash.add(uint64_t{q.source});
  });
}

void add_type(Hash& hash, const plan::DataType& type) {
  hash.add(static_cast<uint64_t>(type.kind)), hash.add(static_cast<uint64_t>(type.rep));
  hash.add(static_cast<uint64_t>(type.unit)), hash.add(uint64_t{type.enumeration});
  hash.each(type.names, [&](const std::string& name) { hash.add(std::string_view(name)); });
  hash.each(type.optional, [&](bool optional) { hash.add(uint64_t{optional}); });
  hash.each(type.parts, [&](const plan::DataType& part) { add_type(hash, part); });
}

void add_documents(Hash& hash, const plan::Plan& plan) {
  hash.each(plan.documents, [&](const plan::Document& d) {
    hash.add(std::string_view(d.name)), hash.add(std::string_view(d.file));
    hash.add(static_cast<uint64_t>(d.format)), add_type(hash, d.type);
  });
  hash.each(plan.enumerations, [&](const plan::Enumeration& e) {
    hash.add(uint64_t{e.open});
    hash.each(e.members, [&](const std::string& member) { hash.add(std::string_view(member)); });
  });
}

// What most sets leave as it is changes their version only where they do not.
const std::vector<std::string> usual_algorithms = {"RS256", "PS256", "ES256", "EdDSA"};
constexpr std::chrono::seconds usual_leeway{60};

void add_gateway(Hash& hash, const plan::Gateway& gateway) {
  for (const plan::Network& network : gateway.trusted_proxies) {
    hash.add(network.address.high), hash.add(network.address.low);
    hash.add(uint64_t{network.prefix});
  }
  if (!gateway.countries.empty()) hash.add(std::string_view(gateway.countries));
  if (gateway.on_state_error != "deny") hash.add(std::string_view(gateway.on_state_error));
}

void add_deployment(Hash& hash, const plan::Deployment& deployment) {
  hash.each(deployment.providers, [&](const plan::Provider& p) {
    hash.add(std::string_view(p.name)), hash.add(std::string_view(p.kind)),
        hash.add(std::string_view(p.url)), hash.add(p.fields);
  });
  hash.each(deployment.models, [&](const plan::Model& m) {
    hash.add(std::string_view(m.name)), hash.add(std::string_view(m.upstream)),
        hash.add(uint64_t{m.provider}), hash.add(m.fields);
  });
  hash.each(deployment.endpoints, [&](const plan::Endpoint& e) {
    hash.add(std::string_view(e.glob)), hash.add(std::string_view(e.accepts)),
        hash.add(std::string_view(e.model));
    hash.each(e.servers, [&](uint32_t server) { hash.add(uint64_t{server}); });
  });
  hash.each(deployment.identities, [&](const plan::Identity& i) {
    hash.add(std::string_view(i.name)), hash.add(std::string_view(i.kind)),
        hash.add(std::string_view(i.header)), hash.add(std::string_view(i.file));
    for (const std::string& text : {i.issuer, i.audience, i.jwks, i.ca}) {
      hash.add(std::string_view(text));
    }
    if (i.leeway != usual_leeway) hash.add(static_cast<uint64_t>(i.leeway.count()));
    if (i.algorithms != usual_algorithms) {
      hash.each(i.algorithms, [&](const std::string& name) { hash.add(std::string_view(name)); });
    }
    hash.each(i.map, [&](const plan::Identity::Mapping& m) {
      hash.add(std::string_view(m.field)), hash.add(std::string_view(m.claim));
      hash.add(std::string_view(m.member)), hash.add(uint64_t{m.value.has_value()});
      if (m.value) hash.add(*m.value);
    });
  });
  hash.each(deployment.sinks, [&](const plan::Sink& s) {
    for (const std::string& text : {s.name, s.kind, s.path, s.url}) {
      hash.add(std::string_view(text));
    }
  });
  hash.each(deployment.grants, [&](const plan::Grant& g) {
    hash.add(std::string_view(g.kind)), hash.add(std::string_view(g.principal));
    hash.add(uint64_t{g.model}), hash.add(static_cast<uint64_t>(g.until.value_or(INT64_MAX)));
    hash.add(std::string_view(g.approved_by));
  });
  hash.each(deployment.classifiers, [&](const plan::Classifier& c) {
    hash.add(std::string_view(c.name)), hash.add(uint64_t{c.provider});
    hash.add(std::string_view(c.path)), hash.add(static_cast<uint64_t>(c.timeout.count()));
    hash.add(uint64_t{c.deny_on_error});
  });
  hash.each(deployment.prompts, [&](const plan::Prompt& p) {
    hash.add(std::string_view(p.name)), hash.add(std::string_view(p.version));
    hash.add(uint64_t{p.model});
    hash.each(p.parameters, [&](const std::string& name) { hash.add(std::string_view(name)); });
    for (const auto* parts : {&p.system, &p.user}) {
      hash.each(*parts, [&](const plan::Prompt::Part& part) {
        hash.add(std::string_view(part.text)), hash.add(uint64_t{part.parameter.value_or(~0u)});
      });
    }
  });
  hash.each(deployment.gateway.data_tags,
            [&](const std::string& tag) { hash.add(std::string_view(tag)); });
  add_gateway(hash, deployment.gateway);
}

}  // namespace

std::string version_of(const plan::Plan& plan) {
  Hash hash;
  add_rules(hash, plan);
  add_meters(hash, plan);
  add_detectors(hash, plan);
  add_documents(hash, plan);
  add_deployment(hash, plan.deployment);
  return fmt::format("{:016x}", hash.value());
}

}  // namespace aipol::planner
