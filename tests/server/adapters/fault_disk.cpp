#include "tests/server/adapters/fault_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

namespace syncstore::test {
namespace {

constexpr std::size_t kSector = 512;

struct Change {  // not yet synced
  std::uint64_t offset = 0;
  std::string bytes;      // of a write
  bool truncate = false;  // to `offset`
};

struct Image {
  bool named_durably = false;
  std::string durable;
  std::string now;
  std::vector<Change> changes;
  int shared_locks = 0;
  bool reserved = false;
  bool exclusive = false;
  std::vector<std::unique_ptr<std::array<char, 32'768>>> shared_memory;
  std::array<int, SQLITE_SHM_NLOCK> shm_shared{};
  std::array<bool, SQLITE_SHM_NLOCK> shm_exclusive{};
};

void write_at(std::string& file, std::uint64_t offset, std::string_view bytes) {
  if (file.size() < offset + bytes.size())
    file.resize(offset + bytes.size(), '\0');
  std::memcpy(file.data() + offset, bytes.data(), bytes.size());
}

}  // namespace

struct FaultDisk::Core {
  std::string name;
  std::uint64_t random_state;
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Image>> files;
  std::map<std::string, std::shared_ptr<Image>> removed;  // and the directory not synced since
  bool ignores_syncs = false;
  std::uint64_t operations = 0;
  std::uint64_t cut_at = ~0ull;
  bool off = false;
  std::uint64_t full_from = ~0ull;
  std::uint64_t full_to = 0;
  std::uint64_t fail_at = ~0ull;
  bool failed_once = false;

  std::uint64_t random() {
    random_state += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = random_state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  // Counts an operation and says how it ends; the lock is held.
  int begin(bool needs_space, int error) {
    const std::uint64_t number = operations++;
    if (number >= cut_at)
      off = true;
    if (off)
      return error;
    if (needs_space && number >= full_from && number < full_to)
      return SQLITE_FULL;
    if (number == fail_at) {
      failed_once = true;
      return error;
    }
    return SQLITE_OK;
  }

  void sync_directory() {
    removed.clear();
    for (auto& [path, image] : files)
      image->named_durably = true;
  }

  // What of the directory's changes was on its way to the disk and what was not.
  void lose_names() {
    for (auto& [path, image] : removed) {
      const auto made_again = files.find(path);
      const bool taken = made_again != files.end() && made_again->second->named_durably;
      if (!taken && random() % 2 == 0)
        files[path] = image;
    }
    removed.clear();
    for (auto file = files.begin(); file != files.end();) {
      const bool lost = !file->second->named_durably && random() % 2 == 0;
      file->second->named_durably = true;
      file = lost ? files.erase(file) : std::next(file);
    }
  }

  void lose_power(Image& image) {
    for (const Change& change : image.changes) {
      if (change.truncate) {
        if (random() % 2 == 0)
          image.durable.resize(std::min<std::size_t>(image.durable.size(), change.offset));
        continue;
      }
      for (std::size_t begin = 0; begin < change.bytes.size(); begin += kSector) {
        const std::size_t size = std::min(kSector, change.bytes.size() - begin);
        const std::uint64_t fate = random() % 5;
        if (fate < 2)
          continue;  // lost
        const std::size_t kept =
            fate == 2 ? static_cast<std::size_t>(random()) % size : size;  // torn, or whole
        write_at(image.durable, change.offset + begin,
                 std::string_view(change.bytes).substr(begin, kept));
      }
    }
    image.changes.clear();
    image.now = image.durable;
    image.shared_locks = 0;
    image.reserved = image.exclusive = false;
    image.shared_memory.clear();
    image.shm_shared = {};
    image.shm_exclusive = {};
  }
};

namespace {

struct File {
  sqlite3_file base;
  FaultDisk::Core* core;
  std::shared_ptr<Image>* image;  // heap, because SQLite copies these bytes around as it likes
  std::string* path;
  int level;
  std::array<bool, SQLITE_SHM_NLOCK> shm_shared;
  std::array<bool, SQLITE_SHM_NLOCK> shm_exclusive;
  bool delete_on_close;
  bool syncs_directory;  // with its next sync, as SQLite's file layer does for a new journal
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

void drop_level(File& file, int level) {
  Image& image = **file.image;
  if (file.level >= SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE)
    image.exclusive = false;
  if (file.level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED)
    image.reserved = false;
  if (file.level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED)
    --image.shared_locks;
  file.level = std::min(file.level, level);
}

int file_close(sqlite3_file* raw) {
  File& file = of(raw);
  {
    const std::lock_guard lock(file.core->mutex);
    if (!file.core->off)
      drop_level(file, SQLITE_LOCK_NONE);
    if (file.delete_on_close)
      file.core->files.erase(*file.path);
  }
  delete file.image;
  delete file.path;
  return SQLITE_OK;
}

int file_read(sqlite3_file* raw, void* into, int count, sqlite3_int64 offset) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  if (file.core->off)
    return SQLITE_IOERR_READ;
  const std::string& bytes = (*file.image)->now;
  const auto wanted = static_cast<std::size_t>(count);
  const auto begin = std::min(static_cast<std::size_t>(offset), bytes.size());
  const std::size_t have = std::min(wanted, bytes.size() - begin);
  std::memcpy(into, bytes.data() + begin, have);
  std::memset(static_cast<char*>(into) + have, 0, wanted - have);
  return have == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int file_write(sqlite3_file* raw, const void* from, int count, sqlite3_int64 offset) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  if (const int error = file.core->begin(true, SQLITE_IOERR_WRITE); error != SQLITE_OK)
    return error;
  Change change{static_cast<std::uint64_t>(offset),
                std::string(static_cast<const char*>(from), static_cast<std::size_t>(count))};
  write_at((*file.image)->now, change.offset, change.bytes);
  (*file.image)->changes.push_back(std::move(change));
  return SQLITE_OK;
}

int file_truncate(sqlite3_file* raw, sqlite3_int64 size) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  if (const int error = file.core->begin(false, SQLITE_IOERR_TRUNCATE); error != SQLITE_OK)
    return error;
  Image& image = **file.image;
  image.now.resize(std::min(image.now.size(), static_cast<std::size_t>(size)));
  image.changes.push_back({static_cast<std::uint64_t>(size), {}, true});
  return SQLITE_OK;
}

int file_sync(sqlite3_file* raw, int) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  if (const int error = file.core->begin(false, SQLITE_IOERR_FSYNC); error != SQLITE_OK)
    return error;
  if (file.core->ignores_syncs)
    return SQLITE_OK;
  Image& image = **file.image;
  image.durable = image.now;
  image.changes.clear();
  if (file.syncs_directory)
    file.core->sync_directory();
  file.syncs_directory = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* raw, sqlite3_int64* size) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  *size = static_cast<sqlite3_int64>((*file.image)->now.size());
  return SQLITE_OK;
}

