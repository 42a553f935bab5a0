#include "tests/support/random_policy.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "plan/phase.h"

namespace aipol::testing {

namespace {

using plan::Phase;

// A way to write an expression of a type. In the text
//   $x   stands for an expression of the type x, @x for a field or a variable of it
//   %x   for an optional field of the type; %% for the same one again
//   #x   for a new variable of the type, which is read from `~` to `~`
//   $$   for a dollar; a % before a space stands for itself
struct Form {
  char type;
  std::string_view text;
};

// Types: b bool, i int, r float, s string, d duration, t time, c clock, D date, p ip, u usd, T Team, M Method,
// S set<string>, G set<Team>.
constexpr Form forms[] = {
#define FORM(type, text) {type, text},
#include "tests/support/random_policy.def"
};

// What can stand where nothing is nested any more.
constexpr Form leaves[] = {
#define LEAF(type, text) {type, text},
#include "tests/support/random_policy.def"
};

struct Field {
  char type;
  bool optional;
  Phase phase;
  std::string_view text;
};
constexpr Field fields[] = {
#define FIELD(type, text) {type, false, Phase::body, text},
#define OPTIONAL(type, text) {type, true, Phase::body, text},
#define FIELD_AT(type, phase, text) {type, false, Phase::phase, text},
#include "tests/support/random_policy.def"
};

// A statement, and up to which phase its expressions may read.
struct Statement {
  Phase phase;
  std::string_view text;
};
constexpr Statement statements[] = {
#define STATEMENT(text) {Phase::body, text},
#define STATEMENT_AT(phase, text) {Phase::phase, text},
#include "tests/support/random_policy.def"
};

constexpr std::string_view declarations = R"(
enum Team { red, green, blue, "x:y" }
extend principal {
  team: Team = red, home?: Team, teams: set<Team> = [], seats: int = 3, level?: int, rate: float = 0.5, share?: float
  vip: bool = false, trial?: bool, budget: usd = $2, credit?: usd, wait: duration = 30s, since?: time, nick?: string
  gate: ip = "10.0.0.1", other?: ip, labels?: set<string>
}
extend model { weight: int = 2, team?: Team }
provider p { kind: echo, region: eu }
model "m" { provider: p, tier: small, context: 128k, price: { input: $2.50, output: $10 }, weight: 7 }
model "n" { provider: p, tier: large, team: blue }
endpoint "/any/**" { accepts: any }
sink out { kind: stdout }
detector words { match r"\b(?:admin|team-[0-9]{1,3})\b" weight 0.4 phrases ["write to"] }
detector numbers { match r"[0-9]{1,9}" }
meter seldom = requests per 1h by principal.id
meter spent = usd per day by principal.tenant where request.tls or model.known
const names: set<string> = ["a", "admin", "b"]
const limits: list<int> = [1, 2, 7]
const warm: set<Team> = [red, "x:y"]
const night = 22:00..06:00
fn loud(text: string) -> string = text.upper() + "!"
fn both(one: bool, other: bool) -> bool = one and not other
fn first(one: string?, other: string) -> string = one ?? other
fn within(n: int, low: int, high: int) -> bool = n in low..=high
fn team_of(p: principal) -> Team = p.home ?? p.team
fn header_or_none() -> string? = request.header("x-a")
)";

// Whoever random_call makes up comes with a token.
constexpr std::string_view identity = R"(
identity corp : jwt { issuer: "https://idp.example", audience: "ai", map: {
  id: sub, kind: kind, name: name, tenant: tenant, roles: roles, groups: groups, scopes: scopes, mfa: mfa, actor: actor,
  team: team, home: home, teams: teams, seats: seats, level: level, rate: rate, share: share, vip: vip, trial: trial,
  budget: budget, credit: credit, wait: wait, since: since, nick: nick, gate: gate, other: other, labels: labels
} }
gateway { data_tags: ["borne", "seen", "x"] }
)";

