#include "runtime/context/fact_reader.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "runtime/context/fact_values.h"

namespace aipol::context {

using plan::Fact;

namespace {

std::string_view header(const Call& call, std::string_view name) {
  auto found =
      std::ranges::find(call.request.headers, name, &std::pair<std::string, std::string>::first);
  return found == call.request.headers.end() ? std::string_view() : std::string_view(found->second);
}

Fact first_value(const std::vector<std::pair<std::string, std::string>>& pairs,
                 const std::string& name) {
  auto found = std::ranges::find(pairs, name, &std::pair<std::string, std::string>::first);
  return found == pairs.end() ? absent() : text(found->second);
}

// The texts of the messages that `of` takes, a line each.
template <class F>
Fact joined(const Call& call, AipolScratch& scratch, F of) {
  size_t size = 0;
  for (const Message& message : call.ai.messages) size += of(message) ? message.text.size() + 1 : 0;
  if (size == 0) return text("");
  auto* bytes = reinterpret_cast<char*>(scratch.allocate(size));
  char* end = bytes;
  for (const Message& message : call.ai.messages) {
    if (!of(message)) continue;
    std::memcpy(end, message.text.data(), message.text.size());
    end += message.text.size();
    *end++ = '\n';
  }
  return text({bytes, size - 1});
}

auto with_role(std::string_view role) {
  return [role](const Message& message) { return message.role == role; };
}

Fact last_of(const Call& call, std::string_view role) {
  for (auto message = call.ai.messages.rbegin(); message != call.ai.messages.rend(); ++message) {
    if (message->role == role) return text(message->text);
  }
  return text("");
}

}  // namespace

struct FactReader::Row {
  std::string_view path;
  Read read;
};

// Where each field of stdlib/traffic.aipol comes from. Fields of `model` but these come from its
// declaration, other fields of `principal` are attributes of the identity.
const FactReader::Row FactReader::rows[] = {
    {"request.path", [](const Reading& r) { return text(r.call.request.path); }},
    {"request.method",
     [](const Reading& r) {
       return integer(member(r.plan.enumerations[r.source.enumeration], r.call.request.method));
     }},
    {"request.host", [](const Reading& r) { return text(r.call.request.host); }},
    {"request.ip", [](const Reading& r) { return address(r.call.request.ip); }},
    {"request.id", [](const Reading& r) { return text(r.call.request.id); }},
    {"request.time", [](const Reading& r) { return integer(r.call.request.time_ns); }},
    {"request.size", [](const Reading& r) { return integer(r.call.request.size); }},
    {"request.tls", [](const Reading& r) { return boolean(r.call.request.tls); }},
    {"request.user_agent", [](const Reading& r) { return text(header(r.call, "user-agent")); }},
    {"request.header",
     [](const Reading& r) { return first_value(r.call.request.headers, r.source.key); }},
    {"request.query",
     [](const Reading& r) { return first_value(r.call.request.query, r.source.key); }},
    {"request.body_text", [](const Reading& r) { return text(r.call.request.body_text); }},
    {"request.body",
     [](const Reading& r) { return first_value(r.call.request.body_values, r.source.key); }},
    {"principal.kind",
     [](const Reading& r) {
       return integer(member(r.plan.enumerations[r.source.enumeration], r.call.principal.kind));
     }},
    {"principal.method",
     [](const Reading& r) {
       return integer(member(r.plan.enumerations[r.source.enumeration], r.call.principal.method));
     }},
    {"principal.id", [](const Reading& r) { return text(r.call.principal.id); }},
    {"principal.name", [](const Reading& r) { return text(r.call.principal.name); }},
    {"principal.tenant", [](const Reading& r) { return text(r.call.principal.tenant); }},
    {"principal.roles",
     [](const Reading& r) {
       return texts_as(r.plan, r.source, r.call.principal.roles, r.scratch);
     }},
    {"principal.groups",
     [](const Reading& r) {
       return texts_as(r.plan, r.source, r.call.principal.groups, r.scratch);
     }},
    {"principal.scopes",
     [](const Reading& r) {
       return texts_as(r.plan, r.source, r.call.principal.scopes, r.scratch);
     }},
    {"principal.mfa", [](const Reading& r) { return boolean(r.call.principal.mfa); }},
    {"principal.expires",
     [](const Reading& r) {
       return r.call.principal.expires_ns ? integer(*r.call.principal.expires_ns) : absent();
     }},
    {"principal.actor",
     [](const Reading& r) {
       return r.call.principal.actor ? text(*r.call.principal.actor) : absent();
     }},
    {"ai.operation",
     [](const Reading& r) {
       return integer(member(r.plan.enumerations[r.source.enumeration], r.call.ai.operation));
     }},
    {"ai.prompt",
     [](const Reading& r) {
       return joined(r.call, r.scratch, [](const Message&) { return true; });
     }},
    {"ai.system", [](const Reading& r) { return joined(r.call, r.scratch, with_role("system")); }},
    {"ai.last_user", [](const Reading& r) { return last_of(r.call, "user"); }},
    {"ai.user_text", [](const Reading& r) { return joined(r.call, r.scratch, with_role("user")); }},
    {"ai.tool_results",
     [](const Reading& r) { return joined(r.call, r.scratch, with_role("tool")); }},
    {"ai.turns",
     [](const Reading& r) {
       return integer(
           r.call.ai.turns.value_or(std::ranges::count_if(r.call.ai.messages, with_role("user"))));
     }},
    // Their number is all that can be asked of them.
    {"ai.messages",
     [](const Reading& r) { return Fact{Fact::State::present, {0, r.call.ai.messages.size()}}; }},
    {"ai.stream", [](const Reading& r) { return boolean(r.call.ai.stream); }},
    {"ai.max_tokens",
     [](const Reading& r) {
       return r.call.ai.max_tokens ? integer(*r.call.ai.max_tokens) : absent();
     }},
    {"ai.temperature",
     [](const Reading& r) {
       return r.call.ai.temperature ? real(*r.call.ai.temperature) : absent();
     }},
    {"ai.tools", [](const Reading& r) { return texts(r.call.ai.tools, r.scratch); }},
    {"ai.has_images", [](const Reading& r) { return boolean(r.call.ai.has_images); }},
    {"ai.has_audio", [](const Reading& r) { return boolean(r.call.ai.has_audio); }},
    {"model.name", [](const Reading& r) { return text(r.call.model_name); }},
};

namespace {

// What a test's expectations read; filled by the test's runner.
bool of_decision(const plan::Source& source) { return source.path.starts_with("decision."); }
bool of_model(const plan::Source& source) { return source.path.starts_with("model."); }

bool reads_messages(const plan::Source& source) {
  constexpr std::string_view paths[] = {"ai.prompt",    "ai.system",       "ai.last_user",
                                        "ai.user_text", "ai.messages",     "ai.tool_results", "ai.turns"};
  return std::ranges::find(paths, source.path) != std::end(paths);
}

}  // namespace

FactReader::Read FactReader::reader_of(const plan::Source& source) {
  auto row = std::ranges::find(rows, source.path, &Row::path);
  if (row != std::end(rows)) return row->read;
  if (of_model(source) || of_decision(source)) return nullptr;
  AIPOL_CHECK(source.path.starts_with("principal."), "every readable field has a reader");
  return [](const Reading& r) {
    auto found = r.call.principal.attributes.find(
        std::string_view(r.source.path).substr(std::strlen("principal.")));
    return found == r.call.principal.attributes.end()
               ? absent()
               : attribute(r.plan, r.source, found->second, r.scratch);
  };
}

FactReader::FactReader(const plan::Plan& plan) : plan_(plan) {
  for (const plan::Source& source : plan.sources) {
    reads_.push_back(reader_of(source));
    needs_texts_ = needs_texts_ || reads_messages(source);
    reads_model_ = reads_model_ || of_model(source);
    if (source.path == "request.body") body_paths_.push_back(source.key);
  }
  for (const plan::Model& model : plan.deployment.models) {
    models_.emplace(model.name, by_model_.size());
    std::vector<Fact>& facts = by_model_.emplace_back(plan.sources.size(), absent());
    for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
      std::string_view path = plan.sources[id].path;
      if (!path.starts_with("model.")) continue;
      path.remove_prefix(std::strlen("model."));
      if (path == "known") facts[id] = boolean(true);
      if (path == "provider") facts[id] = text(plan.deployment.providers[model.provider].name);
      auto field =
          std::ranges::find(model.fields, path, &std::pair<std::string, plan::Constant>::first);
      if (field != model.fields.end())
        facts[id] = {Fact::State::present, cells_.cell(field->second)};
    }
  }
}

const std::vector<Fact>* FactReader::model_facts(const Call& call) const {
  auto found = models_.find(call.model_name);
  return found == models_.end() ? nullptr : &by_model_[found->second];
}

Fact FactReader::unknown_model_fact(plan::SourceId source) const {
  const plan::Source& unknown = plan_.sources[source];
  if (unknown.enumeration == ~0u || unknown.rep != plan::Rep::integer || unknown.fallback ||
      unknown.optional)
    return absent();
  return integer(member(plan_.enumerations[unknown.enumeration], "unknown"));
}

void FactReader::read(const Call& call, std::span<const plan::SourceId> demand, plan::Facts& facts,
                      AipolScratch& scratch) const {
  facts.resize(plan_.sources.size());
  const std::vector<Fact>* of_call = reads_model_ ? model_facts(call) : nullptr;
  for (plan::SourceId id : demand) {
    const plan::Source& source = plan_.sources[id];
    if (reads_[id] != nullptr) {
      facts[id] = reads_[id]({call, plan_, source, scratch});
    } else if (of_model(source)) {
      facts[id] = of_call != nullptr ? (*of_call)[id] : unknown_model_fact(id);
    }
  }
}

}  // namespace aipol::context