int file_lock(sqlite3_file* raw, int level) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  Image& image = **file.image;
  if (level <= file.level)
    return SQLITE_OK;
  if (image.exclusive && file.level < SQLITE_LOCK_EXCLUSIVE)
    return SQLITE_BUSY;
  if (level >= SQLITE_LOCK_RESERVED && image.reserved && file.level < SQLITE_LOCK_RESERVED)
    return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && image.shared_locks > 1)
    return SQLITE_BUSY;
  if (file.level < SQLITE_LOCK_SHARED)
    ++image.shared_locks;
  if (level >= SQLITE_LOCK_RESERVED)
    image.reserved = true;
  if (level == SQLITE_LOCK_EXCLUSIVE)
    image.exclusive = true;
  file.level = level;
  return SQLITE_OK;
}

int file_unlock(sqlite3_file* raw, int level) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  if (!file.core->off)
    drop_level(file, level);
  return SQLITE_OK;
}

int file_check_reserved(sqlite3_file* raw, int* out) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  *out = (*file.image)->reserved ? 1 : 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int file_sector_size(sqlite3_file*) { return static_cast<int>(kSector); }
// What a usual disk promises: a write of a sector does not spoil its neighbours.
int file_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* raw, int page, int size, int extend, void volatile** out) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  auto& pages = (*file.image)->shared_memory;
  *out = nullptr;
  if (size != 32'768)
    return SQLITE_IOERR_SHMMAP;
  while (pages.size() <= static_cast<std::size_t>(page)) {
    if (extend == 0)
      return SQLITE_OK;
    pages.push_back(std::make_unique<std::array<char, 32'768>>());
    pages.back()->fill('\0');
  }
  *out = pages[static_cast<std::size_t>(page)]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* raw, int offset, int count, int flags) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  Image& image = **file.image;
  const auto begin = static_cast<std::size_t>(offset);
  const auto end = begin + static_cast<std::size_t>(count);
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (std::size_t i = begin; i < end; ++i) {
      const int others = image.shm_shared[i] - (file.shm_shared[i] ? 1 : 0);
      const bool taken = image.shm_exclusive[i] && !file.shm_exclusive[i];
      if (taken || (exclusive && others > 0))
        return SQLITE_BUSY;
    }
  }
  for (std::size_t i = begin; i < end; ++i) {
    const bool lock_it = (flags & SQLITE_SHM_LOCK) != 0;
    if (exclusive) {
      if (file.shm_exclusive[i] != lock_it)
        image.shm_exclusive[i] = lock_it;
      file.shm_exclusive[i] = lock_it;
    } else {
      if (file.shm_shared[i] != lock_it)
        image.shm_shared[i] += lock_it ? 1 : -1;
      file.shm_shared[i] = lock_it;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int shm_unmap(sqlite3_file* raw, int delete_it) {
  File& file = of(raw);
  const std::lock_guard lock(file.core->mutex);
  Image& image = **file.image;
  for (std::size_t i = 0; i < file.shm_shared.size(); ++i) {
    if (file.shm_shared[i])
      --image.shm_shared[i];
    if (file.shm_exclusive[i])
      image.shm_exclusive[i] = false;
    file.shm_shared[i] = file.shm_exclusive[i] = false;
  }
  if (delete_it != 0)
    image.shared_memory.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods{2,
                                  file_close,
                                  file_read,
                                  file_write,
                                  file_truncate,
                                  file_sync,
                                  file_size,
                                  file_lock,
                                  file_unlock,
                                  file_check_reserved,
                                  file_control,
                                  file_sector_size,
                                  file_characteristics,
                                  shm_map,
                                  shm_lock,
                                  shm_barrier,
                                  shm_unmap,
                                  nullptr,
                                  nullptr};

FaultDisk::Core& core_of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk::Core*>(vfs->pAppData); }

int disk_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
  FaultDisk::Core& core = core_of(vfs);
  const std::lock_guard lock(core.mutex);
  File& file = of(raw);
  file.base.pMethods = nullptr;
  const std::string path = name != nullptr ? name : "temporary-" + std::to_string(core.random());
  auto found = core.files.find(path);
  if (found == core.files.end()) {
    if ((flags & SQLITE_OPEN_CREATE) == 0)
      return SQLITE_CANTOPEN;
    found = core.files.emplace(path, std::make_shared<Image>()).first;
  }
  file.core = &core;
  file.image = new std::shared_ptr<Image>(found->second);
  file.path = new std::string(path);
  file.level = SQLITE_LOCK_NONE;
  file.shm_shared = {};
  file.shm_exclusive = {};
  file.delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  file.syncs_directory =
      (flags & SQLITE_OPEN_CREATE) != 0 &&
      (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
  file.base.pMethods = &kMethods;
  if (out_flags != nullptr)
    *out_flags = flags;
  return SQLITE_OK;
}

int disk_delete(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  FaultDisk::Core& core = core_of(vfs);
  const std::lock_guard lock(core.mutex);
  if (core.off)
    return SQLITE_IOERR_DELETE;
  const auto found = core.files.find(name);
  if (found == core.files.end())
    return SQLITE_IOERR_DELETE_NOENT;
  if (found->second->named_durably)
    core.removed[name] = found->second;
  core.files.erase(found);
  if (sync_directory != 0 && !core.ignores_syncs)
    core.sync_directory();
  return SQLITE_OK;
}

int disk_access(sqlite3_vfs* vfs, const char* name, int, int* out) {
  FaultDisk::Core& core = core_of(vfs);
  const std::lock_guard lock(core.mutex);
  const auto found = core.files.find(name);
  *out = found != core.files.end() && !found->second->now.empty() ? 1 : 0;
  return SQLITE_OK;
}

int disk_full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

std::atomic<std::uint64_t> disks_made{0};

}  // namespace

FaultDisk::FaultDisk(std::uint64_t seed) : core_(std::make_unique<Core>()) {
  core_->name = "fault-disk-" + std::to_string(++disks_made);
  core_->random_state = seed;
  core_->system = sqlite3_vfs_find(nullptr);
  core_->vfs = *core_->system;  // time, randomness and the like as usual
  core_->vfs.szOsFile = static_cast<int>(sizeof(File));
  core_->vfs.pNext = nullptr;
  core_->vfs.zName = core_->name.c_str();
  core_->vfs.pAppData = core_.get();
  core_->vfs.xOpen = disk_open;
  core_->vfs.xDelete = disk_delete;
  core_->vfs.xAccess = disk_access;
  core_->vfs.xFullPathname = disk_full_path;
  sqlite3_vfs_register(&core_->vfs, 0);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(&core_->vfs); }

const std::string& FaultDisk::name() const { return core_->name; }

std::uint64_t FaultDisk::operations() const {
  const std::lock_guard lock(core_->mutex);
  return core_->operations;
}

void FaultDisk::cut_power_at(std::uint64_t at) {
  const std::lock_guard lock(core_->mutex);
  core_->cut_at = at;
}

bool FaultDisk::power_is_off() const {
  const std::lock_guard lock(core_->mutex);
  return core_->off;
}

void FaultDisk::power_on() {
  const std::lock_guard lock(core_->mutex);
  core_->lose_names();
  for (auto& [path, image] : core_->files)
    core_->lose_power(*image);
  core_->cut_at = ~0ull;
  core_->off = false;
}

void FaultDisk::ignore_syncs() {
  const std::lock_guard lock(core_->mutex);
  core_->ignores_syncs = true;
}

void FaultDisk::fill_between(std::uint64_t from, std::uint64_t to) {
  const std::lock_guard lock(core_->mutex);
  core_->full_from = from;
  core_->full_to = to;
}

void FaultDisk::fail_once_at(std::uint64_t at) {
  const std::lock_guard lock(core_->mutex);
  core_->fail_at = at;
  core_->failed_once = false;
}

bool FaultDisk::has_failed_once() const {
  const std::lock_guard lock(core_->mutex);
  return core_->failed_once;
}

}  // namespace syncstore::test
