// Places in the files of a set as plans name them: by file, line and column.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/source/source.h"
#include "plan/plan.h"

namespace aipol::planner {

plan::Place place_of(const source::Files& files, source::Span span);

// How the lines of one file moved when text between them changed.
struct MovedLines {
  struct From {
    uint32_t line = 0;  // as it was; it and those after it, up to the next
    int64_t by = 0;
  };
  std::string file;
  std::vector<From> moves;  // ascending

  uint32_t now(uint32_t line) const;
};

// Every place of policies, statements and conditions as it is now.
void move_places(plan::Plan& plan, std::span<const MovedLines> moved);

}  // namespace aipol::planner
