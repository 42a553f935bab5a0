#include "runtime/gateway/forward.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "runtime/gateway/answer.h"
#include "runtime/gateway/delivery.h"
#include "runtime/gateway/upstream_request.h"
#include "runtime/gateway/worker.h"
#include "runtime/upstream/echo.h"
#include "runtime/upstream/echo_answer.h"
#include "runtime/upstream/transfer.h"

namespace aipol::gateway {

using http::Task;
using upstream::Failure;
using upstream::Remote;

namespace {

// What the built-in provider says to the call as it would get it.
std::unique_ptr<upstream::Answer> echo(Exchange& x, uint32_t target) {
  if (x.dialect->operation != "chat") {
    const bool json = x.dialect->accepts == "json";
    return std::make_unique<upstream::EchoAnswer>(
        std::string(x.body), json ? "application/json" : "application/octet-stream");
  }
  const context::Call sent = x.passage->forwarded(target);
  const plan::Model& model = x.service->deployment().models[target];
  const upstream::EchoCall call{sent.ai, model.name, x.call.request.id,
                                x.call.request.time_ns / 1'000'000'000, true};
  if (!sent.ai.stream)
    return std::make_unique<upstream::EchoAnswer>(upstream::echo_answer(call), "application/json");
  std::string events;
  for (const std::string& event : upstream::echo_events(call)) events += event;
  return std::make_unique<upstream::EchoAnswer>(std::move(events),
                                                "text/event-stream; charset=utf-8");
}

// One target that is tried.
class Trial {
 public:
  Trial(Exchange& exchange, uint32_t target, bool last)
      : x_(exchange),
        target_(target),
        last_(last),
        remote_(x_.service->remotes[x_.service->deployment().models[target].provider]) {}

  // Whether the next target is to be tried.
  Task<bool> run(http::Clock::time_point until) {
    route::TargetStates& states = x_.service->engine->targets();
    const route::Attempt attempt = states.begin(target_);
    const auto begun = http::Clock::now();
    x_.target = target_;
    std::optional<UpstreamRequest> request;
    std::unique_ptr<upstream::Answer> answer;
    if (remote_.kind == Remote::Kind::echo) {
      answer = echo(x_, target_);
    } else {
      request = upstream_request(x_, target_);
      answer = std::make_unique<upstream::Transfer>(x_.worker.pool(), remote_);
    }
    x_.client.set_limit(std::min(until, http::Clock::now() + timeout()));
    x_.client.watch([&answer](upstream::Answer::End why) { answer->cancel(why); });
    x_.outcome.sent = http::Clock::now();
    std::string_view head, body;
    if (request) head = request->head, body = request->body;
    const bool is_head = x_.call.request.method == "head";
    failure_ = co_await answer->call(head, body, is_head);
    x_.outcome.first_byte = http::Clock::now();
    x_.outcome.client_gone = x_.outcome.client_gone || answer->client_gone();
    const bool again = wants_another(failure_ ? std::optional<int64_t>() : answer->head().status);
    if (!failure_ && !again) co_await deliver(*answer);
    x_.client.unwatch();
    x_.outcome.client_gone = x_.outcome.client_gone || answer->client_gone();
    const bool bad = failure_ || answer->head().status >= 500 || answer->head().status == 429;
    states.finish(attempt, outcome(bad), (x_.outcome.first_byte - x_.outcome.sent).count());
    // Who leaves in the middle pays for what was made until then.
    x_.outcome.failed =
        x_.outcome.client_gone ? !x_.used : failure_ || answer->head().status >= 500;
    const bool answered = !failure_ || begun_;
    x_.outcome.tries.push_back(
        {target_,
         answered ? answer->head().status : uint16_t{0},
         std::chrono::duration_cast<std::chrono::microseconds>(http::Clock::now() - begun).count(),
         {}});
    co_return again || (failure_ && !begun_ && wants_another(std::nullopt));
  }

  const std::optional<Failure>& failure() const { return failure_; }
  bool begun() const { return begun_; }

 private:
  Task<> deliver(upstream::Answer& answer) {
    Delivery delivery(x_, answer);
    failure_ = co_await delivery.run();
    begun_ = delivery.begun();
  }

  bool wants_another(std::optional<int64_t> status) const {
    return !last_ && !x_.outcome.client_gone && x_.passage->tries_again(status);
  }

  route::Outcome outcome(bool bad) const {
    if (x_.outcome.client_gone) return route::Outcome::canceled;
    return bad ? route::Outcome::failed : route::Outcome::answered;
  }

  std::chrono::nanoseconds timeout() const {
    std::chrono::nanoseconds most = x_.service->settings().upstream_timeout;
    if (remote_.timeout.count() > 0) most = std::min(most, remote_.timeout);
    if (auto wanted = x_.passage->attempt_timeout())
      most = std::min(most, std::chrono::nanoseconds(*wanted));
    return most;
  }

  Exchange& x_;
  uint32_t target_;
  bool last_;
  const Remote& remote_;
  std::optional<Failure> failure_;
  bool begun_ = false;
};

// What a detached copy needs beyond its exchange, which may be gone before it.
Task<> send_copy(Worker& worker, std::shared_ptr<const Service> service, uint32_t target,
                 UpstreamRequest request) {
  const Remote& remote = service->remotes[service->deployment().models[target].provider];
  upstream::Transfer transfer(worker.pool(), remote);
  http::asio::basic_waitable_timer<http::Clock, http::asio::wait_traits<http::Clock>,
                                   http::Executor>
      limit(co_await http::asio::this_coro::executor);
  limit.expires_after(service->settings().upstream_timeout);
  limit.async_wait([&transfer](http::ErrorCode cancelled) {
    if (!cancelled) transfer.cancel(upstream::Answer::End::timed_out);
  });
  if (co_await transfer.call(request.head, request.body, false)) co_return;
  http::Pieces pieces;
  while (transfer.take(pieces) == http::BodyDecoder::State::more) {
    pieces.clear();
    if (co_await transfer.more()) co_return;
  }
}

}  // namespace

Task<> forward(Exchange& x) {
  const std::vector<uint32_t>& targets = x.passage->attempts();
  const auto until = http::Clock::now() + x.service->settings().upstream_timeout;
  if (const auto copied = x.passage->mirror()) mirror(x, *copied);
  for (size_t i = 0; i < targets.size(); ++i) {
    const bool last = i + 1 == targets.size() || http::Clock::now() >= until;
    Trial trial(x, targets[i], last);
    const bool again = co_await trial.run(until);
    if (again) continue;
    if (!trial.failure() && !x.outcome.client_gone) co_return;
    if (trial.failure()) x.outcome.trouble = trial.failure()->message;
    x.keep_alive = false;
    if (trial.failure() && !trial.begun() && !x.outcome.client_gone) {
      x.keep_alive = x.head.keep_alive;
      co_await send_failure(x, *trial.failure());
    }
    co_return;
  }
}

void mirror(Exchange& x, uint32_t target) {
  const Remote& remote = x.service->remotes[x.service->deployment().models[target].provider];
  if (remote.kind == Remote::Kind::echo) return;
  UpstreamRequest request = upstream_request(x, target);
  if (request.changed.empty()) request.changed = request.body;
  request.body = request.changed;
  http::asio::co_spawn(x.worker.context(),
                       send_copy(x.worker, x.service, target, std::move(request)),
                       http::asio::detached);
}

}  // namespace aipol::gateway
