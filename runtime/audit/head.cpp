#include "runtime/audit/head.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace aipol::audit {

namespace {

constexpr size_t size_on_disk = 256;

std::string system_error(const std::filesystem::path& path, const char* doing) {
  return fmt::format("{}: {}: {}", path.string(), doing, std::strerror(errno));
}

std::optional<uint64_t> number(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<uint64_t>();
}

}  // namespace

std::filesystem::path head_of(const std::filesystem::path& log) {
  return std::filesystem::path(log.string() + ".head");
}

std::optional<Head> parse_head(std::string_view text) {
  nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  auto seq = number(object, "seq"), first = number(object, "first"),
       bytes = number(object, "bytes");
  auto hash = object.find("hash");
  if (!seq || !first || !bytes || hash == object.end() || !hash->is_string()) return std::nullopt;
  auto digits = parse_hash(hash->get<std::string>());
  if (!digits || number(object, "v") != 1) return std::nullopt;
  return Head{{*seq, *digits}, *first, static_cast<int64_t>(*bytes)};
}

std::string format_head(const Head& head) {
  std::string text = fmt::format(R"({{"v":1,"seq":{},"hash":"{}","first":{},"bytes":{}}})",
                                 head.last.seq, text_of(head.last.hash), head.first, head.bytes);
  text.resize(size_on_disk - 1, ' ');
  return text + '\n';
}

Result<std::optional<Head>> read_head(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return failure(system_error(path, "cannot be read"));
  char text[size_on_disk + 1];
  ssize_t size = ::pread(file.number(), text, sizeof(text), 0);
  if (size < 0) return failure(system_error(path, "cannot be read"));
  if (size == 0) return std::nullopt;
  std::optional<Head> head = parse_head({text, static_cast<size_t>(size)});
  if (!head)
    return failure(
        fmt::format("{}: is damaged: it does not say where the log ends", path.string()));
  return head;
}

Result<HeadFile> HeadFile::open(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failure(system_error(path, "cannot be opened"));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
    return failure(fmt::format("{}: another process writes this log", path.string()));
  return HeadFile(std::move(file), path);
}

Result<void> HeadFile::write(const Head& head, bool forced) {
  std::string text = format_head(head);
  if (::pwrite(file_.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return failure(system_error(path_, "cannot be written"));
  if (forced && ::fdatasync(file_.number()) != 0)
    return failure(system_error(path_, "cannot be forced to the disk"));
  return {};
}

}  // namespace aipol::audit
