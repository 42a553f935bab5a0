#include <doctest/doctest.h>
#include <sys/un.h>

#include <nlohmann/json.hpp>
#include <set>

#include "runtime/audit/log.h"
#include "runtime/audit/syslog_writer.h"
#include "tests/support/audit_entry.h"
#include "tests/support/recording_server.h"
#include "tests/support/scratch_folder.h"

namespace aipol::audit {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::RecordingServer;
using testing::ScratchFolder;

constexpr uint32_t sinks[] = {0};

Options options_of(const ScratchFolder& folder) {
  Options options;
  options.folder = folder.path();
  options.gathering = 1ms;
  options.first_retry = 5ms;
  options.longest_retry = 50ms;
  options.secret = [](const plan::Secret& secret) -> Result<std::string> {
    return secret.name == "KEY" ? "sk-hook" : "http://127.0.0.1:1/T0/secret-path";
  };
  return options;
}

plan::Sink remote_sink(const std::string& kind, const std::string& url) {
  plan::Sink sink;
  sink.name = "far";
  sink.kind = kind;
  sink.url = url;
  return sink;
}

std::string record(int number) {
  return R"({"v":1,"kind":"request","time":"2026-03-01T12:00:00.000000001Z","id":")" +
         std::to_string(number) + R"("})";
}

std::shared_ptr<Outlet> outlet_of(Log& log, const plan::Sink& sink, bool blocks = true) {
  auto outlet = log.configure({sink}, blocks);
  REQUIRE_MESSAGE(outlet, (outlet ? "" : outlet.error().message));
  return *outlet;
}

// The records of all bodies that were answered well, in order.
std::vector<json> records_of(const std::vector<RecordingServer::Request>& requests) {
  std::vector<json> records;
  for (const RecordingServer::Request& request : requests) {
    for (json& one : json::parse(request.body)) records.push_back(std::move(one));
  }
  return records;
}

std::set<std::string> ids_of(const std::vector<json>& records) {
  std::set<std::string> ids;
  for (const json& one : records) ids.insert(one.value("id", one.value("kind", "")));
  return ids;
}

}  // namespace

TEST_CASE("a webhook gets arrays of chained records with its key") {
  ScratchFolder folder;
  RecordingServer server([](const RecordingServer::Request&) { return RecordingServer::Answer{}; });
  Log log(options_of(folder));
  plan::Sink sink = remote_sink("webhook", server.url() + "/hook?x=1");
  sink.key = plan::Secret{plan::Secret::From::environment, "KEY"};
  auto outlet = outlet_of(log, sink);
  for (int i = 0; i < 1200; ++i) CHECK(outlet->submit(sinks, record(i)));
  CHECK(log.stop(10s) == 0);
  auto requests = server.requests();
  CHECK(requests[0].head.starts_with("POST /hook?x=1 HTTP/1.1"));
  CHECK(requests[0].head.find("authorization: Bearer sk-hook\r\n") != std::string::npos);
  std::vector<json> records = records_of(requests);
  REQUIRE(records.size() == 1200);
  for (size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i]["seq"] == i + 1);
    CHECK(records[i]["id"] == std::to_string(i));
    if (i > 0) CHECK(records[i]["prev"] == records[i - 1]["hash"]);
  }
  for (const auto& request : requests) CHECK(json::parse(request.body).size() <= 500);
}

TEST_CASE("a server that fails is tried again, in order, until it takes the records") {
  ScratchFolder folder;
  std::atomic<int> calls = 0;
  RecordingServer server([&](const RecordingServer::Request&) {
    constexpr int answers[] = {500, 429, 503, 401, 302};
    int call = calls++;
    return RecordingServer::Answer{call < 5 ? answers[call] : 200, "Retry-After: 0\r\n", "{}"};
  });
  Log log(options_of(folder));
  auto outlet = outlet_of(log, remote_sink("webhook", server.url()));
  CHECK(outlet->submit(sinks, record(1)));
  CHECK(server.wait([](const auto& requests) { return requests.size() == 6; }));
  CHECK(log.stop(10s) == 0);
  CHECK(log.statistics()[0].errors == 5);
  CHECK(log.statistics()[0].written == 1);
}

