#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>

#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/report.h"
#include "runtime/offline/simulation.h"

namespace aipol::cli {

namespace {

struct EvalOptions {
  PolicySetOptions set;
  std::string request;
  bool explain = false;
};

// Lines of JSONL, or one JSON document over several lines.
class Records {
 public:
  explicit Records(std::istream& in) : in_(in) {}

  // The next line that is not blank.
  bool next(std::string& record) {
    while (std::getline(in_, record)) {
      ++line_;
      if (record.find_first_not_of(" \t\r") != std::string::npos) return true;
    }
    return false;
  }

  // Appends everything that follows.
  void read_rest(std::string& record) {
    std::string more;
    while (record.size() <= offline::max_record_bytes && std::getline(in_, more))
      record += "\n" + more;
  }

  size_t line() const { return line_; }

 private:
  std::istream& in_;
  size_t line_ = 0;
};

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int decide_all(const EvalOptions& options, offline::Simulation& simulation, std::istream& in) {
  const plan::Plan& plan = simulation.engine().plan();
  Records records(in);
  std::string record;
  int status = well;
  size_t decided = 0;
  while (records.next(record)) {
    Result<offline::DescribedCall> call = offline::read_call(record, plan);
    if (!call && offline::is_other_record(record)) continue;
    if (!call && decided == 0) {  // perhaps the first line of a longer document
      records.read_rest(record);
      call = offline::read_call(record, plan);
    }
    if (!call)
      return fail(fmt::format("{}:{}: {}", options.request, records.line(), call.error().message));
    if (call->call.request.time_ns == 0) call->call.request.time_ns = now_ns();
    simulation.set_time(call->call.request.time_ns);
    offline::Outcome outcome = simulation.decide(*call);
    const offline::Explained why = offline::explained(simulation, outcome, options.explain);
    fmt::print("{}", options.set.json() ? offline::decision_json(plan, outcome, why)
                                        : offline::decision_text(plan, outcome, why));
    if (!outcome.decision.allowed) status = findings;
    ++decided;
  }
  return decided == 0 ? fail(fmt::format("{}: no request in it", options.request)) : status;
}

int run_eval(const EvalOptions& options) {
  std::ifstream file;
  if (options.request != "-") {
    file.open(options.request, std::ios::binary);
    if (!file) return fail(fmt::format("{}: cannot be read", options.request));
  }
  auto compilation = compile_or_report(options.set, {.decisions_only = true});
  if (!compilation) return compilation.error();
  auto program = program_of(**compilation);
  if (!program) return fail(program.error().message);
  auto assets = enforce::load_assets((*program)->plan(), folder_of(options.set.paths));
  if (!assets) return fail(assets.error().message);
  auto simulation = offline::Simulation::make(*program, std::move(*assets), now_ns());
  if (!simulation) return fail(simulation.error().message);
  return decide_all(options, **simulation, options.request == "-" ? std::cin : file);
}

}  // namespace

Run add_eval(CLI::App& command) {
  auto options = std::make_shared<EvalOptions>();
  options->set.add_to(command);
  options->set.add_format_to(command);
  command
      .add_option("--request", options->request,
                  "a JSON request, or JSONL for many; `-` is standard input")
      ->required();
  command.add_flag("--explain", options->explain, "say why, statement by statement");
  command.footer(
      "Examples:\n  aipol eval policies/ --request request.json --explain\n"
      "  echo '{\"request\":{\"path\":\"/v1/models\",\"method\":\"get\"}}' | aipol eval policies/ "
      "--request -");
  return [options] { return run_eval(*options); };
}

}  // namespace aipol::cli
