#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/token_estimate.h"
#include "cli/commands/command.h"
#include "runtime/tokens/chat.h"
#include "runtime/tokens/data_folder.h"

namespace aipol::cli {

namespace {

using nlohmann::json;
using TokenizerPointer = std::shared_ptr<const tokens::Tokenizer>;  // null: estimate

struct TokensOptions {
  std::string path = "-";
  std::string tokenizer = "o200k";
  bool jsonl = false;
};

size_t count_text(const TokenizerPointer& tokenizer, std::string_view text) {
  return tokenizer ? tokenizer->count(text) : estimated_tokens(text);
}

// A text member of an object, empty where there is none.
std::string_view text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

// What is counted of a message's content: its text, or the texts of its parts.
void read_content(const json& content, std::string& text, size_t& images) {
  if (content.is_string()) text = content.get_ref<const std::string&>();
  if (!content.is_array()) return;
  for (const json& part : content) {
    if (!part.is_object()) continue;
    text += text_of(part, "text");
    images += part.contains("image_url") ? 1 : 0;
  }
}

size_t count_messages(const TokenizerPointer& tokenizer, const json& call) {
  const json& messages = call["messages"];
  std::vector<std::string> texts(messages.size());
  std::vector<tokens::ChatMessage> read;
  tokens::Chat chat;
  for (const json& message : messages) {
    std::string& text = texts[read.size()];
    if (message.is_object() && message.contains("content"))
      read_content(message["content"], text, chat.images);
    read.push_back({text_of(message, "role"), text, text_of(message, "name")});
  }
  const std::string tools = call.contains("tools") ? call["tools"].dump() : "";
  chat.messages = read;
  chat.tools = tools;
  return count_chat(tokenizer.get(), chat);
}

Result<size_t> count_line(const TokenizerPointer& tokenizer, std::string_view line) {
  const json read = json::parse(line, nullptr, false);
  if (!read.is_object()) return failure("is no JSON object");
  if (const auto text = read.find("text"); text != read.end() && text->is_string())
    return count_text(tokenizer, text->get_ref<const std::string&>());
  if (const auto messages = read.find("messages"); messages != read.end() && messages->is_array())
    return count_messages(tokenizer, read);
  return failure("has neither `text` nor `messages`");
}

int count_lines(const TokensOptions& options, const TokenizerPointer& tokenizer,
                std::istream& input) {
  size_t number = 0;
  for (std::string line; std::getline(input, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    Result<size_t> count = count_line(tokenizer, line);
    if (!count) return fail(fmt::format("{}:{}: {}", options.path, number, count.error().message));
    fmt::print("{}\n", *count);
  }
  return well;
}

int count_input(const TokensOptions& options, std::istream& input) {
  TokenizerPointer tokenizer;
  if (options.tokenizer != "estimate") {
    const std::string file = options.tokenizer + ".tokens";
    auto loaded = tokens::Tokenizer::load(options.tokenizer, tokens::data_folder(file));
    if (!loaded) return fail(loaded.error().message);
    tokenizer = std::move(*loaded);
  }
  if (options.jsonl) return count_lines(options, tokenizer, input);
  const std::string text(std::istreambuf_iterator<char>(input), {});
  fmt::print("{}\n", count_text(tokenizer, text));
  return well;
}

int run_tokens(const TokensOptions& options) {
  if (options.path == "-") return count_input(options, std::cin);
  std::ifstream file(options.path, std::ios::binary);
  if (!file || std::filesystem::is_directory(options.path))
    return fail(fmt::format("{}: no such file", options.path));
  return count_input(options, file);
}

}  // namespace

Run add_tokens(CLI::App& command) {
  auto options = std::make_shared<TokensOptions>();
  command.add_option("FILE", options->path, "a text; `-` is standard input")->capture_default_str();
  command.add_option("--tokenizer", options->tokenizer, "as a model's setting of that name")
      ->check(CLI::IsMember({"estimate", "o200k", "cl100k"}))
      ->capture_default_str();
  command.add_flag("--jsonl", options->jsonl,
                   "each line is an object with `text`, or with `messages` as a chat has them");
  command.footer(
      "Examples:\n  aipol tokens prompt.txt\n  echo '{\"text\": \"hello\"}' | aipol tokens --jsonl "
      "--tokenizer cl100k -");
  return [options] { return run_tokens(*options); };
}

}  // namespace aipol::cli