TEST_CASE("a dead server holds up no file, and its address is not told") {
  ScratchFolder folder;
  Options options = options_of(folder);
  std::string told;
  options.trouble = [&](std::string_view, std::string_view what) { told += what; };
  Log log(options);
  plan::Sink hook = remote_sink("webhook", ""), file;
  hook.url_secret = plan::Secret{plan::Secret::From::environment, "URL"};
  file.name = "file";
  file.kind = "file";
  file.path = "a.jsonl";
  auto outlet = log.configure({hook, file}, true);
  REQUIRE(outlet);
  const uint32_t both[] = {0, 1};
  CHECK((*outlet)->submit(both, record(1)));
  while (log.statistics()[1].written == 0) std::this_thread::sleep_for(1ms);
  CHECK(log.stop(50ms) == 1);
  CHECK(!told.empty());
  CHECK(told.find("127.0.0.1") == std::string::npos);
  CHECK(told.find("secret") == std::string::npos);
}

TEST_CASE("one record that a server refuses is left out, counted, and keeps back no other") {
  ScratchFolder folder;
  std::mutex mutex;
  std::vector<json> taken;
  RecordingServer server([&](const RecordingServer::Request& request) {
    json records = json::parse(request.body);
    bool bad =
        std::ranges::any_of(records, [](const json& one) { return one.value("id", "") == "7"; });
    if (bad) return RecordingServer::Answer{400, "", "{}"};
    const std::lock_guard lock(mutex);
    for (json& one : records) taken.push_back(std::move(one));
    return RecordingServer::Answer{};
  });
  Options options = options_of(folder);
  options.gathering = 50ms;
  Log log(options);
  auto outlet = outlet_of(log, remote_sink("webhook", server.url()));
  for (int i = 0; i < 20; ++i) CHECK(outlet->submit(sinks, record(i)));
  CHECK(log.stop(20s) == 0);
  std::set<std::string> ids = ids_of(taken);
  CHECK(ids.size() == 20);  // 19 and the notice
  CHECK(!ids.contains("7"));
  CHECK(ids.contains("shed"));
  CHECK(log.statistics()[0].shed == 1);
}

TEST_CASE("what is in a spool outlives the process, and the chain goes on") {
  ScratchFolder folder;
  int port = 0;
  {
    RecordingServer taken([](const RecordingServer::Request&) { return RecordingServer::Answer{}; });
    port = taken.port();
  }
  plan::Sink sink = remote_sink("webhook", "http://127.0.0.1:" + std::to_string(port));
  sink.spool = "spool";
  int written = 0;
  for (int process = 0; process < 3; ++process) {
    Log log(options_of(folder));
    auto outlet = outlet_of(log, sink);
    for (int i = 0; i < 10; ++i) CHECK(outlet->submit(sinks, record(written++)));
    while (log.statistics()[0].errors == 0) std::this_thread::sleep_for(1ms);
    CHECK(log.stop(100ms) == 0);
    CHECK(log.statistics()[0].spooled_bytes > 0);
  }
  std::atomic<int> calls = 0;
  RecordingServer server(
      [&](const RecordingServer::Request&) {
        return RecordingServer::Answer{calls++ < 2 ? 503 : 200, "", ""};
      },
      port);
  Log log(options_of(folder));
  auto outlet = outlet_of(log, sink);
  CHECK(outlet->submit(sinks, record(written++)));
  while (log.statistics()[0].spooled_bytes > 0 || log.statistics()[0].written == 0)
    std::this_thread::sleep_for(1ms);
  CHECK(log.stop(10s) == 0);
  auto requests = server.requests();
  requests.erase(requests.begin(), requests.begin() + 2);  // that failed
  std::vector<json> records = records_of(requests);
  REQUIRE(records.size() == 31);
  for (size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i]["id"] == std::to_string(i));
    CHECK(records[i]["seq"] == i + 1);
    if (i > 0) CHECK(records[i]["prev"] == records[i - 1]["hash"]);
  }
}

