// What a statement of a policy can do. plan/effects.def is the table.
#pragma once

#include <cstdint>
#include <string_view>

#include "plan/phase.h"

namespace aipol::plan {

enum class Effect : uint8_t {
#define EFFECT(word, latest, why, syntax) word,
#include "plan/effects.def"
};

inline constexpr std::string_view effect_names[] = {
#define EFFECT(word, latest, why, syntax) #word,
#include "plan/effects.def"
};

inline constexpr Phase effect_latest[] = {
#define EFFECT(word, latest, why, syntax) Phase::latest,
#include "plan/effects.def"
};

// Why its guard may not read what is known later; empty where it may read everything.
inline constexpr std::string_view effect_reason[] = {
#define EFFECT(word, latest, why, syntax) why,
#include "plan/effects.def"
};

inline constexpr std::string_view effect_syntax[] = {
#define EFFECT(word, latest, why, syntax) syntax,
#include "plan/effects.def"
};

inline constexpr std::string_view name_of(Effect effect) {
  return effect_names[static_cast<size_t>(effect)];
}
inline constexpr bool refuses(Effect effect) {
  return effect == Effect::deny || effect == Effect::require;
}
// Whether it looks at the call itself before it refuses: its guard alone does not say.
inline constexpr bool inspects(Effect effect) {
  return effect == Effect::validate || effect == Effect::waf;
}

}  // namespace aipol::plan
