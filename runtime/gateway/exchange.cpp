#include "runtime/gateway/exchange.h"

#include "base/valid_utf8.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {
namespace {

// Like assigning {}, but the request's lists and texts keep their memory.
void clear(context::Request& request) {
  request.path.clear();
  request.host.clear();
  request.method.clear();
  request.size = 0;
  request.query.clear();
  request.body_text.clear();
  request.body_values.clear();
  request.metadata.clear();
}

}  // namespace

bool Exchange::refuse(plan::Phase phase, uint16_t status, std::string message) {
  decision = decision::refused(phase, status, std::move(message));
  return false;
}

void assign_text(std::string& out, std::string_view bytes) {
  out.clear();
  append_valid_utf8(out, bytes);
}

void begin(Exchange& exchange) {
  exchange.passage.reset();  // before the service that it belongs to
  exchange.service = exchange.worker.service();
  clear(exchange.call.request);
  exchange.call.principal = {};
  exchange.call.model_name.clear();
  exchange.call.session = {};
  exchange.call.ai = {};
  exchange.call.response = {};
  exchange.call.usage = {};
  exchange.raw_query.clear();
  exchange.body = {};
  exchange.dechunked_body.clear();
  if (exchange.dechunked_body.capacity() > 64 * 1024) exchange.dechunked_body.shrink_to_fit();
  exchange.body_bytes = 0;
  exchange.endpoint = nullptr;
  exchange.dialect = nullptr;
  exchange.prompt = nullptr;
  exchange.wants_usage = exchange.has_stream_options = false;
  exchange.choices = 1;
  exchange.asked = {1, UsualAnswers::at_first};
  exchange.estimate = {};
  exchange.flight.clear();
  exchange.target.reset();
  exchange.used.reset();
  exchange.answer.clear();
  exchange.decision = {};
  exchange.param.clear();
  exchange.decided_at = exchange.settled_at = 0;
  exchange.failed = exchange.unheard = false;
  exchange.head_read = exchange.body_read = exchange.keep_alive = false;
  exchange.outcome = {};
  exchange.client.bytes_out = 0;
}

}  // namespace aipol::gateway
