#include "runtime/gateway/count_tokens.h"

#include <algorithm>
#include <map>

#include "runtime/tokens/chat.h"
#include "runtime/tokens/data_folder.h"

namespace aipol::gateway {

namespace {

// The members of the language's enum Tokenizer (stdlib/settings.aipol).
constexpr std::string_view names[] = {"estimate", "o200k", "cl100k"};

std::string_view tokenizer_of(const plan::Model& model) {
  const auto found = std::ranges::find(model.fields, "tokenizer", &plan::Fields::value_type::first);
  if (found == model.fields.end()) return names[0];
  return names[static_cast<size_t>(std::get<int64_t>(found->second))];
}

}  // namespace

Result<Tokenizers> load_tokenizers(const plan::Deployment& deployment) {
  Tokenizers by_model;
  std::map<std::string_view, std::shared_ptr<const tokens::Tokenizer>> loaded = {
      {names[0], nullptr}};
  for (const plan::Model& model : deployment.models) {
    const std::string_view name = tokenizer_of(model);
    if (!loaded.contains(name)) {
      auto tokenizer =
          tokens::Tokenizer::load(name, tokens::data_folder(std::string(name) + ".tokens"));
      if (!tokenizer) return std::unexpected(tokenizer.error());
      loaded[name] = std::move(*tokenizer);
    }
    by_model.push_back(loaded[name]);
  }
  return by_model;
}

int64_t count_input(const tokens::Tokenizer* tokenizer, const context::Ai& ai) {
  std::vector<tokens::ChatMessage> messages;
  messages.reserve(ai.messages.size());
  for (const context::Message& message : ai.messages)
    messages.push_back({message.role, message.text, {}});
  return static_cast<int64_t>(tokens::count_chat(
      tokenizer, {.messages = messages, .images = ai.has_images ? size_t{1} : size_t{0}}));
}

}  // namespace aipol::gateway
