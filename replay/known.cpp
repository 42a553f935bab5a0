// What a record tells of its call: more than what stands in it, for some fields follow from others,
// and aipol leaves out of its own records what has its default.
#include "replay/record.h"

namespace aipol::replay {

namespace {

using enum Field;

constexpr FieldSet of_principal = FieldSet::range(principal_kind, principal_actor);
constexpr FieldSet of_session = FieldSet::range(session_id, session_turns);
constexpr FieldSet of_texts{ai_messages,  ai_prompt,       ai_system,   ai_last_user,
                            ai_user_text, ai_tool_results, ai_documents};
constexpr FieldSet of_ai = FieldSet::range(ai_operation, ai_tool_args);
constexpr FieldSet of_answer = FieldSet::range(response_status, response_latency);
constexpr FieldSet of_answered_texts{response_text, response_chunks, response_tool_calls};
constexpr FieldSet of_usage = FieldSet::range(usage_input_tokens, usage_cached);
// Of the request line and the connection.
constexpr FieldSet of_head{request_path,    request_method, request_ip,   request_id, request_time,
                           request_country, request_region, request_size, request_tls};

bool any(const Record& record, const FieldSet& fields) { return record.given.has_any(fields); }

// Whoever calls without a credential has no roles, no name, nothing.
bool is_anonymous(const Record& record) {
  return record.given.has(principal_kind) && record.call.call.principal.kind == "anonymous";
}

void know_texts(Record& record) {
  FieldSet& known = record.known.fields;
  if (known.has(ai_messages)) known |= of_texts.without({ai_documents});
  if (known.has(ai_messages)) known |= FieldSet{ai_turns, ai_input_tokens};
  if (known.has(ai_prompt)) known.add(ai_input_tokens);
}

// What is written of any record.
void know_derived(Record& record) {
  Known& known = record.known;
  if (is_anonymous(record)) {
    known.fields |= of_principal;
    known.attributes = true;
  }
  if (known.fields.has(request_headers))
    known.fields |= FieldSet{request_user_agent, session_id, ai_tags};
  // The body tells what was asked for, where nothing else does.
  bool body_alone = known.fields.has(request_body_text) && !record.call.has_ai;
  if (body_alone) known.fields |= of_ai;
  if (body_alone) known.fields.add(model_name);
  know_texts(record);
  if (known.fields.has(request_headers) && known.fields.has(request_body_text))
    known.metadata = true;
  if (known.fields.has(response_chunks)) known.fields.add(response_text);
  if (known.fields.has(response_text)) known.fields.add(response_size);
  // At the prices of the model that answers.
  if (known.fields.has_all({usage_input_tokens, usage_output_tokens})) known.fields.add(usage_cost);
}

// The path of others' records is as on the wire, with the query.
void know_plain(Record& record) {
  if (record.given.has(request_path)) record.known.fields.add(request_query);
}

// The body had been read, so that the record tells all of it, or there was none.
bool body_was_read(const Record& record) {
  return any(record, of_ai) || any(record, of_answer) || record.recorded.past_head;
}

void know_own(Record& record) {
  FieldSet& known = record.known.fields;
  if (record.given.has(request_path)) known |= of_head;
  if (record.given.has(request_path)) known |= of_session;
  bool audited = record.kind == Kind::request;
  // Traffic leaves an anonymous principal out.
  if (!audited || any(record, of_principal)) known |= of_principal;
  if (body_was_read(record)) {
    FieldSet told = of_ai.without(of_texts).without({ai_tool_args, ai_turns, ai_input_tokens});
    known |= told;
    known.add(model_name);
  }
  if (any(record, of_answer)) known |= of_answer.without(of_answered_texts);
  if (any(record, of_usage)) known |= of_usage;
}

void know_traffic(Record& record) {
  FieldSet& known = record.known.fields;
  record.known.attributes = true;
  known |= FieldSet{request_host, request_headers, request_query};
  if (body_was_read(record)) {
    known |= of_ai;
    known.add(request_body_text);
  }
  if (any(record, of_answer)) known |= of_answered_texts;
}

// Texts are in an audit record only where a policy had them kept, and redacted as it said.
void know_request(Record& record) {
  FieldSet& known = record.known.fields;
  if (record.redacted) {
    known = known.without(of_texts).without(of_answered_texts).without({ai_tool_args});
    return;
  }
  if (!record.given.has(ai_messages) && !record.given.has(response_text)) return;
  known |= FieldSet{ai_messages, ai_tool_args};
  if (any(record, of_answer)) known |= of_answered_texts;
}

}  // namespace

void find_known(Record& record) {
  record.known = {.fields = record.given, .credentials = record.kind == Kind::plain};
  if (record.kind == Kind::plain) know_plain(record);
  if (record.kind != Kind::plain) know_own(record);
  if (record.kind == Kind::traffic) know_traffic(record);
  if (record.kind == Kind::request) know_request(record);
  know_derived(record);
}

}  // namespace aipol::replay
