// How many mutants tests notice, as people and programs read it.
#pragma once

#include <string>

#include "compiler/source/source.h"
#include "mutation/score.h"

namespace aipol::cli {

// The mutants that survived, each with its source line; then the score.
std::string mutation_text(const mutation::Score& score, const source::Files& files, bool colour);

// {"score":92.3,"killed":24,…,"mutants":[…]} (docs/json.md).
std::string mutation_json(const mutation::Score& score, const source::Files& files);

}  // namespace aipol::cli
