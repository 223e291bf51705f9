#include "server/adapters/sqlite/connection.hpp"

#include <cerrno>

namespace syncstore::adapters {

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
  sqlite3_bind_text64(statement_, index, text.data() != nullptr ? text.data() : "", text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, index, bytes.data() != nullptr ? bytes.data() : "", bytes.size(),
                      SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_copy(int index, const std::string& text) {
  // SQLITE_TRANSIENT is a C-style cast; asking for a copy is what it means.
  const auto transient = reinterpret_cast<sqlite3_destructor_type>(static_cast<std::intptr_t>(-1));
  sqlite3_bind_text64(statement_, index, text.data(), text.size(), transient, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_, index);
  return *this;
}

std::string Statement::text(int column) const {
  const unsigned char* const data = sqlite3_column_text(statement_, column);
  if (data == nullptr)
    return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::blob(int column) const {
  const void* const data = sqlite3_column_blob(statement_, column);
  if (data == nullptr)
    return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     const char* vfs) {
  sqlite3* handle = nullptr;
  const int mode = access == Access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                : SQLITE_OPEN_READONLY;
  const int status = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, vfs);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (status != SQLITE_OK)
    return connection->error("opening " + path);
  sqlite3_extended_result_codes(handle, 1);
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_)
    sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Result<Statement> Connection::prepare(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end())
    return Statement(found->second);
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v3(handle_, sql.c_str(), static_cast<int>(sql.size() + 1),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK)
    return error("preparing " + sql);
  statements_.emplace(sql, statement);
  return Statement(statement);
}

Status Connection::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return error(sql.substr(0, 60));
  return {};
}

Result<std::int64_t> Connection::query_integer(const std::string& sql) {
  SS_ASSIGN_OR_RETURN(Statement statement, prepare(sql));
  const int status = statement.step();
  if (status == SQLITE_ROW)
    return statement.integer(0);
  if (status == SQLITE_DONE)
    return std::int64_t{0};
  return error(sql);
}

// A write that failed because a quota or a limit is reached is a full disk under another name; what
// SQLite itself calls full is ENOSPC alone.
bool Connection::write_found_no_space() const {
  if (handle_ == nullptr || sqlite3_extended_errcode(handle_) != SQLITE_IOERR_WRITE)
    return false;
  bool no_space = false;
  for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    int last = 0;
    if (sqlite3_file_control(handle_, "main", which, &file) != SQLITE_OK || file == nullptr ||
        file->pMethods == nullptr ||
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last) != SQLITE_OK ||
        last == 0) {
      continue;
    }
    if (last != ENOSPC && last != EDQUOT && last != EFBIG)
      return false;
    no_space = true;
  }
  return no_space;
}

Error Connection::error(std::string_view doing) const {
  const int code = handle_ != nullptr ? sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
  const std::string detail = "SQLite, " + std::string(doing) + ": " +
                             (handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory") +
                             " (" + std::to_string(code) + ")";
  if (write_found_no_space())
    return fail(ErrorCode::storage_full, detail);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return fail(ErrorCode::storage_full, detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorCode::retry, detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail(ErrorCode::corrupt, detail);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return fail(ErrorCode::read_only_directory, detail);
    default:
      return fail(ErrorCode::internal, detail);
  }
}

Status Connection::expect_done(Statement& statement, std::string_view doing) {
  const int status = statement.step();
  if (status == SQLITE_DONE || status == SQLITE_ROW)
    return {};
  return error(doing);
}

}  // namespace syncstore::adapters
