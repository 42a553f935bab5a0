// How long, and how much, is read of a connection after its last answer: closing at once could
// destroy the answer on its way (RFC 9112 section 9.6).
#pragma once

#include <chrono>
#include <cstddef>

namespace aipol::gateway {

inline constexpr std::chrono::seconds lingering{2};
inline constexpr size_t most_discarded = size_t{32} << 20;

}  // namespace aipol::gateway
