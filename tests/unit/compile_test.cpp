// The whole way from text to decisions, by the parts that serve, eval and test share.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "compiler/compile.h"
#include "plan/validate.h"
#include "runtime/decision/program.h"
#include "runtime/offline/explain.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"

namespace aipol {

namespace {

constexpr const char* base = R"(
provider p { kind: echo }
model "m" { provider: p }
endpoint "/any" { accepts: any }
endpoint "/any/deep/*" { accepts: any }
)";

// The program of what all tests share and this text.
std::shared_ptr<const decision::Program> load(std::string_view text) {
  auto path = std::filesystem::temp_directory_path() /
              ("aipol-unit-" + std::to_string(getpid()) + ".aipol");
  std::ofstream(path) << base << text;
  auto compilation = compiler::compile({path.string()}, {.last = compiler::Step::jit});
  std::filesystem::remove(path);
  REQUIRE(compilation.has_value());
  for (const auto& diagnostic : (*compilation)->diagnostics.all()) MESSAGE(diagnostic.message);
  REQUIRE_FALSE((*compilation)->failed());
  auto& c = **compilation;
  REQUIRE_FALSE(plan::validate(c.plan).has_value());
  auto program = decision::Program::load(std::move(c.plan), c.layout,
                                         {c.native.stages, c.native.values, c.native.memory});
  REQUIRE(program.has_value());
  return *program;
}

decision::Decision decide(std::shared_ptr<const decision::Program> program,
                          const std::string& record) {
  auto call = offline::read_call(record, program->plan());
  REQUIRE(call.has_value());
  auto simulation = offline::Simulation::make(program, {}, call->call.request.time_ns);
  return (*simulation)->decide(*call).decision;
}

}  // namespace

TEST_CASE("nothing is forwarded unless a policy allows it") {
  auto program = load({});
  auto decision = decide(program, R"({"request":{"path":"/any"}})");
  CHECK_FALSE(decision.allowed);
  CHECK(decision.status == 403);
  CHECK_FALSE(decision.statement.has_value());
}

TEST_CASE("of several refusals the highest priority, then 401, then the smallest name answers") {
  auto program = load(R"(
policy c { allow }
policy b { deny 403 "b" }
policy a { deny 403 "a" when request.host == "a" }
policy z { deny 401 "z" when request.host == "z" }
@priority(1) policy y { deny 403 "y" when (request.query("y") ?? "") == "1" }
)");
  CHECK(decide(program, R"({"request":{"path":"/any"}})").message == "b");
  CHECK(decide(program, R"({"request":{"path":"/any","host":"a"}})").message == "a");
  auto unauthorised = decide(program, R"({"request":{"path":"/any","host":"z"}})");
  CHECK(unauthorised.status == 401);
  CHECK(unauthorised.fired.size() == 3);
  CHECK(decide(program, R"({"request":{"path":"/any?y=1","host":"z"}})").message == "y");
}

TEST_CASE("a refusal of the head is given before the body is looked at") {
  auto program = load(R"(
policy head { deny 401 when request.host == "x" }
policy body { deny 403 when ai.stream }
policy everyone { allow }
)");
  auto decision = decide(
      program, R"({"request":{"path":"/v1/chat/completions","host":"x","body_text":"no json"}})");
  CHECK(decision.status == 401);
  CHECK(decision.phase == plan::Phase::head);
  CHECK(decide(program, R"({"request":{"path":"/v1/chat/completions","body_text":"no json"}})")
            .status == 400);
}

TEST_CASE("unknown models are 404, decided with the refusals of the body") {
  auto program = load(R"(
policy everyone { allow }
policy named { deny 403 "named" when model.name == "n" }
policy first { deny 401 "first" when model.name == "o" }
)");
  auto unknown = decide(
      program, R"({"request":{"path":"/v1/chat/completions"},"model":"x","ai":{"prompt":"hi"}})");
  CHECK(unknown.status == 404);
  CHECK(decide(program,
               R"({"request":{"path":"/v1/chat/completions"},"model":"n","ai":{"prompt":"hi"}})")
            .status == 404);
  CHECK(decide(program,
               R"({"request":{"path":"/v1/chat/completions"},"model":"o","ai":{"prompt":"hi"}})")
            .status == 401);
  CHECK(decide(program,
               R"({"request":{"path":"/v1/chat/completions"},"model":"m","ai":{"prompt":"hi"}})")
            .allowed);
}

TEST_CASE("the most specific endpoint takes the path") {
  auto program = load("endpoint \"/any/**\" { accepts: json }\n");
  CHECK(program->endpoint("/any")->glob == "/any");
  CHECK(program->endpoint("/any/x")->glob == "/any/**");
  CHECK(program->endpoint("/any/deep/x")->glob == "/any/deep/*");
  CHECK(program->endpoint("/other") == nullptr);
}

TEST_CASE("an explanation tells the first condition that failed") {
  auto program = load(R"(
policy p {
  on "/any"
  allow when request.host == "h" and request.tls
}
)");
  auto call = *offline::read_call(R"({"request":{"path":"/any","host":"h"}})", program->plan());
  auto simulation = offline::Simulation::make(program, {}, 0);
  auto outcome = (*simulation)->decide(call);
  auto traces = offline::explain(**simulation, outcome.decision);
  REQUIRE(traces.size() == 1);
  CHECK_FALSE(traces[0].fired);
  CHECK(traces[0].missed == "`request.tls` is false");
}

TEST_CASE("records that are wrong are refused by name") {
  for (auto [record, what] :
       {std::pair("[]", "not a JSON object"), std::pair("{", "not valid JSON"),
        std::pair(R"({"request":{"pth":"/"}})", "request.pth: no such field"),
        std::pair(R"({"request":{"path":7}})", "request.path: must be a string"),
        std::pair(R"({"usr":{}})", "usr: no such part"),
        std::pair(R"({"principal":{"roles":"admin"}})", "principal.roles: must be an array")}) {
    auto call = offline::read_call(record, plan::Plan());
    REQUIRE_FALSE(call.has_value());
    CHECK(call.error().message.find(what) != std::string::npos);
  }
}

}  // namespace aipol
