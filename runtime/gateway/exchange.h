// One request and its answer while the gateway works on it. A connection has one, reused from
// request to request so that texts and lists keep their memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/audit/entry.h"
#include "runtime/context/call.h"
#include "runtime/dialects/dialect.h"
#include "runtime/enforce/expected.h"
#include "runtime/enforce/passage.h"
#include "runtime/gateway/client.h"
#include "runtime/gateway/recording.h"
#include "runtime/gateway/service.h"
#include "runtime/http/deadline.h"
#include "runtime/http/message.h"

namespace aipol::gateway {

class Worker;

// What the log says of a request beyond the call and the decision.
struct Outcome {
  std::vector<audit::Attempt> tries;  // at providers
  bool failed = false;                // no answer came, or the provider failed
  uint16_t status = 0;                // answered; 0: nothing was
  std::string trouble;                // why an answer failed or broke off; empty: it did not
  bool client_gone = false;           // before the answer's end
  http::Clock::time_point begun, deciding, sent,
      first_byte;                      // sent, first_byte: of the provider; epoch: never
  std::chrono::nanoseconds decided{};  // time spent in decisions
};

struct Exchange {
  Exchange(Worker& worker, Client& client) : worker(worker), client(client) {}

  Worker& worker;
  Client& client;
  std::shared_ptr<const Service> service;  // the policy set that admitted this request

  http::RequestHead head;  // views of the client's buffer: dead once the body is read
  context::Call call;
  std::string raw_query;       // of the target
  std::string_view body;       // alive until the next request
  std::string dechunked_body;  // where the body came in chunks
  uint64_t body_bytes = 0;     // received

  const plan::Endpoint* endpoint = nullptr;
  const dialects::Dialect* dialect = nullptr;
  const plan::Prompt* prompt = nullptr;  // of the house, where the endpoint serves one
  bool wants_usage = false;              // the client asks for usage at a stream's end
  bool has_stream_options = false;
  int64_t choices = 1;  // that the client asks for

  enforce::Asked asked;                     // what the answer is expected by
  context::Usage estimate;                  // before an answer
  std::optional<enforce::Passage> passage;  // once the request is known
  std::string flight;                       // key of the cache that others wait for, or empty
  std::optional<uint32_t> target;           // the model that answered, or was tried last
  std::optional<context::Usage> used;       // as the answer reports or, else, as it was counted
  RecordedAnswer answer;                    // begun where requests are recorded
  decision::Decision decision;
  std::string param;       // of a refused body: the member at fault
  int64_t decided_at = 0;  // nanoseconds since the epoch: when it was admitted, or refused
  int64_t settled_at = 0;  // when it was charged for what it used
  bool failed = false;     // it was charged for nothing but the request itself
  bool unheard = false;  // refused because it did not come whole, or nobody waits: not by policies

  bool head_read = false;   // does the call hold a request
  bool body_read = false;   // nothing of this request is left on the wire
  bool keep_alive = false;  // after the answer
  Outcome outcome;

  // A refusal that no policy made; false, so that a step can return it.
  bool refuse(plan::Phase phase, uint16_t status, std::string message);
};

// Texts of a call are UTF-8: what is not becomes U+FFFD.
void assign_text(std::string& out, std::string_view bytes);

// Forgets the last request.
void begin(Exchange& exchange);

}  // namespace aipol::gateway
