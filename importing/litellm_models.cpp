// model_list: providers, models, and which models answer to one name.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "importing/litellm_config.h"

namespace aipol::importing::litellm {

namespace {

struct Vendor {
  std::string_view prefix, kind, url, key;  // url empty: `api_base` is needed
};

constexpr Vendor vendors[] = {
    {"openai", "openai", "https://api.openai.com", "OPENAI_API_KEY"},
    {"azure", "azure", "", "AZURE_API_KEY"},
    {"anthropic", "anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY"},
    {"gemini", "gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY"},
    {"bedrock", "bedrock", "", "AWS_BEARER_TOKEN_BEDROCK"},
    {"mistral", "openai", "https://api.mistral.ai", "MISTRAL_API_KEY"},
    {"groq", "openai", "https://api.groq.com/openai", "GROQ_API_KEY"},
    {"deepseek", "openai", "https://api.deepseek.com", "DEEPSEEK_API_KEY"},
    {"xai", "openai", "https://api.x.ai", "XAI_API_KEY"},
    {"together_ai", "openai", "https://api.together.xyz", "TOGETHERAI_API_KEY"},
    {"fireworks_ai", "openai", "https://api.fireworks.ai/inference", "FIREWORKS_AI_API_KEY"},
    {"openrouter", "openai", "https://openrouter.ai/api", "OPENROUTER_API_KEY"},
    {"litellm_proxy", "openai", "", "LITELLM_PROXY_API_KEY"},
    {"hosted_vllm", "openai", "", ""},
    {"openai_like", "openai", "", ""},
    {"lm_studio", "openai", "", ""},
    {"ollama", "openai", "http://localhost:11434", ""},
    {"ollama_chat", "openai", "http://localhost:11434", ""},
};

const Vendor* vendor_of(std::string_view prefix) {
  auto found = std::ranges::find(vendors, prefix, &Vendor::prefix);
  return found == std::end(vendors) ? nullptr : found;
}

// Of names without prefix LiteLLM knows whose they are; those that begin like this are certain.
std::string_view prefix_of(std::string_view model) {
  for (std::string_view begin :
       {"gpt-", "o1", "o3", "o4", "text-embedding-", "dall-e", "whisper-", "tts-"})
    if (model.starts_with(begin)) return "openai";
  return model.starts_with("claude-") ? "anthropic" : "";
}

// "os.environ/NAME" as the name.
std::optional<std::string> variable_of(const Yaml* value) {
  constexpr std::string_view prefix = "os.environ/";
  auto text = text_of(value);
  if (!text || !text->starts_with(prefix)) return std::nullopt;
  std::string name = text->substr(prefix.size());
  return is_name(name) ? std::optional(name) : std::nullopt;
}

// aipol writes the API's version into the path itself.
std::string without_version(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with("/v1")) url.resize(url.size() - 3);
  return url;
}

bool is_url(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) &&
         url.find_first_of("?# \"\\{}") == url.npos && url.size() > 8 && url.size() < 500;
}

class Entry {
 public:
  Entry(const Yaml& entry, size_t index, Config& config)
      : entry_(entry), config_(config), what_(fmt::format("model_list[{}]", index)) {}

  void read() {
    const Yaml* parameters = entry_.find("litellm_params");
    auto name = text_of(entry_.find("model_name"));
    auto model = text_of(parameters == nullptr ? nullptr : parameters->find("model"));
    if (!name || !model) return leave_out("it needs `model_name` and `litellm_params.model`");
    what_ = fmt::format("model `{}`", *name);
    if (name->find('*') != name->npos)
      return leave_out(
          "names with `*` stand for models that are not listed; list those that are used");
    if (name->size() > 200) return leave_out("its name is too long");
    parameters_ = parameters;
    if (!read_provider(*model)) return;
    read_numbers();
    read_info();
    add(*name);
  }

 private:
  void leave_out(std::string why) { config_.state(entry_, what_, Share::none, std::move(why)); }

  bool read_provider(const std::string& model) {
    size_t slash = model.find('/');
    auto custom = text_of(parameters_->find("custom_llm_provider"));
    std::string prefix(custom ? *custom : model.substr(0, slash == model.npos ? 0 : slash));
    const Vendor* vendor = vendor_of(prefix);
    deployment_.upstream =
        vendor != nullptr && slash != model.npos && model.starts_with(prefix + "/")
            ? model.substr(slash + 1)
            : model;
    if (vendor == nullptr) vendor = vendor_of(prefix_of(model));
    if (vendor == nullptr)
      return leave_out(
                 fmt::format("aipol does not speak to `{}`", prefix.empty() ? model : prefix)),
             false;
    std::string url =
        without_version(text_of(parameters_->find("api_base")).value_or(std::string(vendor->url)));
    auto base = variable_of(parameters_->find("api_base"));
    if (vendor->prefix == "bedrock") {
      auto region = text_of(parameters_->find("aws_region_name"));
      if (region && is_name_with_dashes(*region) && url.empty())
        url = fmt::format("https://bedrock-runtime.{}.amazonaws.com", *region);
    }
    if (base || !is_url(url))
      return leave_out("`api_base` must be an address that stands in the file"), false;
    deployment_.provider = provider(*vendor, url);
    return true;
  }

  static bool is_name_with_dashes(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  }

