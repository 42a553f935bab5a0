// Parts of a call as members of an object, by the names that policies use; what has its default is
// left out. Shared by audit records and traffic records.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "runtime/context/call.h"

namespace aipol::audit {

// A normalised path as it would be on the wire, and a part of a query.
std::string wire_path(std::string_view path);
std::string escape_query(std::string_view text);

// Opens the record that is written onto `text`: its form, its kind and its time.
void open_record(JsonWriter& out, std::string& text, std::string_view kind, int64_t time_ns);
// An object with one text, where there is one.
void add_object_of(JsonWriter& out, std::string_view object, std::string_view member,
                   std::string_view value);

// Of a request: country, region, tls, size.
void add_surroundings(JsonWriter& out, const context::Request& request);

// As the members `session` and `principal`; attributes of the principal are not among them.
void add_session(JsonWriter& out, const context::Session& session);
void add_principal(JsonWriter& out, const context::Principal& principal);
// The inside of `principal`.
void add_principal_fields(JsonWriter& out, const context::Principal& principal);

// The inside of `ai` without texts; its messages; the tool of an MCP call.
void add_ai_fields(JsonWriter& out, const context::Ai& ai);
void add_messages(JsonWriter& out, const std::vector<context::Message>& messages);
void add_tool(JsonWriter& out, std::string_view server, std::string_view name,
              const std::vector<std::pair<std::string, std::string>>& arguments);

// The inside of `response` without texts; its calls of tools; the inside of `usage`.
void add_response_fields(JsonWriter& out, const context::Response& response);
void add_tool_calls(JsonWriter& out, const std::vector<context::ToolCall>& calls);
void add_usage_fields(JsonWriter& out, const context::Usage& usage);

// An object of texts. Of a name that comes more than once the last stands.
void add_pairs(JsonWriter& out, std::string_view name,
               const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace aipol::audit