TEST_CASE("a spool is bounded: when it is full, the queue fills") {
  ScratchFolder folder;
  Options options = options_of(folder);
  options.most_spool_bytes = 20'000;
  options.most_waiting_bytes = 5'000;
  Log log(options);
  plan::Sink sink = remote_sink("webhook", "http://127.0.0.1:1");
  sink.spool = "spool";
  auto outlet = outlet_of(log, sink, false);
  // Until nothing has been taken for a while.
  uint64_t shed = 0;
  for (int full = 0, i = 0; full < 200; ++i) {
    CHECK(outlet->try_submit(sinks, record(i)));
    uint64_t now = log.statistics()[0].shed;
    full = now > std::exchange(shed, now) ? full + 1 : 0;
    if (full > 0) std::this_thread::sleep_for(1ms);
    REQUIRE(i < 1'000'000);
  }
  CHECK(log.statistics()[0].spooled_bytes <= 20'000);
  CHECK(log.stop(50ms) > 0);
}

TEST_CASE("a collector gets logs of OpenTelemetry") {
  ScratchFolder folder;
  RecordingServer server([](const RecordingServer::Request&) {
    return RecordingServer::Answer{200, "", R"({"partialSuccess":{}})"};
  });
  Log log(options_of(folder));
  auto outlet = outlet_of(log, remote_sink("otlp", server.url()));
  testing::AuditedRequest request;
  request.call.session.id = "s1";
  request.call.ai.temperature = 0.5;
  CHECK(outlet->submit(sinks, request.json()));
  CHECK(log.stop(10s) == 0);
  auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].head.starts_with("POST /v1/logs HTTP/1.1"));
  json body = json::parse(requests[0].body);
  REQUIRE(body["resourceLogs"].size() == 1);
  json& resource = body["resourceLogs"][0];
  CHECK(resource["resource"]["attributes"][0] ==
        json::parse(R"({"key":"service.name","value":{"stringValue":"aipol"}})"));
  CHECK(resource["scopeLogs"][0]["scope"]["name"] == "aipol.audit");
  json& logged = resource["scopeLogs"][0]["logRecords"][0];
  CHECK(logged["timeUnixNano"] == "1772366400379974609");
  CHECK(logged["severityNumber"] == 9);
  json body_record = json::parse(logged["body"]["stringValue"].get<std::string>());
  CHECK(body_record["id"] == request.call.request.id);
  CHECK(body_record["hash"].is_string());
  json attributes;
  for (const json& one : logged["attributes"])
    attributes[one["key"].get<std::string>()] = one["value"];
  CHECK(attributes["gen_ai.request.model"]["stringValue"] == "gpt-4o");
  CHECK(attributes["gen_ai.response.model"]["stringValue"] == "gpt-4o-mini");
  CHECK(attributes["gen_ai.usage.input_tokens"]["intValue"] == "12");
  CHECK(attributes["gen_ai.usage.output_tokens"]["intValue"] == "34");
  CHECK(attributes["gen_ai.request.max_tokens"]["intValue"] == "100");
  CHECK(attributes["gen_ai.request.temperature"]["doubleValue"] == 0.5);
  CHECK(attributes["gen_ai.operation.name"]["stringValue"] == "chat");
  CHECK(attributes["gen_ai.provider.name"]["stringValue"] == "openai");
  CHECK(attributes["gen_ai.conversation.id"]["stringValue"] == "s1");
  CHECK(attributes["gen_ai.response.finish_reasons"]["arrayValue"]["values"][0]["stringValue"] ==
        "stop");
  CHECK(attributes["http.response.status_code"]["intValue"] == "200");
  CHECK(attributes["aipol.decision"]["stringValue"] == "allow");
}

TEST_CASE("what a collector rejects of a good batch is counted") {
  ScratchFolder folder;
  RecordingServer server([](const RecordingServer::Request& request) {
    bool notice = request.body.find(R"(\"kind\":\"shed\")") != std::string::npos;
    return RecordingServer::Answer{200, "",
                              notice ? "{}" : R"({"partialSuccess":{"rejectedLogRecords":"2"}})"};
  });
  Log log(options_of(folder));
  auto outlet = outlet_of(log, remote_sink("otlp", server.url() + "/custom"));
  CHECK(outlet->submit(sinks, record(1)));
  CHECK(log.stop(10s) == 0);
  CHECK(log.statistics()[0].shed == 2);
  auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].head.starts_with("POST /custom "));
}

