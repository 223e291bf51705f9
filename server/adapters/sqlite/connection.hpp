// A thin layer over SQLite's C interface: connections and statements that close themselves, errors
// as Status. One thread at a time per connection.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/result.hpp"

namespace syncstore::adapters {

// A statement on loan: reset and unbound when it goes out of scope.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept : statement_(other.statement_) {
    other.statement_ = nullptr;
  }
  Statement& operator=(Statement&&) = delete;
  ~Statement() {
    if (statement_ == nullptr)
      return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  // Parameters and columns count from 1 and 0, as in SQLite. Bound text must live until the
  // statement is done.
  Statement& bind(int index, std::int64_t value);
  Statement& bind_text(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_copy(int index, const std::string& text);  // SQLite keeps its own copy
  Statement& bind_null(int index);

  int step() { return sqlite3_step(statement_); }  // SQLITE_ROW, SQLITE_DONE or an error
  void reset() { sqlite3_reset(statement_); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::uint64_t unsigned_integer(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  std::string text(int column) const;
  std::string blob(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  enum class Access { read_write, read_only };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                  const char* vfs);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }
  // Prepared once and kept; `sql` must be a literal or otherwise repeat exactly.
  Result<Statement> prepare(const std::string& sql);
  // Several statements without parameters or rows.
  Status run(const std::string& sql);
  // The first column of the first row; 0 when there is none.
  Result<std::int64_t> query_integer(const std::string& sql);
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  // The last failure as an Error: storage_full, retry (busy), corrupt, read_only_directory, else
  // internal with SQLite's words.
  Error error(std::string_view doing) const;
  Status expect_done(Statement& statement, std::string_view doing);

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  bool write_found_no_space() const;
  sqlite3* handle_;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

// Runs a bound statement to its end; `visit(row)` answers a Status and may stop it.
template <class F>
Status each_row(Connection& connection, Statement& rows, F&& visit) {
  int stepped = SQLITE_ROW;
  while ((stepped = rows.step()) == SQLITE_ROW)
    SS_TRY(visit(static_cast<const Statement&>(rows)));
  return stepped == SQLITE_DONE ? Status() : Status(connection.error("reading"));
}

}  // namespace syncstore::adapters
