// Globs and patterns.
#include "plan/interpreter_frame.h"

namespace aipol::plan {

namespace {

using native::Glob;

const std::vector<Glob>& globs_of(Frame& frame, uint32_t constant) {
  auto [it, fresh] = frame.globs.try_emplace(constant);
  if (!fresh) return it->second;
  const Constant& value = frame.plan.constants[constant];
  if (auto* one = std::get_if<std::string>(&value)) it->second.emplace_back(*one);
  else for (const std::string& glob : std::get<std::vector<std::string>>(value)) it->second.emplace_back(glob);
  return it->second;
}

bool any_glob(Frame& frame, NodeId node) {
  std::string_view text = frame.text(node, 0);
  const auto& globs = globs_of(frame, frame.constant(node, 1));
  return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(text); });
}

const native::Regex& pattern_of(Frame& frame, uint32_t constant) {
  auto known = frame.patterns.find(constant);
  if (known != frame.patterns.end()) return known->second;
  auto compiled = native::Regex::compile(std::get<std::string>(frame.plan.constants[constant]));
  AIPOL_CHECK(compiled, "the checker has compiled every pattern");
  return frame.patterns.emplace(constant, std::move(*compiled)).first->second;
}

}  // namespace

AipolCell interpret_on_path(Frame& frame, NodeId node) { return native::cell_of(any_glob(frame, node)); }
AipolCell interpret_like(Frame& frame, NodeId node) { return native::cell_of(any_glob(frame, node)); }

AipolCell interpret_matches(Frame& frame, NodeId node) {
  return native::cell_of(pattern_of(frame, frame.constant(node, 1)).found_in(frame.text(node, 0)));
}

}  // namespace aipol::plan
