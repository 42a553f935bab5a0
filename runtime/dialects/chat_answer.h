// Answers to OpenAI chats: what policies read of them and what of them they change.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/context/call.h"
#include "runtime/dialects/dialect.h"

namespace aipol::dialects {

using Rewrite = std::function<std::string(std::string_view)>;

// The usage that an answer, or the event of a stream, reports; nothing where it reports none.
// Its cost is not known. The body need not be JSON.
// `alone`, where given, gets whether there is nothing else: no choice.
std::optional<context::Usage> read_usage(BodyReader& reader, Body body, bool* alone = nullptr);

// A `chat.completion` that came whole.
class ChatAnswer {
 public:
  // Nothing where the body is no JSON object, or a choice is none.
  static std::optional<ChatAnswer> read(std::string_view body);
  ~ChatAnswer();
  ChatAnswer(ChatAnswer&&) noexcept;
  ChatAnswer& operator=(ChatAnswer&&) noexcept;

  // Fills text (of several choices joined by line breaks), tool_calls, finish_reason,
  // model_version. Reasoning is no part of the text.
  void tell(context::Response& response) const;
  // Whether `tell` told all that there is: one choice, and nothing but text and calls of tools.
  bool plain() const;
  // With the texts and calls that the response has now. Where there are several choices, each text
  // goes through `each` instead, and calls of tools that are not in the response are left out.
  std::string with(const context::Response& response, const Rewrite& each);

 private:
  struct Document;
  explicit ChatAnswer(std::unique_ptr<Document> document);
  std::unique_ptr<Document> document_;
};

// The answer that a response stands for.
struct WrittenAnswer {
  const context::Response& response;
  const context::Usage& usage;
  std::string_view id, model;
  int64_t created = 0;  // seconds since the epoch
};
std::string written_chat(const WrittenAnswer& answer);
// The same as a stream, its end included; usage where it is asked for.
std::string written_chat_events(const WrittenAnswer& answer, bool with_usage);

// An event of a streamed chat.
class ChatChunk {
 public:
  // Nothing where the data is no JSON object.
  static std::optional<ChatChunk> read(std::string_view data);
  ~ChatChunk();
  ChatChunk(ChatChunk&&) noexcept;
  ChatChunk& operator=(ChatChunk&&) noexcept;

  std::string text, reasoning;  // of the first choice's delta
  std::string finish_reason;    // empty: goes on
  std::string model;
  std::optional<context::Usage> usage;
  bool has_choices = false;
  bool other_choice = false;  // speaks of a choice that is not the first
  bool readable = true;       // has nothing that is not known here: older calls, speech
  // Adds what it has of calls of tools to those that came before.
  void add_calls(std::vector<context::ToolCall>& calls, std::vector<std::string>& ids) const;

  // Events like this one, of the first choice: with a text, with calls of tools that are whole, and
  // the one that ends the answer.
  std::string text_event(std::string_view text) const;
  std::string reasoning_event(std::string_view text) const;
  std::string calls_event(const std::vector<context::ToolCall>& calls,
                          const std::vector<std::string>& ids) const;
  std::string ending(std::string_view reason) const;
  // The last event of a stream whose client asks for usage.
  std::string usage_event(const context::Usage& usage) const;

 private:
  struct Document;
  explicit ChatChunk(std::unique_ptr<Document> document);
  std::unique_ptr<Document> document_;
};

// "data: …\n\n"
std::string event_of(std::string_view data);
inline constexpr std::string_view end_of_events = "data: [DONE]\n\n";

}  // namespace aipol::dialects
