#include "plan/archive.h"

#include <boost/pfr.hpp>
#include <chrono>
#include <cstring>
#include <type_traits>

namespace aipol::plan {

namespace {

template <class T>
constexpr bool is_block = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <class T, template <class...> class Template>
constexpr bool is_one_of = false;
template <template <class...> class Template, class... A>
constexpr bool is_one_of<Template<A...>, Template> = true;

// Lists of these are copied as a whole.
template <class T>
constexpr bool is_dense = (is_block<T> && !std::is_same_v<T, bool>) || std::is_same_v<T, Node> ||
                          std::is_same_v<T, Entry> || std::is_same_v<T, Column>;

template <class T>
constexpr bool is_padded =
    !std::has_unique_object_representations_v<T> && !std::is_floating_point_v<T>;

class Writer {
 public:
  template <class T>
  void operator()(const T& value) {
    if constexpr (is_block<T>) {
      put(&value, sizeof value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      put_size(value.size());
      put(value.data(), value.size());
    } else if constexpr (std::is_same_v<T, Code>) {
      (*this)(value.nodes());
      (*this)(value.all_arguments());
    } else if constexpr (is_one_of<T, std::vector>) {
      put_list(value);
    } else if constexpr (is_one_of<T, std::optional>) {
      (*this)(value.has_value());
      if (value) (*this)(*value);
    } else if constexpr (is_one_of<T, std::variant>) {
      (*this)(static_cast<uint8_t>(value.index()));
      std::visit([this](const auto& alternative) { (*this)(alternative); }, value);
    } else if constexpr (is_one_of<T, std::pair>) {
      (*this)(value.first);
      (*this)(value.second);
    } else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) {
      (*this)(value.count());
    } else {
      boost::pfr::for_each_field(value, [this](auto& field) { (*this)(field); });
    }
  }

  std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void put_list(const std::vector<T>& list) {
    put_size(list.size());
    if constexpr (is_dense<T> && !is_padded<T>) {
      put(list.data(), list.size() * sizeof(T));
    } else if constexpr (is_dense<T>) {
      for (const T& value : list) put_padded(value);
    } else {
      for (size_t i = 0; i < list.size(); ++i) (*this)(static_cast<const T&>(list[i]));
    }
  }
  // Zeros between the fields, so that equal plans have equal archives.
  template <class T>
  void put_padded(const T& value) {
    char bytes[sizeof(T)] = {};
    boost::pfr::for_each_field(value, [&](const auto& field) {
      const auto* place = reinterpret_cast<const char*>(&field);
      std::memcpy(bytes + (place - reinterpret_cast<const char*>(&value)), place, sizeof field);
    });
    put(bytes, sizeof bytes);
  }
  void put_size(size_t size) { (*this)(static_cast<uint64_t>(size)); }
  void put(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void operator()(T& value) {
    if constexpr (is_block<T>) {
      take(&value, sizeof value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.resize(size(1));
      take(value.data(), value.size());
    } else if constexpr (std::is_same_v<T, Code>) {
      std::vector<Node> nodes;
      std::vector<NodeId> arguments;
      (*this)(nodes);
      (*this)(arguments);
      value = Code(std::move(nodes), std::move(arguments));
    } else if constexpr (is_one_of<T, std::vector>) {
      take_list(value);
    } else if constexpr (is_one_of<T, std::optional>) {
      bool present = false;
      (*this)(present);
      if (present) (*this)(value.emplace());
    } else if constexpr (is_one_of<T, std::variant>) {
      uint8_t index = 0;
      (*this)(index);
      take_alternative(value, index);
    } else if constexpr (is_one_of<T, std::pair>) {
      (*this)(value.first);
      (*this)(value.second);
    } else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) {
      std::chrono::nanoseconds::rep count = 0;
      (*this)(count);
      value = T(count);
    } else {
      boost::pfr::for_each_field(value, [this](auto& field) { (*this)(field); });
    }
  }

  bool whole() const { return good_ && rest_.empty(); }

 private:
  template <class T>
  void take_list(std::vector<T>& list) {
    if constexpr (is_dense<T>) {
      list.resize(size(sizeof(T)));
      take(list.data(), list.size() * sizeof(T));
    } else {
      size_t count = size(1);
      list.reserve(count);
      while (good_ && list.size() < count) {
        T value{};
        (*this)(value);
        list.push_back(std::move(value));
      }
    }
  }

  template <class... A>
  void take_alternative(std::variant<A...>& value, uint8_t index) {
    good_ = good_ && index < sizeof...(A);
    uint8_t number = 0;
    ((number++ == index ? (*this)(value.template emplace<A>()) : void()), ...);
  }

  // Of a list or text whose members take at least so many bytes: no more than are there.
  size_t size(size_t least) {
    uint64_t count = 0;
    (*this)(count);
    good_ = good_ && count <= rest_.size() / least;
    return good_ ? count : 0;
  }

  void take(void* data, size_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return;
    if (size > 0) std::memcpy(data, rest_.data(), size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string archived(const Plan& plan, const Layout& layout) {
  Writer write;
  write(plan);
  write(layout);
  return write.take();
}

std::optional<Laid> from_archive(std::string_view bytes) {
  Reader read(bytes);
  Laid out;
  read(out.plan);
  read(out.layout);
  return read.whole() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace aipol::plan
