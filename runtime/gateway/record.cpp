#include "runtime/gateway/record.h"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "runtime/audit/entry.h"
#include "runtime/audit/log.h"
#include "runtime/audit/payload.h"
#include "runtime/audit/recipients.h"
#include "runtime/gateway/recording.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::Task;

namespace {

namespace asio = http::asio;

int64_t micros(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

uint32_t recording_sink(const Exchange& x) { return standard_output_of(*x.service) + 1; }

// Those of the set and those that its policies name; standard output where it has neither. None
// where policies leave the request out.
std::vector<uint32_t> sinks_for(const Exchange& x) {
  const enforce::Record* record = x.passage ? &x.passage->record() : nullptr;
  std::vector<uint32_t> sinks;
  const bool kept = audit::recipients_of(record, x.service->settings(), x.call.request.id,
                                         x.call.request.time_ns, sinks);
  if (kept && sinks.empty()) sinks.push_back(standard_output_of(*x.service));
  return sinks;
}

audit::Times times_of(const Outcome& outcome) {
  const http::Clock::time_point never;
  audit::Times times;
  times.total = micros(http::Clock::now() - outcome.begun);
  times.decision = micros(outcome.decided);
  if (outcome.sent != never && outcome.first_byte > outcome.sent) {
    times.upstream = micros(outcome.first_byte - outcome.sent);
    times.answer = micros(http::Clock::now() - outcome.sent);
  }
  return times;
}

// What an entry refers to.
struct Story {
  explicit Story(const Exchange& x);
  Story(const Story&) = delete;

  audit::Entry entry;

 private:
  std::optional<audit::Payload> payload_;
  std::vector<audit::MeterUse> meters_;
  std::vector<std::string> shadow_;
};

Story::Story(const Exchange& x) {
  entry.plan = &x.service->plan();
  entry.call = &x.call;
  entry.decision = &x.decision;
  if (x.passage) {
    entry.record = &x.passage->record();
    payload_ = audit::payload_of(*x.passage, x.call);
    entry.payload = payload_ ? &*payload_ : nullptr;
    for (const enforce::Passage::Touched& one : x.passage->touched())
      meters_.push_back({one.meter, one.key, one.amount});
    const std::set<std::string> policies = x.passage->shadow();
    shadow_.assign(policies.begin(), policies.end());
  }
  entry.head_read = x.head_read;
  entry.peer = x.client.address();
  if (x.endpoint != nullptr) entry.endpoint = x.endpoint->glob;
  if (!x.outcome.failed) entry.target = x.target;
  entry.attempts = x.outcome.tries;
  entry.meters = meters_;
  entry.shadow = shadow_;
  entry.status = x.outcome.status;
  entry.times = times_of(x.outcome);
  entry.request_bytes = static_cast<int64_t>(x.body_bytes);
  entry.response_bytes = static_cast<int64_t>(x.client.bytes_out);
  entry.trouble = x.outcome.trouble;
  entry.client_gone = x.outcome.client_gone;
}

std::string line_of(const audit::Entry& entry) {
  std::string line;
  line.reserve(1024);
  audit::append_json(line, entry);
  return line;
}

Task<> wait_for_room(Exchange& x, const std::vector<uint32_t>& sinks) {
  auto executor = x.worker.context().get_executor();
  auto wait = [&](auto handler) {
    x.service->outlet->when_room(sinks, [executor, handler = std::move(handler)]() mutable {
      asio::post(executor, std::move(handler));
    });
  };
  co_await asio::async_initiate<const asio::deferred_t, void()>(wait, asio::deferred);
}

// Until it is taken: by the sinks, or by their account of what they had no room for.
Task<> submit(Exchange& x, std::vector<uint32_t> sinks, std::string line) {
  while (!x.service->outlet->try_submit(sinks, line)) co_await wait_for_room(x, sinks);
}

}  // namespace

std::vector<plan::Sink> sinks_of(const plan::Deployment& deployment,
                                 const std::filesystem::path& recording) {
  std::vector<plan::Sink> sinks = deployment.sinks;
  plan::Sink& output = sinks.emplace_back();
  output.name = "standard output";
  output.kind = "stdout";
  if (recording.empty()) return sinks;
  plan::Sink& file = sinks.emplace_back();
  file.name = "recording";
  file.kind = "file";
  file.path = recording.string();
  file.rotate_bytes = 0;
  return sinks;
}

uint32_t standard_output_of(const Service& service) {
  return static_cast<uint32_t>(service.deployment().sinks.size());
}

std::vector<uint32_t> sinks_of_all(const plan::Deployment& deployment,
                                   const std::filesystem::path& recording) {
  std::vector<uint32_t> sinks = deployment.gateway.audit;
  const auto output = static_cast<uint32_t>(deployment.sinks.size());
  if (sinks.empty()) sinks.push_back(output);
  if (!recording.empty()) sinks.push_back(output + 1);
  return sinks;
}

Task<> await_room(Exchange& x) {
  const std::vector<uint32_t>& sinks = x.service->sinks_of_all;
  if (!x.service->outlet->blocks(sinks)) co_return;
  x.client.clear_limit();
  while (x.service->outlet->blocks(sinks)) co_await wait_for_room(x, sinks);
}

Task<> record(Exchange& x) {
  std::vector<uint32_t> sinks = sinks_for(x);
  const bool recorded = x.service->records && x.passage;
  if (!sinks.empty() || recorded) {
    const Story story(x);
    if (!sinks.empty()) {
      std::string line = line_of(story.entry);
      co_await submit(x, std::move(sinks), std::move(line));
    }
    if (recorded) {
      hear_out(x);
      std::vector<uint32_t> recording = {recording_sink(x)};
      std::string line = traffic_line(x, story.entry);
      co_await submit(x, std::move(recording), std::move(line));
    }
  }
  if (!x.passage) co_return;
  for (const enforce::Alert& alert : x.passage->alerts()) {
    audit::AlertEntry entry{&x.service->plan(),     &alert,
                            x.call.request.time_ns, x.call.request.id,
                            x.call.principal.id,    x.call.model_name};
    std::string line;
    audit::append_json(line, entry);
    std::vector<uint32_t> to = alert.sinks;
    co_await submit(x, std::move(to), std::move(line));
  }
}

}  // namespace aipol::gateway
