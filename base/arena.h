// Owns objects that live and die together (the nodes of one tree). Objects are destroyed with the
// arena, newest first.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace aipol {

class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // The pointer stays valid for the arena's life.
  template <class T, class... A>
  T* make(A&&... arguments) {
    auto owned = std::make_unique<Holder<T>>(std::forward<A>(arguments)...);
    T* object = &owned->object;
    held_.push_back(std::move(owned));
    return object;
  }

 private:
  struct Held {
    virtual ~Held() = default;
  };
  template <class T>
  struct Holder : Held {
    template <class... A>
    explicit Holder(A&&... arguments) : object{std::forward<A>(arguments)...} {}
    T object;
  };
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace aipol
