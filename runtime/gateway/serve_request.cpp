#include "runtime/gateway/serve_request.h"

#include "runtime/gateway/admit.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/forward.h"
#include "runtime/gateway/off_loop.h"
#include "runtime/gateway/read_request.h"
#include "runtime/gateway/record.h"
#include "runtime/gateway/shadowing.h"
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

const std::string& refusing_policy(const Exchange& x) {
  static const std::string none;
  if (!x.decision.statement) return none;
  const plan::Plan& plan = x.service->plan();
  return plan.policies[plan.statements[*x.decision.statement].policy].name;
}

void measure_target(const Exchange& x) {
  const Metrics::OfModel& model = x.service->measured[*x.target];
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  model.retries->Increment(static_cast<double>(x.outcome.tries.size()));
  if (x.outcome.failed) return model.failures->Increment();
  model.duration->Observe(seconds(http::Clock::now() - x.outcome.sent));
  model.first_token->Observe(seconds(x.outcome.first_byte - x.outcome.sent));
  if (!x.used) return;
  model.input->Observe(static_cast<double>(x.used->input_tokens));
  model.output->Observe(static_cast<double>(x.used->output_tokens));
  model.cost->Increment(static_cast<double>(x.call.usage.cost) / 1e9);
}

void measure(Exchange& x) {
  Metrics& metrics = x.worker.lasting().metrics;
  metrics.request(x.decision.allowed, x.outcome.status, http::Clock::now() - x.outcome.begun,
                  x.outcome.decided);
  if (!x.decision.allowed) metrics.denial(refusing_policy(x));
  if (x.call.usage.cached) metrics.cached();
  if (x.target) measure_target(x);
  if (!x.passage) return;
  for (const uint32_t statement : x.passage->evaluation().fired())
    x.service->hits[statement].fetch_add(1, std::memory_order_relaxed);
}

// What is owed whatever became of the request.
Task<> finish(Exchange& x) {
  if (x.passage) {
    if (!x.call.usage.cached) x.call.usage = x.used.value_or(context::Usage{});
    const bool unanswered = x.target && !x.used && x.outcome.status == 0;
    x.failed = x.outcome.failed || unanswered;
    co_await off_loop(x.worker, [&] { x.passage->finish(x.decision, x.target, x.failed); });
    x.settled_at = x.passage->settled_at();
    if (x.settled_at == 0) x.settled_at = x.worker.lasting().clock.now();
    if (x.target && x.used && !x.outcome.client_gone)
      x.service->usual.note(*x.target, x.used->output_tokens);
  }
  measure(x);
  if (!x.flight.empty()) x.worker.lasting().flights.land(x.flight);
  x.flight.clear();
  co_await record(x);
  show_to_shadow(x);
}

}  // namespace

Task<bool> serve_request(Exchange& x) {
  const Arrival arrival = co_await read_head(x);
  if (arrival == Arrival::nothing) co_return false;
  InFlight counted(x.worker.lasting());
  Admitted admitted = Admitted::refused;
  if (arrival == Arrival::request) {
    co_await await_room(x);
    admitted = co_await admit(x);
  }
  co_await answer(x, admitted);
  x.client.clear_limit();
  co_await finish(x);
  co_return x.keep_alive;
}

}  // namespace aipol::gateway
