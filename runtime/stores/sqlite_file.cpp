#include "runtime/stores/sqlite_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace aipol::stores {

namespace {

constexpr int application = 0x4149504C;  // "AIPL", in the file's head
constexpr int layout = 1;                // of the tables
constexpr int pages_before_checkpoint = 1000;

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS counters (
  meter TEXT NOT NULL, key BLOB NOT NULL, state BLOB NOT NULL, PRIMARY KEY (meter, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
  id BLOB NOT NULL PRIMARY KEY, tags BLOB NOT NULL, turns INTEGER NOT NULL, last INTEGER NOT NULL
) WITHOUT ROWID;
)";

std::string blob(sqlite3_stmt* statement, int column) {
  const void* bytes = sqlite3_column_blob(statement, column);
  auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

// The row's text outlives the step.
void bind(sqlite3_stmt* statement, int number, const std::string& bytes) {
  sqlite3_bind_blob64(statement, number, bytes.data(), bytes.size(), SQLITE_STATIC);
}
void bind_text(sqlite3_stmt* statement, int number, const std::string& text) {
  sqlite3_bind_text64(statement, number, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

struct Statement {
  sqlite3_stmt* at = nullptr;
  ~Statement() { sqlite3_finalize(at); }
};

int number_of(sqlite3* database, const char* sql) {
  Statement statement;
  if (sqlite3_prepare_v2(database, sql, -1, &statement.at, nullptr) != SQLITE_OK) return -1;
  return sqlite3_step(statement.at) == SQLITE_ROW ? sqlite3_column_int(statement.at, 0) : -1;
}

std::string text_of(sqlite3* database, const char* sql) {
  Statement statement;
  if (sqlite3_prepare_v2(database, sql, -1, &statement.at, nullptr) != SQLITE_OK) return {};
  return sqlite3_step(statement.at) == SQLITE_ROW ? blob(statement.at, 0) : std::string();
}

}  // namespace

Result<std::unique_ptr<SqliteFile>> SqliteFile::open(const std::filesystem::path& path) {
  std::unique_ptr<SqliteFile> file(new SqliteFile(path));
  if (auto done = file->lock(); !done) return std::unexpected(done.error());
  if (auto done = file->connect(); !done) return std::unexpected(done.error());
  if (auto done = file->prepare(); !done) return std::unexpected(done.error());
  return file;
}

SqliteFile::~SqliteFile() {
  for (sqlite3_stmt* statement : {put_counter_, drop_counter_, put_session_, drop_session_})
    sqlite3_finalize(statement);
  sqlite3_close(checkpointer_);
  sqlite3_close(writer_);  // the last to close writes all back into the file
  if (lock_ >= 0) ::close(lock_);
}

std::unexpected<Error> SqliteFile::wrong(std::string_view with) const {
  return failure(fmt::format("the state file {}: {}", path_.string(), with));
}

Result<void> SqliteFile::lock() {
  // SQLite would make it readable by all.
  int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return wrong(std::strerror(errno));
  ::close(file);
  std::string beside = path_.string() + ".lock";
  lock_ = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return wrong(fmt::format("{}: {}", beside, std::strerror(errno)));
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return wrong(fmt::format("{}: {}", beside, std::strerror(errno)));
  return wrong("another gateway has it; give each its own file, or use redis for several gateways");
}

Result<void> SqliteFile::connect() {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  for (sqlite3** database : {&writer_, &checkpointer_}) {
    if (sqlite3_open_v2(path_.c_str(), database, flags, nullptr) != SQLITE_OK)
      return wrong(*database == nullptr ? "no memory" : sqlite3_errmsg(*database));
    sqlite3_extended_result_codes(*database, 1);
    sqlite3_exec(*database, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
  }
  int owner = number_of(writer_, "PRAGMA application_id");
  int version = number_of(writer_, "PRAGMA user_version");
  if (owner < 0 || version < 0) return wrong(sqlite3_errmsg(writer_));
  bool empty = number_of(writer_, "SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != application && !empty) return wrong("it is a database of something else");
  if (owner == application && version != layout)
    return wrong(fmt::format("its layout is {}, this program knows {}", version, layout));
  return {};
}

Result<void> SqliteFile::prepare() {
  std::string head =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application, layout);
  for (const char* sql : {"PRAGMA journal_mode = WAL", head.c_str(), tables}) {
    if (auto done = run(sql); !done) return done;
  }
  if (text_of(writer_, "PRAGMA journal_mode") != "wal")
    return wrong("its file system can not hold a write-ahead log");
  sqlite3_wal_hook(
      writer_,
      [](void* unmerged, sqlite3*, const char*, int pages) {
        static_cast<std::atomic<int>*>(unmerged)->store(pages, std::memory_order_relaxed);
        return SQLITE_OK;
      },
      &unmerged_pages_);
  const std::pair<sqlite3_stmt**, const char*> statements[] = {
      {&put_counter_, "INSERT OR REPLACE INTO counters VALUES (?1, ?2, ?3)"},
      {&drop_counter_, "DELETE FROM counters WHERE meter = ?1 AND key = ?2"},
      {&put_session_, "INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4)"},
      {&drop_session_, "DELETE FROM sessions WHERE id = ?1"}};
  for (auto [statement, sql] : statements) {
    if (sqlite3_prepare_v3(writer_, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, nullptr) !=
        SQLITE_OK)
      return wrong(sqlite3_errmsg(writer_));
  }
  return {};
}

Result<void> SqliteFile::run(const char* sql) {
  if (sqlite3_exec(writer_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return wrong(sqlite3_errmsg(writer_));
}

Result<void> SqliteFile::load(const std::function<Result<void>(CounterRow)>& of_counter,
                              const std::function<Result<void>(SessionRow)>& of_session) {
  int status = SQLITE_OK;
  auto each = [&](const char* sql, auto&& of) -> Result<void> {
    Statement statement;
    status = sqlite3_prepare_v2(writer_, sql, -1, &statement.at, nullptr);
    if (status != SQLITE_OK) return wrong(sqlite3_errmsg(writer_));
    while ((status = sqlite3_step(statement.at)) == SQLITE_ROW) {
      if (auto taken = of(statement.at); !taken) return wrong(taken.error().message);
    }
    if (status != SQLITE_DONE) return wrong(sqlite3_errmsg(writer_));
    return {};
  };
  auto done = each("SELECT meter, key, state FROM counters", [&](sqlite3_stmt* row) {
    return of_counter({blob(row, 0), blob(row, 1), blob(row, 2)});
  });
  if (!done) return done;
  return each("SELECT id, tags, turns, last FROM sessions ORDER BY last", [&](sqlite3_stmt* row) {
    return of_session({blob(row, 0), blob(row, 1), sqlite3_column_int64(row, 2),
                       sqlite3_column_int64(row, 3), false});
  });
}

Result<void> SqliteFile::write(const std::vector<CounterRow>& counters,
                               const std::vector<SessionRow>& sessions) {
  Result<void> done = run("BEGIN IMMEDIATE");
  if (!done) return done;
  for (size_t i = 0; done && i < counters.size(); ++i) done = write_counter(counters[i]);
  for (size_t i = 0; done && i < sessions.size(); ++i) done = write_session(sessions[i]);
  if (done) done = run("COMMIT");
  if (!done && sqlite3_get_autocommit(writer_) == 0)
    sqlite3_exec(writer_, "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

Result<void> SqliteFile::write_counter(const CounterRow& row) {
  sqlite3_stmt* statement = row.state.empty() ? drop_counter_ : put_counter_;
  bind_text(statement, 1, row.meter);
  bind(statement, 2, row.key);
  if (!row.state.empty()) bind(statement, 3, row.state);
  return step(statement);
}

Result<void> SqliteFile::write_session(const SessionRow& row) {
  sqlite3_stmt* statement = row.gone ? drop_session_ : put_session_;
  bind(statement, 1, row.id);
  if (!row.gone) {
    bind(statement, 2, row.tags);
    sqlite3_bind_int64(statement, 3, row.turns);
    sqlite3_bind_int64(statement, 4, row.last);
  }
  return step(statement);
}

Result<void> SqliteFile::step(sqlite3_stmt* statement) {
  int status = sqlite3_step(statement);
  std::string message = status == SQLITE_DONE ? "" : sqlite3_errmsg(writer_);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (status != SQLITE_DONE) return wrong(message);
  return {};
}

bool SqliteFile::needs_checkpoint() const {
  return unmerged_pages_.load(std::memory_order_relaxed) >= pages_before_checkpoint;
}

// What fails here is done again next time: nothing is lost by it.
void SqliteFile::checkpoint() {
  int status = sqlite3_wal_checkpoint_v2(checkpointer_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                         nullptr);
  if (status == SQLITE_OK) unmerged_pages_.store(0, std::memory_order_relaxed);
}

}  // namespace aipol::stores