  // A key that stands in the file is not repeated: it is to come from the environment.
  std::string provider(const Vendor& vendor, const std::string& url) {
    const Yaml* key = parameters_->find("api_key");
    auto variable = variable_of(key);
    std::string from = variable ? *variable : std::string(vendor.key);
    if (key != nullptr && !variable && from.empty()) from = "UPSTREAM_API_KEY";
    for (const Provider& one : config_.providers)
      if (one.kind == vendor.kind && one.url == url && one.key == from) return one.name;
    if (key != nullptr && !variable)
      config_.out.remarks.push_back(fmt::format(
          "line {}: the key of `{}` stands in the file; put it into the environment variable {}",
          key->line, vendor.prefix, from));
    config_.providers.push_back(
        {provider_names().take(vendor.prefix), std::string(vendor.kind), url, from});
    return config_.providers.back().name;
  }

  Names& provider_names() { return config_.names; }

  void read_numbers() {
    deployment_.rpm = positive("rpm");
    deployment_.tpm = positive("tpm");
    deployment_.weight = positive("weight");
    deployment_.timeout_s = positive("timeout");
    deployment_.max_tokens = positive("max_tokens");
    auto region = text_of(parameters_->find("region_name"));
    if (region && is_name(*region)) deployment_.region = *region;
    read_prices(*parameters_);
  }

  std::optional<int64_t> positive(std::string_view name) {
    auto number = integer_of(parameters_->find(name));
    return number && *number > 0 && *number <= 1'000'000'000 ? number : std::nullopt;
  }

  // Dollars per token as nano-dollars per million.
  static std::optional<int64_t> price(const Yaml& map, std::string_view name) {
    auto dollars = number_of(map.find(name));
    if (!dollars || *dollars < 0 || *dollars > 1) return std::nullopt;
    return std::llround(*dollars * 1e15);
  }

  void read_prices(const Yaml& map) {
    if (auto input = price(map, "input_cost_per_token")) deployment_.input_price = input;
    if (auto output = price(map, "output_cost_per_token")) deployment_.output_price = output;
  }

  void read_info() {
    const Yaml* info = entry_.find("model_info");
    if (info == nullptr || !info->is_map()) return;
    read_prices(*info);
    mode_ = text_of(info->find("mode")).value_or("chat");
    access_groups_ = texts_of(info->find("access_groups"));
    auto context = integer_of(info->find("max_input_tokens"));
    if (context && *context > 0) deployment_.context = context;
  }

  void add(const std::string& name) {
    auto group = std::ranges::find(config_.groups, name, &Group::name);
    if (group == config_.groups.end()) {
      config_.groups.push_back({name, {}, {}, mode_, {}, {}});
      group = config_.groups.end() - 1;
    }
    size_t number = group->deployments.size() + 1;
    deployment_.name = number == 1 ? name : fmt::format("{}#{}", name, number);
    group->deployments.push_back(deployment_);
    for (const std::string& access : access_groups_)
      if (std::ranges::find(group->access_groups, access) == group->access_groups.end())
        group->access_groups.push_back(access);
    state();
  }

  void state() {
    std::string others;
    for (const auto& [key, value] : parameters_->members) {
      constexpr std::string_view known[] = {"model",
                                            "api_key",
                                            "api_base",
                                            "api_version",
                                            "rpm",
                                            "tpm",
                                            "weight",
                                            "timeout",
                                            "max_tokens",
                                            "region_name",
                                            "input_cost_per_token",
                                            "output_cost_per_token",
                                            "custom_llm_provider",
                                            "aws_region_name"};
      if (std::ranges::find(known, key) == std::end(known))
        others.append(others.empty() ? "" : ", ").append(commented(key));
    }
    config_.state(entry_, what_);
    if (!others.empty())
      config_.state(*parameters_, what_ + ".litellm_params", Share::none, "left out: " + others);
    if (!deployment_.has_price())
      config_.out.remarks.push_back(
          fmt::format("line {}: `{}` has no price; LiteLLM takes it from its own table, here it "
                      "stands with the model",
                      entry_.line, deployment_.name));
  }

  const Yaml& entry_;
  Config& config_;
  std::string what_;
  const Yaml* parameters_ = nullptr;
  Deployment deployment_;
  std::string mode_ = "chat";
  std::vector<std::string> access_groups_;
};

}  // namespace

void read_models(const Yaml& root, Config& config) {
  const Yaml* list = root.find("model_list");
  for (size_t i = 0; i < list->items.size(); ++i) Entry(list->items[i], i, config).read();
}

void write_models(Config& config) {
  std::string text = fmt::format("// Providers and models of {}.\n\n", commented(config.file));
  for (const Provider& one : config.providers) {
    text += fmt::format("provider {} {{ kind: {}, url: {}", one.name, one.kind, literal(one.url));
    if (!one.key.empty()) text += fmt::format(", key: env({})", literal(one.key));
    text += " }\n";
  }
  text += "\n";
  for (const Group& group : config.groups) {
    for (const Deployment& one : group.deployments) {
      text += fmt::format("model {} {{ provider: {}", literal(one.name), one.provider);
      if (one.upstream != one.name) text += fmt::format(", upstream: {}", literal(one.upstream));
      if (!one.region.empty()) text += fmt::format(", region: {}", one.region);
      if (one.context) text += fmt::format(", context: {}", *one.context);
      if (one.has_price())
        text += fmt::format(", price: {{ input: {}, output: {} }}", dollars(*one.input_price),
                            dollars(*one.output_price));
      text += " }\n";
    }
  }
  text +=
      "\n// LiteLLM serves these paths without their version, too.\n"
      "endpoint \"/chat/completions\" { accepts: chat }\n"
      "endpoint \"/completions\" { accepts: completion }\n"
      "endpoint \"/embeddings\" { accepts: embedding }\n";
  config.out.files.push_back({"models.aipol", std::move(text)});
}

}  // namespace aipol::importing::litellm
