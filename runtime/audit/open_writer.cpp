#include "runtime/audit/open_writer.h"

#include <fmt/format.h>

#include "base/check.h"
#include "runtime/audit/file_writer.h"
#include "runtime/audit/post_writer.h"
#include "runtime/audit/spool_writer.h"
#include "runtime/audit/stream_writer.h"
#include "runtime/audit/syslog_writer.h"

namespace aipol::audit {

namespace {

template <class T>
Result<std::unique_ptr<Writer>> as_writer(Result<std::unique_ptr<T>> opened) {
  if (!opened) return std::unexpected(opened.error());
  return std::unique_ptr<Writer>(std::move(*opened));
}

// Where a collector's address has no path, the one that OTLP defines.
std::string logs_url(std::string url) {
  size_t host = url.find("://");
  size_t path = url.find('/', host == url.npos ? 0 : host + 3);
  if (path == url.npos) return url + "/v1/logs";
  return path + 1 == url.size() ? url + "v1/logs" : url;
}

Result<std::unique_ptr<Writer>> open_remote(const Place& place, const Options& options) {
  bool otlp = place.sink.kind == "otlp";
  Endpoint endpoint{otlp ? logs_url(place.url) : place.url, place.key, options.request_timeout};
  Delivery delivery(std::move(endpoint), otlp ? otlp_logs() : json_array());
  if (place.spool.empty()) return std::make_unique<PostWriter>(std::move(delivery));
  return as_writer(SpoolWriter::open(place.spool, std::move(delivery),
                                     Backoff(options.first_retry, options.longest_retry),
                                     static_cast<uint64_t>(options.most_spool_bytes)));
}

Result<std::unique_ptr<Writer>> open_syslog(const Place& place) {
  Result<SyslogAddress> address = parse_syslog_address(place.url);
  if (!address) return std::unexpected(address.error());
  return std::make_unique<SyslogWriter>(std::move(*address));
}

}  // namespace

Result<Place> place_of(const plan::Sink& sink, const Options& options) {
  Place place{sink, {}, {}, sink.url, {}, {}};
  auto located = [&](const std::string& path) {
    return path.empty() ? path : (options.folder / path).lexically_normal().string();
  };
  place.path = located(sink.path);
  place.spool = located(sink.spool);
  auto read = [&](const std::optional<plan::Secret>& secret, std::string& into) -> Result<void> {
    if (!secret) return {};
    AIPOL_CHECK(options.secret != nullptr, "there is a way to read secrets");
    Result<std::string> text = options.secret(*secret);
    if (!text) return failure(fmt::format("sink {}: {}", sink.name, text.error().message));
    into = std::move(*text);
    return {};
  };
  if (Result<void> done = read(sink.url_secret, place.url); !done)
    return std::unexpected(done.error());
  if (Result<void> done = read(sink.key, place.key); !done) return std::unexpected(done.error());
  const std::string* parts[] = {&sink.kind, &place.path, &place.spool, &place.url, &place.key};
  for (const std::string* part : parts) place.identity += *part + '\0';
  return place;
}

Result<std::unique_ptr<Writer>> open_writer(const Place& place, const Options& options,
                                            std::string& doubt) {
  auto open = [&]() -> Result<std::unique_ptr<Writer>> {
    if (place.sink.kind == "file")
      return as_writer(FileWriter::open(place.path, place.sink, doubt));
    if (place.sink.kind == "stdout") return std::make_unique<StreamWriter>(options.standard_output);
    return place.sink.kind == "syslog" ? open_syslog(place) : open_remote(place, options);
  };
  Result<std::unique_ptr<Writer>> writer = open();
  if (!writer) return failure(fmt::format("sink {}: {}", place.sink.name, writer.error().message));
  (*writer)->adopt(place.sink);
  return writer;
}

Milliseconds longest_retry(const Place& place, const Options& options) {
  constexpr Milliseconds local{1000};
  bool waits_for_others = place.remote() && place.spool.empty();
  return waits_for_others ? options.longest_retry : std::min(local, options.longest_retry);
}

}  // namespace aipol::audit
