#include "runtime/enforce/alerts.h"

#include "base/saturate.h"

namespace aipol::enforce {

bool Alerts::due(const std::string& origin, const std::string& subject, int64_t every,
                 int64_t now) {
  if (every <= 0) return true;
  std::lock_guard lock(mutex_);
  if (silent_until_.size() > most)
    std::erase_if(silent_until_, [now](const auto& entry) { return entry.second <= now; });
  auto [at, fresh] = silent_until_.try_emplace({origin, subject}, 0);
  if (!fresh && now < at->second) return false;
  at->second = saturating_add(now, every);
  return true;
}

}  // namespace aipol::enforce
