// The database file of counters and sessions. One process has it: a second one is refused, for the
// truth is in the first one's memory. Others may read it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace aipol::stores {

struct CounterRow {
  std::string meter;  // its identity
  std::string key;
  std::string state;  // empty: there is no such row
};
struct SessionRow {
  std::string id;
  std::string tags;  // session_bytes.h
  int64_t turns = 0;
  int64_t last = 0;
  bool gone = false;
};

class SqliteFile {
 public:
  // Makes the file where there is none, readable by its owner alone. The error names the file.
  static Result<std::unique_ptr<SqliteFile>> open(const std::filesystem::path& path);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;

  // Every row; what `of` says is wrong with one ends it.
  Result<void> load(const std::function<Result<void>(CounterRow)>& of_counter,
                    const std::function<Result<void>(SessionRow)>& of_session);

  // All rows in one transaction, or none. Against the death of the process they are safe when it
  // returns, against that of the machine after the next `checkpoint`.
  Result<void> write(const std::vector<CounterRow>& counters,
                     const std::vector<SessionRow>& sessions);

  // Whether enough was written for a `checkpoint`, which waits for the disk. It may be made while
  // another thread writes.
  bool needs_checkpoint() const;
  void checkpoint();

 private:
  SqliteFile(std::filesystem::path path) : path_(std::move(path)) {}
  Result<void> lock();
  Result<void> connect();
  Result<void> prepare();
  Result<void> run(const char* sql);
  Result<void> write_counter(const CounterRow& row);
  Result<void> write_session(const SessionRow& row);
  Result<void> step(sqlite3_stmt* statement);
  std::unexpected<Error> wrong(std::string_view with) const;

  const std::filesystem::path path_;
  int lock_ = -1;
  sqlite3* writer_ = nullptr;
  sqlite3* checkpointer_ = nullptr;
  sqlite3_stmt* put_counter_ = nullptr;
  sqlite3_stmt* drop_counter_ = nullptr;
  sqlite3_stmt* put_session_ = nullptr;
  sqlite3_stmt* drop_session_ = nullptr;
  std::atomic<int> unmerged_pages_{0};  // of the write-ahead log
};

}  // namespace aipol::stores