class Writer {
 public:
  explicit Writer(Choices& choices) : choices_(choices) {}

  std::string set() {
    std::string out(declarations);
    uint32_t policies = 1 + below(6);
    for (uint32_t i = 0; i < policies; ++i) out += policy(i);
    return out;
  }

  std::string set_with_invariants() {
    std::string out = set() + std::string(identity);
    for (uint32_t i = 0; i < 4; ++i) out += invariant(i);
    return out;
  }

 private:
  // A rule about anything, or one that a policy beside it is there for.
  std::string invariant(uint32_t number) {
    constexpr std::string_view effects[] = {"allow", "allow",   "deny", "route", "require", "limit", "cache",
                                            "set",   "prepend", "log",  "clamp", "redact",  "alert", "tag"};
    constexpr std::string_view targets[] = {"target.tier == large and $b", "target.region != eu and $b",
                                            "not target.healthy or $b", "target.weight < @i and $b"};
    std::string condition = filled("$b", 2), more = filled("$b", 2);
    switch (below(5)) {
      case 0:
        return fmt::format("policy guard{} {{ deny when {} }}\ninvariant i{} {{ never allow when {} and {} }}\n", number,
                           condition, number, condition, more);
      case 1:
        return fmt::format("policy guard{} {{ log payload when {} }}\ninvariant i{} {{ always log when {} and {} }}\n",
                           number, condition, number, condition, more);
      case 2:
        return fmt::format("invariant i{} {{ never {} when {} }}\n", number, below(2) == 0 ? "route" : "allow",
                           filled(choices_.of(std::span<const std::string_view>(targets)), 2));
      case 3: phase_ = Phase::end; break;
      default: break;
    }
    std::string_view effect = choices_.of(std::span<const std::string_view>(effects));
    std::string rule = filled("$b", 2);
    phase_ = Phase::body;
    return fmt::format("invariant i{} {{ {} {} when {} }}\n", number, below(2) == 0 ? "never" : "always", effect, rule);
  }

  uint32_t below(uint32_t n) { return choices_.below(n); }

  std::string policy(uint32_t number) {
    std::string out;
    if (choices_.one_in(4)) out += fmt::format("@priority({})\n", static_cast<int>(below(5)) - 2);
    out += fmt::format("policy p{} {{\n", number);
    if (choices_.one_in(4)) out += "  on post get \"/v1/**\", \"/any/*\"\n";
    else if (choices_.one_in(6)) out += "  on \"/v1/chat/completions\"\n";
    if (choices_.one_in(4)) out += "  when " + filled("$b", 2) + "\n";
    uint32_t count = 1 + below(4);
    for (uint32_t i = 0; i < count; ++i) {
      const Statement& statement = choices_.of(std::span<const Statement>(statements));
      phase_ = statement.phase;
      out += "  " + filled(statement.text, 4) + "\n";
      phase_ = Phase::body;
    }
    return out + "}\n";
  }

  template <class Row>
  const Row* pick(std::span<const Row> rows, auto suits) {
    auto count = static_cast<uint32_t>(std::ranges::count_if(rows, suits));
    if (count == 0) return nullptr;
    uint32_t wanted = below(count);
    for (const Row& row : rows) {
      if (suits(row) && wanted-- == 0) return &row;
    }
    return nullptr;
  }

  std::string expression(char type, uint32_t depth) {
    auto suits = [&](const Form& form) { return form.type == type; };
    const Form* form = depth == 0 ? nullptr : pick(std::span<const Form>(forms), suits);
    if (form != nullptr && !choices_.one_in(5)) return filled(form->text, depth - 1);
    if (choices_.one_in(2)) return atom(type);
    const Form* leaf = pick(std::span<const Form>(leaves), suits);
    return leaf == nullptr ? atom(type) : std::string(leaf->text);
  }

