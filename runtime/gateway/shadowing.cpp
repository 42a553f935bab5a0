#include "runtime/gateway/shadowing.h"

#include "runtime/audit/compared_entry.h"
#include "runtime/context/path.h"
#include "runtime/gateway/record.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

namespace {

std::string_view target_of(const Exchange& x) {
  return x.target ? std::string_view(x.service->deployment().models[*x.target].name)
                  : std::string_view();
}

offline::Served served_of(const Exchange& x) {
  offline::Served out;
  for (const audit::Attempt& one : x.outcome.tries)
    out.attempts.push_back({x.service->deployment().models[one.target].name, one.status,
                            offline::nanoseconds(one.us)});
  out.usual_tokens = x.asked.usual;
  out.choices = x.asked.choices;
  out.failed = x.failed;
  out.client_gone = x.outcome.client_gone;
  out.refused_answer = !x.decision.allowed && x.decision.phase == plan::Phase::output;
  if (x.unheard) out.unheard = x.decision.status;
  if (x.decision.phase == plan::Phase::target) out.unheard_in = plan::Phase::target;
  return out;
}

offline::DescribedCall described(Exchange& x) {
  offline::DescribedCall out;
  out.target = context::escape_path(x.call.request.path);
  if (!x.raw_query.empty()) out.target.append("?").append(x.raw_query);
  out.call = std::move(x.call);
  out.call.request.query.clear();
  if (x.answer.begun()) {
    out.call.response = x.answer.response(out.reply.chunks);
  } else if (!out.call.usage.cached) {
    out.call.response = {};
  }
  out.reply.error = upstream_error(x);
  out.served = served_of(x);
  out.has_ai = out.has_principal = out.has_kind = true;
  out.has_usage = x.used.has_value();
  const Lasting& lasting = x.worker.lasting();
  out.load = lasting.load.load(std::memory_order_relaxed);
  out.in_flight = lasting.in_flight.load(std::memory_order_relaxed) - 1;
  return out;
}

audit::ComparedEntry::Side side_of(const shadow::Done& done) {
  return {done.allowed, done.status,  done.policy, done.statement,
          done.target,  done.effects, done.tags,   done.cached};
}

}  // namespace

void show_to_shadow(Exchange& x) {
  shadow::Shadow* shadow = x.worker.lasting().shadow.get();
  if (shadow == nullptr || !x.passage) return;
  const plan::Plan& plan = x.service->plan();
  shadow::Seen seen;
  seen.done = shadow::done_of(plan, x.decision, x.passage->evaluation().fired(), target_of(x),
                              x.call.usage.cached, x.passage->record());
  seen.version = plan.version;
  seen.server = x.service;
  seen.call = described(x);
  shadow->submit(std::move(seen));
}

namespace {

// To the audit trail of the version that served the request.
void record_difference(const shadow::Difference& difference) {
  const auto& service = *static_cast<const Service*>(difference.seen.server.get());
  const context::Call& call = difference.seen.call.call;
  const audit::ComparedEntry entry{call.request.time_ns,
                                   call.request.id,
                                   difference.what,
                                   call.request.path,
                                   call.principal.id,
                                   call.model_name,
                                   side_of(difference.seen.done),
                                   side_of(difference.after),
                                   difference.seen.version,
                                   difference.version};
  std::string line;
  audit::append_json(line, entry);
  std::vector<uint32_t> sinks = service.settings().audit;
  if (sinks.empty()) sinks.push_back(standard_output_of(service));
  service.outlet->submit(sinks, line);
}

}  // namespace

Result<std::function<void()>> load_shadow(Policies& policies, Lasting& lasting) {
  auto loaded = policies.load();
  if (!loaded) return std::unexpected(loaded.error());
  auto assets = enforce::load_assets(loaded->program->plan(), policies.folder);
  if (!assets) return std::unexpected(assets.error());
  const int64_t now = lasting.clock.now();
  if (lasting.shadow) {
    auto adopted = lasting.shadow->adopt(loaded->program, std::move(*assets), now);
    if (!adopted) return std::unexpected(adopted.error());
  } else {
    auto made = shadow::Shadow::make(loaded->program, std::move(*assets), now, record_difference);
    if (!made) return std::unexpected(made.error());
    lasting.shadow = std::move(*made);
  }
  return std::move(loaded->afterwards);
}

}  // namespace aipol::gateway
