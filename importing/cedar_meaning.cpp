#include "importing/cedar_meaning.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace aipol::importing::cedar {

namespace {

constexpr std::pair<std::string_view, Role> role_names[] = {
    {"user", Role::user},        {"app", Role::app},       {"group", Role::group},
    {"role", Role::role},        {"tenant", Role::tenant}, {"model", Role::model},
    {"models", Role::models},    {"tool", Role::tool},     {"server", Role::server},
    {"endpoint", Role::endpoint}};

constexpr std::pair<std::string_view, Role> types[] = {
    {"User", Role::user},          {"Person", Role::user},
    {"Employee", Role::user},      {"App", Role::app},
    {"Application", Role::app},    {"Service", Role::app},
    {"ServiceAccount", Role::app}, {"Agent", Role::app},
    {"Client", Role::app},         {"Bot", Role::app},
    {"Group", Role::group},        {"UserGroup", Role::group},
    {"Team", Role::group},         {"Role", Role::role},
    {"Tenant", Role::tenant},      {"Organization", Role::tenant},
    {"Org", Role::tenant},         {"Model", Role::model},
    {"LLM", Role::model},          {"FoundationModel", Role::model},
    {"ModelGroup", Role::models},  {"ModelFamily", Role::models},
    {"Tool", Role::tool},          {"McpServer", Role::server},
    {"ToolServer", Role::server},  {"Endpoint", Role::endpoint},
    {"Route", Role::endpoint},     {"Action", Role::action}};

constexpr std::string_view operations[] = {"chat",  "responses", "completion", "embedding",
                                           "image", "audio",     "moderation", "rerank",
                                           "tool",  "models",    "files",      "batch"};

// Without case and signs: "createChatCompletion", "create_chat_completion".
constexpr std::pair<std::string_view, std::string_view> actions[] = {
    {"chat", "chat"},
    {"chatcompletion", "chat"},
    {"chatcompletions", "chat"},
    {"createchatcompletion", "chat"},
    {"converse", "chat"},
    {"responses", "responses"},
    {"createresponse", "responses"},
    {"completion", "completion"},
    {"complete", "completion"},
    {"textcompletion", "completion"},
    {"embedding", "embedding"},
    {"embeddings", "embedding"},
    {"embed", "embedding"},
    {"createembedding", "embedding"},
    {"image", "image"},
    {"generateimage", "image"},
    {"imagegeneration", "image"},
    {"audio", "audio"},
    {"speech", "audio"},
    {"transcribe", "audio"},
    {"transcription", "audio"},
    {"moderation", "moderation"},
    {"moderate", "moderation"},
    {"rerank", "rerank"},
    {"listmodels", "models"},
    {"calltool", "tool"},
    {"invoketool", "tool"},
    {"usetool", "tool"},
    {"executetool", "tool"}};

constexpr std::pair<std::string_view, ContextField> context_fields[] = {
    {"ip", {"request.ip", Type::ip, ""}},
    {"ip_address", {"request.ip", Type::ip, ""}},
    {"ipAddress", {"request.ip", Type::ip, ""}},
    {"source_ip", {"request.ip", Type::ip, ""}},
    {"sourceIp", {"request.ip", Type::ip, ""}},
    {"mfa", {"principal.mfa", Type::truth, ""}},
    {"now", {"now", Type::time, ""}},
    {"time", {"now", Type::time, ""}},
    {"country", {"request.country", Type::text, "has request.country"}},
    {"path", {"request.path", Type::text, ""}},
    {"user_agent", {"request.user_agent", Type::text, "request.user_agent != \"\""}},
    {"userAgent", {"request.user_agent", Type::text, "request.user_agent != \"\""}},
    {"input_tokens", {"ai.input_tokens", Type::number, ""}},
    {"inputTokens", {"ai.input_tokens", Type::number, ""}},
    {"max_tokens", {"ai.max_tokens", Type::number, "has ai.max_tokens"}},
    {"maxTokens", {"ai.max_tokens", Type::number, "has ai.max_tokens"}},
    {"stream", {"ai.stream", Type::truth, ""}},
    {"tools", {"ai.tools", Type::texts, ""}},
    {"tags", {"ai.tags", Type::texts, ""}},
    {"data_tags", {"ai.tags", Type::texts, ""}}};

std::string plain_name(std::string_view text) {
  std::string name = lower_ascii(text);
  std::erase_if(name, [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); });
  return name;
}

Result<std::vector<std::string>> operations_of(std::string_view list) {
  std::vector<std::string> all;
  if (list == "none") return all;
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    if (std::ranges::find(operations, one) == std::end(operations))
      return failure(fmt::format("there is no operation `{}`; there are none, {}", one,
                                 fmt::join(operations, ", ")));
    all.emplace_back(one);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  if (all.empty()) return failure("names no operation");
  return all;
}

}  // namespace

Result<Meanings> Meanings::of(const std::map<std::string, std::string>& given) {
  Meanings all;
  for (const auto& [name, meaning] : given) {
    constexpr std::string_view prefix = "Action::";
    size_t at = name.rfind(prefix);
    if (at != name.npos) {
      std::string id = name.substr(at + prefix.size());
      if (id.size() > 1 && id.starts_with('"') && id.ends_with('"'))
        id = id.substr(1, id.size() - 2);
      auto read = operations_of(meaning);
      if (!read) return failure(fmt::format("--map {}: {}", name, read.error().message));
      all.actions_[id] = std::move(*read);
      continue;
    }
    auto role = std::ranges::find(role_names, meaning, [](const auto& pair) { return pair.first; });
    if (role == std::end(role_names))
      return failure(
          fmt::format("--map {}: a type means user, app, group, role, tenant, model, models, tool, "
                      "server or endpoint",
                      name));
    all.types_[std::string(without_namespace(name))] = role->second;
  }
  return all;
}

Role Meanings::of_type(std::string_view type) const {
  if (auto found = types_.find(without_namespace(type)); found != types_.end())
    return found->second;
  for (auto [name, role] : types)
    if (name == without_namespace(type)) return role;
  return Role::unknown;
}

std::optional<std::vector<std::string>> Meanings::of_action(std::string_view id) const {
  if (auto found = actions_.find(id); found != actions_.end()) return found->second;
  for (auto [name, operation] : actions)
    if (name == plain_name(id)) return std::vector<std::string>{std::string(operation)};
  return std::nullopt;
}

const ContextField* context_field(std::string_view name) {
  for (const auto& [known, field] : context_fields)
    if (known == name) return &field;
  return nullptr;
}

}  // namespace aipol::importing::cedar
