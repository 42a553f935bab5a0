// The phases of a request, in their order: what is known from when on.
#pragma once

#include <cstdint>
#include <string_view>

namespace aipol::plan {

enum class Phase : uint8_t { head, body, target, output, end };
inline constexpr std::string_view phase_names[] = {"head", "body", "target", "output", "end"};
inline constexpr size_t phase_count = std::size(phase_names);

}  // namespace aipol::plan
