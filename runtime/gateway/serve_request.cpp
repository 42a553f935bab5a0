#include "runtime/gateway/serve_request.h"

#include "runtime/gateway/admit.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/forward.h"
#include "runtime/gateway/log_line.h"
#include "runtime/gateway/read_request.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::Task;

namespace {

// While it lives the request counts as in flight.
class InFlight {
 public:
  explicit InFlight(Lasting& lasting) : lasting_(lasting) { ++lasting_.in_flight; }
  ~InFlight() { --lasting_.in_flight; }
  InFlight(const InFlight&) = delete;

 private:
  Lasting& lasting_;
};

Task<> answer(Exchange& x, Admitted admitted) {
  if (admitted == Admitted::models) co_return co_await send_models(x);
  if (admitted == Admitted::cached) co_return co_await answer_from_cache(x);
  if (admitted == Admitted::forward) co_return co_await forward(x);
  if (!x.outcome.client_gone) co_await send_refusal(x);
}

// What is owed whatever became of the request.
void finish(Exchange& x) {
  if (x.passage) {
    if (!x.call.usage.cached) x.call.usage = x.used.value_or(context::Usage{});
    const bool unanswered = x.target && !x.used && x.outcome.status == 0;
    x.passage->finish(x.decision, x.target, x.outcome.failed || unanswered);
    if (x.target && x.used && !x.outcome.client_gone)
      x.service->usual.note(*x.target, x.used->output_tokens);
  }
  if (!x.flight.empty()) x.worker.lasting().flights.land(x.flight);
  x.flight.clear();
  log_request(x);
}

}  // namespace

Task<bool> serve_request(Exchange& x) {
  const Arrival arrival = co_await read_head(x);
  if (arrival == Arrival::nothing) co_return false;
  InFlight counted(x.worker.lasting());
  Admitted admitted = Admitted::refused;
  if (arrival == Arrival::request) admitted = co_await admit(x);
  co_await answer(x, admitted);
  x.client.clear_limit();
  finish(x);
  co_return x.keep_alive;
}

}  // namespace aipol::gateway