TEST_CASE("addresses of syslog are read, and bad ones refused") {
  auto kind = [](std::string_view url) {
    auto address = parse_syslog_address(url);
    return address ? address->host + "|" + address->port + "|" + address->path : "bad";
  };
  CHECK(kind("udp://logs.example") == "logs.example|514|");
  CHECK(kind("tcp://logs.example:6514") == "logs.example|6514|");
  CHECK(kind("tcp://[2001:db8::1]:601/") == "2001:db8::1|601|");
  CHECK(kind("unix:///dev/log") == "||/dev/log");
  for (const char* bad : {"", "logs", "http://logs", "udp://", "udp://:514", "udp://h:x",
                          "udp://h:", "unix://dev/log", "tcp://h:1234567"})
    CHECK(kind(bad) == "bad");
}

TEST_CASE("a message of syslog has the header of RFC 5424") {
  CHECK(syslog_message(record(1), 1'772'366'400'379'974'609, "gw1", 42) ==
        "<110>1 2026-03-01T12:00:00.379974Z gw1 aipol 42 request - " + record(1));
  CHECK(syslog_message(R"({"v":1,"kind":"alert"})", 0, "-", 1).starts_with("<108>1 1970-01-01T"));
  CHECK(syslog_message("x", 0, "-", 1).find(" aipol 1 - - x") != std::string::npos);
}

namespace {

struct Socket {
  int descriptor = -1;
  explicit Socket(int number) : descriptor(number) { REQUIRE(descriptor >= 0); }
  ~Socket() { ::close(descriptor); }

  int bind_to_loopback() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    socklen_t size = sizeof(address);
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  std::string read() const {
    pollfd ready{descriptor, POLLIN, 0};
    REQUIRE(::poll(&ready, 1, 30'000) == 1);
    std::string text(65'536, '\0');
    ssize_t got = ::recv(descriptor, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
  }
};

}  // namespace

TEST_CASE("syslog over UDP: a datagram for each record; what fits in none is left out") {
  ScratchFolder folder;
  Socket server(::socket(AF_INET, SOCK_DGRAM, 0));
  Log log(options_of(folder));
  auto outlet = outlet_of(
      log, remote_sink("syslog", "udp://127.0.0.1:" + std::to_string(server.bind_to_loopback())));
  CHECK(outlet->submit(sinks, record(1)));
  CHECK(outlet->submit(sinks, R"({"x":")" + std::string(70'000, 'x') + "\"}"));
  CHECK(outlet->submit(sinks, record(2)));
  std::string first = server.read(), second = server.read(), third = server.read();
  CHECK(first.starts_with("<110>1 "));
  CHECK(json::parse(first.substr(first.find('{')))["seq"] == 1);
  CHECK(json::parse(second.substr(second.find('{')))["seq"] == 2);
  CHECK(json::parse(third.substr(third.find('{')))["kind"] == "shed");
  CHECK(log.stop(10s) == 0);
}

TEST_CASE("syslog over TCP: octets are counted, and a server that comes back is found again") {
  ScratchFolder folder;
  Socket server(::socket(AF_INET, SOCK_STREAM, 0));
  int port = server.bind_to_loopback();
  REQUIRE(::listen(server.descriptor, 4) == 0);
  Log log(options_of(folder));
  auto outlet = outlet_of(log, remote_sink("syslog", "tcp://127.0.0.1:" + std::to_string(port)));
  for (int round = 1; round <= 2; ++round) {
    CHECK(outlet->submit(sinks, record(round)));
    Socket client(::accept(server.descriptor, nullptr, nullptr));
    std::string text = client.read();
    size_t blank = text.find(' ');
    CHECK(std::stoul(text.substr(0, blank)) == text.size() - blank - 1);
    CHECK(json::parse(text.substr(text.find('{')))["seq"] == round);
  }
  CHECK(log.stop(10s) == 0);
}

TEST_CASE("syslog over a local socket") {
  ScratchFolder folder;
  Socket server(::socket(AF_UNIX, SOCK_DGRAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = (folder.path() / "log").string();
  std::ranges::copy(path, address.sun_path);
  REQUIRE(::bind(server.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  Log log(options_of(folder));
  auto outlet = outlet_of(log, remote_sink("syslog", "unix://" + path));
  CHECK(outlet->submit(sinks, record(1)));
  CHECK(server.read().find("request - {\"seq\":1,") != std::string::npos);
  CHECK(log.stop(10s) == 0);
}

}  // namespace aipol::audit
