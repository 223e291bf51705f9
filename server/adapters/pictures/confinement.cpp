#include "server/adapters/pictures/confinement.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <vector>

#include "core/base/limits.hpp"

namespace syncstore::adapters {
namespace {

// A sanitizer's memory does not fit into any limit, and it calls what the list below lacks.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the list of system calls is not checked on this architecture"
#endif

// All that reading a picture in memory needs: memory, threads, time, and the descriptors it holds.
constexpr std::array kAllowed{
    SYS_read,          SYS_write,           SYS_readv,           SYS_writev,
    SYS_close,         SYS_lseek,           SYS_fstat,           SYS_mmap,
    SYS_munmap,        SYS_mremap,          SYS_mprotect,        SYS_madvise,
    SYS_brk,           SYS_futex,           SYS_set_robust_list, SYS_rseq,
    SYS_sched_yield,   SYS_sched_getaffinity, SYS_getrandom,     SYS_clock_gettime,
    SYS_clock_getres,  SYS_clock_nanosleep, SYS_nanosleep,       SYS_gettimeofday,
    SYS_getpid,        SYS_gettid,          SYS_sysinfo,         SYS_rt_sigaction,
    SYS_rt_sigprocmask, SYS_rt_sigreturn,   SYS_sigaltstack,     SYS_tgkill,
    SYS_restart_syscall, SYS_getrusage,     SYS_exit,            SYS_exit_group,
};

bool set_limit(__rlimit_resource which, std::size_t value) {
  rlimit limit{};
  limit.rlim_cur = limit.rlim_max = value;
  return ::setrlimit(which, &limit) == 0;
}

// clone() for a thread is let through; for a process it is not. clone3() keeps its flags where a
// filter cannot look: it is said not to exist, and the C library falls back to clone().
std::vector<sock_filter> make_filter() {
  constexpr unsigned kThreadFlag = 0x00010000;  // CLONE_THREAD
  const auto statement = [](unsigned code, unsigned value) {
    return sock_filter{static_cast<unsigned short>(code), 0, 0, value};
  };
  const auto jump = [](unsigned code, unsigned value, int yes, int no) {
    return sock_filter{static_cast<unsigned short>(code), static_cast<unsigned char>(yes),
                       static_cast<unsigned char>(no), value};
  };
  constexpr unsigned kLoad = BPF_LD | BPF_W | BPF_ABS;
  constexpr unsigned kEqual = BPF_JMP | BPF_JEQ | BPF_K;
  constexpr unsigned kReturn = BPF_RET | BPF_K;
  constexpr unsigned kNotPermitted = SECCOMP_RET_ERRNO | 1u;  // EPERM
  constexpr unsigned kNoSuchCall = SECCOMP_RET_ERRNO | 38u;   // ENOSYS
  std::vector<sock_filter> filter{
      statement(kLoad, offsetof(seccomp_data, arch)),
      jump(kEqual, kArchitecture, 1, 0),
      statement(kReturn, SECCOMP_RET_KILL_PROCESS),
      statement(kLoad, offsetof(seccomp_data, nr)),
      jump(kEqual, SYS_clone3, 0, 1),
      statement(kReturn, kNoSuchCall),
      jump(kEqual, SYS_clone, 0, 4),
      statement(kLoad, offsetof(seccomp_data, args)),
      jump(BPF_JMP | BPF_JSET | BPF_K, kThreadFlag, 0, 1),
      statement(kReturn, SECCOMP_RET_ALLOW),
      statement(kReturn, kNotPermitted),
  };
  for (const long call : kAllowed) {
    filter.push_back(jump(kEqual, static_cast<unsigned>(call), 0, 1));
    filter.push_back(statement(kReturn, SECCOMP_RET_ALLOW));
  }
  filter.push_back(statement(kReturn, kNotPermitted));
  return filter;
}

}  // namespace

Status confine_process() {
  const bool limited = (kSanitized || set_limit(RLIMIT_AS, limits::kPictureProcessBytes)) &&
                       set_limit(RLIMIT_CPU, limits::kPictureSeconds) &&
                       set_limit(RLIMIT_FSIZE, 0) && set_limit(RLIMIT_CORE, 0) &&
                       set_limit(RLIMIT_NOFILE, 0);
  if (!limited)
    return fail(ErrorCode::internal, "limits");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return fail(ErrorCode::internal, "privileges");
  if (kSanitized)
    return {};
  std::vector<sock_filter> filter = make_filter();
  sock_fprog program{};
  program.len = static_cast<unsigned short>(filter.size());
  program.filter = filter.data();
  // TSYNC: threads that the library has begun already are held to it as well.
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
    return fail(ErrorCode::internal, "system calls");
  return {};
}

}  // namespace syncstore::adapters