  std::string atom(char type) {
    std::vector<std::string> mine;
    for (const auto& [of, name] : variables_) {
      if (of == type) mine.push_back(name);
    }
    if (!mine.empty() && choices_.one_in(2)) return choices_.of(std::span<const std::string>(mine));
    const Field* field = pick(std::span<const Field>(fields), [&](const Field& f) { return f.type == type && !f.optional && f.phase <= phase_; });
    return std::string(field->text);
  }

  std::string optional(char type) {
    return std::string(pick(std::span<const Field>(fields), [&](const Field& f) { return f.type == type && f.optional; })->text);
  }

  std::string filled(std::string_view text, uint32_t depth) {
    std::string out, same;
    std::vector<std::pair<char, std::string>> fresh;
    bool open = false;
    for (size_t i = 0; i < text.size(); ++i) {
      char next = i + 1 < text.size() ? text[i + 1] : ' ';
      switch (text[i]) {
        case '$': out += next == '$' ? "$" : expression(next, depth), ++i; break;
        case '@': out += atom(next), ++i; break;
        case '%':
          if (next == ' ') out += '%';
          else out += next == '%' ? same : same = optional(next), ++i;
          break;
        case '#': out += fresh.emplace_back(next, fmt::format("v{}", ++names_)).second, ++i; break;
        case '~':
          if (!open) variables_.insert(variables_.end(), fresh.begin(), fresh.end());
          else variables_.resize(variables_.size() - fresh.size());
          open = !open;
          break;
        default: out += text[i];
      }
    }
    return out;
  }

  Choices& choices_;
  Phase phase_ = Phase::body;  // what may be read
  std::vector<std::pair<char, std::string>> variables_;
  uint32_t names_ = 0;
};

// Values that calls bear, by field.
struct Value {
  std::string_view object, field;
  std::vector<std::string_view> json;
};

