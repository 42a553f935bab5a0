// Settings with a form of their own: claims mapped to fields, stores, prompts.
#pragma once

#include "compiler/check/checker.h"

namespace aipol::check {

// { id: sub, team: org.team, mfa: "mfa" in amr, kind: app }
std::vector<plan::Identity::Mapping> read_mapping(Checker& checker, FileId file,
                                                  const ast::Expression* expression);
// memory, sqlite("FILE"), redis("redis://HOST")
plan::State read_store(Checker& checker, const ast::Expression* expression);
// A text in which parameters stand in braces.
std::vector<plan::Prompt::Part> read_template(Checker& checker, const ast::Expression* expression,
                                              const std::vector<std::string>& parameters);

}  // namespace aipol::check
