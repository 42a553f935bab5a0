// Which answers are kept, and for whom.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/enforce/arguments.h"
#include "runtime/enforce/passage.h"
#include "runtime/enforce/written_body.h"
#include "runtime/meters/key.h"

namespace aipol::enforce {

namespace {

void add(std::string& key, std::string_view part) {
  fmt::format_to(std::back_inserter(key), "{}:{}", part.size(), part);
}

// The same for bodies that mean the same.
std::string normalised(const std::string& body) {
  using Json = nlohmann::json;
  Json read = Json::parse(body, nullptr, false);
  return read.is_discarded() ? body : read.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

// The shortest time for which the answer may be kept; nothing where it may not.
std::optional<int64_t> Passage::kept_for() const {
  const plan::Plan& plan = engine_.plan();
  std::optional<int64_t> shortest;
  for (uint32_t number : evaluation_.fired()) {
    const plan::Statement& statement = plan.statements[number];
    if (statement.effect != plan::Effect::cache || statement.shadow) continue;
    Arguments arguments(evaluation_, number);
    if (arguments.has("off")) return std::nullopt;
    int64_t duration = arguments.integer("duration");
    shortest = std::min(shortest.value_or(duration), duration);
  }
  return shortest;
}

// What `by` adds, of every statement: answers are shared by those whom each of them lets share.
void Passage::add_cache_keys(std::string& key) const {
  const plan::Plan& plan = engine_.plan();
  plan::CellStore store;
  for (uint32_t number : evaluation_.fired()) {
    const plan::Statement& statement = plan.statements[number];
    if (statement.effect != plan::Effect::cache || statement.shadow) continue;
    const plan::Argument* keys = decision::argument(statement, "keys");
    if (keys == nullptr) continue;
    std::string values;
    for (plan::NodeId node : keys->values)
      meters::append_key(values, store.cell(*evaluation_.value(node)), plan.code[node].rep);
    add(key, std::to_string(number));
    add(key, values);
  }
}

// What the upstream is asked: the body as it came, and what policies make of it.
std::string Passage::make_cache_key(std::string_view kept_body) {
  context::BodyEdits edits;
  context::Call sent = rewritten(edits);
  std::string key;
  add(key, call_.principal.tenant);
  add(key, call_.model_name);
  add(key, engine_.plan().version);
  add(key, call_.request.method);
  add(key, call_.request.path);
  add(key, kept_body);
  for (const auto& [name, value] : call_.request.query) add(key, name), add(key, value);
  add(key, normalised(written_body(call_)));
  for (const auto& [path, value] : sent.request.body_values) add(key, path), add(key, value);
  sent.request.body_text.clear();
  add(key, written_body(sent));
  add_cache_keys(key);
  return key;
}

bool Passage::recall(std::string_view kept_body) {
  std::optional<int64_t> age = kept_for();
  if (!age) return false;
  cache_key_ = make_cache_key(kept_body);
  auto kept = engine_.world().answers.find(cache_key_, *age, engine_.world().clock.now());
  if (kept == nullptr) return false;
  call_.response = *kept;
  call_.usage = {};
  call_.usage.cached = true;
  return recalled_ = true;
}

void Passage::keep_answer(const context::Response& answer) {
  bool good = answer.status >= 200 && answer.status < 300;
  if (cache_key_.empty() || recalled_ || !good) return;
  engine_.world().answers.keep(std::move(cache_key_), answer, engine_.world().clock.now());
}

}  // namespace aipol::enforce
