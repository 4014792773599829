import { createHash } from 'node:crypto';

/** A profile as the engine reads it. */
export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly { index: number; value: number; valueTwo?: number; op: string }[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const files = words(`
  access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
  fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fstat fstatfs
  fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lseek lstat mkdir mkdirat mknod mknodat
  newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat
  readv rename renameat renameat2 rmdir sendfile splice stat statfs statx symlink symlinkat sync_file_range tee
  truncate umask unlink unlinkat utime utimensat utimes write writev`);

const memory = words(`
  brk madvise membarrier mincore mlock mlock2 mmap mprotect mremap msync munlock munmap pkey_alloc pkey_free
  pkey_mprotect`);

const processes = words(`
  arch_prctl capget execve exit exit_group fork futex futex_waitv get_robust_list getcpu getegid geteuid getgid
  getgroups getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid
  kill prctl prlimit64 restart_syscall rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
  rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
  sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setscheduler
  sched_yield set_robust_list set_tid_address setpgid setpriority setrlimit setsid sigaltstack signalfd signalfd4
  sysinfo tgkill times tkill uname vfork wait4 waitid`);

const waiting = words(`
  alarm clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
  epoll_wait eventfd eventfd2 getitimer getrandom gettimeofday nanosleep pause pipe pipe2 poll ppoll pselect6 select
  setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
  timerfd_gettime timerfd_settime`);

/** Useful only on a socket, and only local sockets can be made. */
const sockets = words(`
  accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg
  sendto setsockopt shutdown`);

const localSockets = 1;
const addressFamilyNotSupported = 97;
const noSuchCall = 38;
/** CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const newNamespaces = 0x7e02_0080;

/**
 * What a script's process may ask of the kernel: a list of what Node, Python and a shell need, and nothing else. So
 * there is no ptrace, memfd, io_uring, mount, keyring, bpf, userfaultfd, perf, namespaces or module loading, and no
 * socket but a local one: the engine's own profile lets AF_VSOCK and AF_ALG by (HAZARDS D3).
 */
export const seccompProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  architectures: [process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64'],
  syscalls: [
    { names: [...files, ...memory, ...processes, ...waiting, ...sockets], action: 'SCMP_ACT_ALLOW' },
    {
      names: ['clone'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: newNamespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    // The flags of clone3 lie behind a pointer that a filter cannot follow; told that it does not exist, libc uses clone.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: noSuchCall },
    {
      names: ['socket', 'socketpair'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: localSockets, op: 'SCMP_CMP_EQ' }],
    },
    {
      names: ['socket', 'socketpair'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: addressFamilyNotSupported,
      args: [{ index: 0, value: localSockets, op: 'SCMP_CMP_NE' }],
    },
  ],
};

export const seccompJson = JSON.stringify(seccompProfile);

/** Names the profile in the log of a run: `sha256:…`. */
export const seccompHash = `sha256:${createHash('sha256').update(seccompJson).digest('hex')}`;
