#include "cli/commands/named_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands/policy_set.h"

namespace aipol::cli {

namespace {

Result<NamedSet> read_revision(const std::string& name, const revision::Name& at) {
  auto checkout = revision::Checkout::make(at);
  if (!checkout) return std::unexpected(checkout.error());
  auto files = source::read_policy_set({checkout->path()});
  if (!files) return failure(fmt::format("{}: holds no policy files", name));
  NamedSet set;
  set.folder = folder_of({checkout->path()});
  for (source::FileId file = 0; file < files->size(); ++file) {
    const source::File& one = (*files)[file];
    set.files.add(checkout->original(at, one.path()), std::string(one.text()), one.builtin());
  }
  set.checkout = std::move(*checkout);
  return set;
}

}  // namespace

Result<NamedSet> read_named_set(const std::vector<std::string>& names) {
  auto revision = std::ranges::find_if(
      names, [](const std::string& name) { return revision::named(name).has_value(); });
  if (revision != names.end()) {
    if (names.size() > 1)
      return failure(fmt::format("{}: a set of a revision is one folder, named alone", *revision));
    return read_revision(*revision, *revision::named(*revision));
  }
  auto files = source::read_policy_set(names);
  if (!files) return std::unexpected(files.error());
  return NamedSet{std::move(*files), folder_of(names)};
}

}  // namespace aipol::cli
