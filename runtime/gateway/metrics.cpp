#include "runtime/gateway/metrics.h"

namespace aipol::gateway {

using prometheus::BuildCounter;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

namespace {

// The boundaries that the conventions advise.
const Histogram::BucketBoundaries token_counts = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216};
const Histogram::BucketBoundaries call_seconds = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                                  1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
const Histogram::BucketBoundaries own_seconds = {1e-6,   2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4,
                                                 2.5e-4, 5e-4,   1e-3, 5e-3, 0.025,  0.1,  1};

Family<Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Histogram>& histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildHistogram().Name(name).Help(help).Register(registry);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Metrics::Metrics()
    : requests_(counters(registry_, "aipol_requests_total", "Requests by decision and status.")),
      denials_(counters(registry_, "aipol_denials_total",
                        "Refused requests by policy; without one: by no policy.")),
      cost_(counters(registry_, "aipol_cost_usd_total", "What calls cost by the models' prices.")),
      failures_(
          counters(registry_, "aipol_upstream_failures_total", "Attempts at targets that failed.")),
      retries_(counters(registry_, "aipol_upstream_attempts_total", "Attempts at targets.")),
      tokens_(histograms(registry_, "gen_ai_client_token_usage", "Tokens of calls by type.")),
      durations_(histograms(registry_, "gen_ai_server_request_duration_seconds",
                            "From the call of a target to the end of its answer.")),
      first_tokens_(histograms(registry_, "gen_ai_server_time_to_first_token_seconds",
                               "From the call of a target to the head of its answer.")),
      took_(&histograms(registry_, "aipol_request_duration_seconds",
                        "From a request's first byte to its answer's last.")
                 .Add({}, call_seconds)),
      decided_(&histograms(registry_, "aipol_decision_duration_seconds",
                           "Time spent in the decisions about a request.")
                    .Add({}, own_seconds)),
      cached_(&counters(registry_, "aipol_cached_answers_total", "Answers given from the cache.")
                   .Add({})) {
  auto& reloads = counters(registry_, "aipol_policy_reloads_total",
                           "Policy sets that were loaded while serving.");
  reloaded_ = &reloads.Add({{"result", "loaded"}});
  refused_ = &reloads.Add({{"result", "refused"}});
}

Metrics::OfModel Metrics::of_model(const std::string& model, const std::string& provider) {
  const prometheus::Labels labels = {{"gen_ai_request_model", model},
                                     {"gen_ai_provider_name", provider}};
  prometheus::Labels input = labels, output = labels;
  input["gen_ai_token_type"] = "input";
  output["gen_ai_token_type"] = "output";
  return {&tokens_.Add(input, token_counts),
          &tokens_.Add(output, token_counts),
          &durations_.Add(labels, call_seconds),
          &first_tokens_.Add(labels, call_seconds),
          &cost_.Add(labels),
          &failures_.Add(labels),
          &retries_.Add(labels)};
}

Counter& Metrics::requests_of(bool allowed, uint16_t status) {
  auto& slot = by_status_[allowed ? 1 : 0][status < statuses ? status : 0];
  Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &requests_.Add(
        {{"decision", allowed ? "allow" : "deny"}, {"status", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  return *counter;
}

void Metrics::request(bool allowed, uint16_t status, std::chrono::nanoseconds took,
                      std::chrono::nanoseconds decided) {
  requests_of(allowed, status).Increment();
  took_->Observe(seconds(took));
  decided_->Observe(seconds(decided));
}

void Metrics::denial(const std::string& policy) {
  denials_.Add(policy.empty() ? prometheus::Labels{} : prometheus::Labels{{"policy", policy}})
      .Increment();
}

}  // namespace aipol::gateway