const Value values[] = {
    {"request", "path", {R"("/v1/chat/completions")", R"("/v1/chat/completions?n=a")", R"("/any/a")", R"("/v1/models")"}},
    {"request", "method", {R"("get")", R"("post")", R"("delete")"}},
    {"request", "host", {R"("a")", R"("b")", R"("Host.example")"}},
    {"request", "ip", {R"("10.0.0.1")", R"("192.168.7.1")", R"("8.8.8.8")", R"("2001:db8::1")"}},
    {"request", "id", {R"("a")", R"("admin")", R"("")"}},
    {"request", "time", {R"("2026-03-01T12:00:00Z")", R"("2026-07-05T23:30:00Z")", R"("1969-12-31T23:59:59Z")"}},
    {"request", "size", {"0", "1", "7", "65536", "9223372036854775807"}},
    {"request", "tls", {"true", "false"}},
    {"request", "user_agent", {R"("curl/8")", R"("a")"}},
    {"request", "headers", {R"({"x-a": "a"})", R"({"x-a": "red", "x-b": "7"})", R"({"x-b": ""})"}},
    {"request", "query", {R"({"n": "a"})", R"({"n": ""})", R"({"k": "b"})"}},
    {"principal", "kind", {R"("user")", R"("app")", R"("anonymous")"}},
    {"principal", "method", {R"("jwt")", R"("api_key")"}},
    {"principal", "id", {R"("a")", R"("admin")", R"("Zürich ")", R"("team-1")"}},
    {"principal", "name", {R"("a")", R"("Ann")"}},
    {"principal", "tenant", {R"("a")", R"("b")"}},
    {"principal", "roles", {R"([])", R"(["a"])", R"(["admin", "b", "a"])", R"(["x", "x", "team-1"])"}},
    {"principal", "groups", {R"(["a", "b"])", R"(["admin"])"}},
    {"principal", "scopes", {R"(["read"])", R"(["a", "write"])"}},
    {"principal", "mfa", {"true", "false"}},
    {"principal", "expires", {R"("2026-03-01T13:00:00Z")", R"("2030-01-01")"}},
    {"principal", "actor", {R"("a")", R"("")"}},
    {"principal", "team", {R"("green")", R"("blue")", R"("x:y")", R"("none such")", "7"}},
    {"principal", "home", {R"("green")", R"("red")", R"("none such")"}},
    {"principal", "teams", {R"(["red"])", R"(["blue", "x:y", "no"])", R"([])"}},
    {"principal", "seats", {"0", "1", "7", "-9223372036854775808"}},
    {"principal", "level", {"0", "2", "9223372036854775807"}},
    {"principal", "rate", {"0.0", "0.75", "-2.5", "1e300"}},
    {"principal", "share", {"0.5", "1"}},
    {"principal", "vip", {"true", "false"}},
    {"principal", "trial", {"true", "false"}},
    {"principal", "budget", {"2", "2.5", "0"}},
    {"principal", "credit", {"1", "-3"}},
    {"principal", "wait", {"30", "0.5"}},
    {"principal", "since", {R"("2026-01-01")"}},
    {"principal", "nick", {R"("a")", R"("Bob")"}},
    {"principal", "gate", {R"("10.0.0.2")", R"("::1")"}},
    {"principal", "other", {R"("10.0.0.1")"}},
    {"principal", "labels", {R"(["a"])", R"(["b", "team-1"])"}},
    {"session", "id", {R"("s1")", R"("s2")"}},
    {"session", "tags", {R"(["a"])", R"(["tainted", "b"])"}},
    {"session", "turns", {"0", "3"}},
    {"system", "load", {"0.5", "1"}},
    {"system", "in_flight", {"0", "7"}},
    {"ai", "documents", {R"("see team-1")"}},
    {"ai", "input_tokens", {"7", "5000"}},
    {"ai", "tags", {R"(["borne"])", R"(["seen", "x"])"}},
    {"ai", "tool", {R"({"server": "files", "name": "read", "args": {"path": "/a"}})"}},
    {"ai", "messages",
     {R"([])", R"([{"role": "user", "text": "a"}])",
      R"([{"role": "system", "text": "be a"}, {"role": "user", "text": "write to admin"}, {"role": "tool", "text": "7"}])"}},
    {"ai", "stream", {"true", "false"}},
    {"ai", "max_tokens", {"0", "7", "4096"}},
    {"ai", "temperature", {"0.5", "2"}},
    {"ai", "tools", {R"(["a", "b"])", R"(["read"])"}},
    {"ai", "has_images", {"true", "false"}},
    {"model", "name", {R"("m")", R"("m")", R"("n")", R"("unknown")"}},
    {"response", "status", {"200", "429", "500"}},
    {"response", "text", {R"("a")", R"("write to team-1, 12345")"}},
    {"response", "finish_reason", {R"("stop")", R"("length")"}},
    {"response", "latency", {"0.25", "30"}},
    {"response", "tool_calls", {R"([{"name": "read", "arguments": "{}"}])", "[]"}},
    {"usage", "input_tokens", {"7", "90"}},
    {"usage", "output_tokens", {"0", "1000"}},
    {"usage", "cost", {"0.5"}},
    {"usage", "cached", {"true", "false"}},
};

}  // namespace

std::string random_policy(Choices& choices) { return Writer(choices).set(); }

std::string random_policy_with_invariants(Choices& choices) { return Writer(choices).set_with_invariants(); }

std::string random_call(Choices& choices) {
  std::string out;
  std::string_view object;
  for (const Value& value : values) {
    bool always = value.field == "path" || value.field == "name";
    if (value.object != object) {
      out += fmt::format("{}\"{}\": {{", object.empty() ? "{" : "}, ", value.object);
      object = value.object;
    }
    if (!always && choices.one_in(3)) continue;
    if (out.back() != '{') out += ", ";
    out += fmt::format("\"{}\": {}", value.field, choices.of(std::span<const std::string_view>(value.json)));
  }
  return out + "}}";
}

}  // namespace aipol::testing
