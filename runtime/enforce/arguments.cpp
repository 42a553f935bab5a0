#include "runtime/enforce/arguments.h"

namespace aipol::enforce {

const plan::Constant* Arguments::value(std::string_view name) const {
  const plan::Argument* argument = find(name);
  if (argument == nullptr || argument->values.empty()) return nullptr;
  return evaluation_.value(argument->values[0]);
}

int64_t Arguments::integer(std::string_view name, int64_t otherwise) const {
  const plan::Constant* found = value(name);
  return found == nullptr ? otherwise : std::get<int64_t>(*found);
}

double Arguments::real(std::string_view name, double otherwise) const {
  const plan::Constant* found = value(name);
  return found == nullptr ? otherwise : std::get<double>(*found);
}

std::string Arguments::text(std::string_view name) const {
  const plan::Constant* found = value(name);
  return found == nullptr ? std::string() : std::get<std::string>(*found);
}

std::vector<int64_t> Arguments::integers(std::string_view name) const {
  std::vector<int64_t> out;
  const plan::Argument* argument = find(name);
  if (argument == nullptr) return out;
  for (plan::NodeId node : argument->values) {
    const plan::Constant* found = evaluation_.value(node);
    if (found != nullptr) out.push_back(std::get<int64_t>(*found));
  }
  return out;
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  const plan::Constant* found = value(name);
  return found == nullptr ? std::vector<std::string>() : std::get<std::vector<std::string>>(*found);
}

}  // namespace aipol::enforce
