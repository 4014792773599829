import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type CountedRuns, countRuns } from './counted-runs.fixtures.js';
import type { RunOutcome, Runner } from './index.js';
import { openTestRunner } from './runner.fixtures.js';

jest.setTimeout(30_000);
let runner: Runner;
let runs: CountedRuns;
beforeAll(async () => {
  runner = await openTestRunner();
  await Promise.all([runner.sandboxOf('node'), runner.sandboxOf('python')]);
  runs = await countRuns(runner);
}, 120_000);
afterAll(() => runner.close());

/** Fails when the host has anything after the run that it had not before it. */
const run: CountedRuns['run'] = (...row) => runs.run(...row);

const failed = (reason: string) => ({ status: 'failed', reason }) as Partial<RunOutcome>;
const python = async (source: string): Promise<unknown> => (await run('python', source)).outcome.output;

describe('D3 the kernel that a script sees', () => {
  it.concurrent(
    'has no sockets but local ones: no TCP, UDP, DNS, vsock, AF_ALG, no metadata address',
    async () => {
      const source = `
import socket
families = {'tcp': (2, 1), 'udp': (2, 2), 'tcp6': (10, 1), 'netlink': (16, 3), 'packet': (17, 3), 'alg': (38, 5), 'vsock': (40, 1), 'unix': (1, 1)}
def attempt(call):
    try: call(); return 'allowed'
    except OSError as error: return type(error).__name__ if isinstance(error, socket.gaierror) else error.errno
def run(input, context):
    found = {name: attempt(lambda: socket.socket(*kind)) for name, kind in families.items()}
    found['pair'] = attempt(lambda: socket.socketpair(1, 1))
    found['dns'] = attempt(lambda: socket.getaddrinfo('example.com', 80))
    found['metadata'] = attempt(lambda: socket.create_connection(('169.254.169.254', 80), 1))
    found['loopback'] = attempt(lambda: socket.create_connection(('127.0.0.1', 80), 1))
    return found`;
      const refused = 97;
      expect(await python(source)).toEqual({
        ...{
          tcp: refused,
          udp: refused,
          tcp6: refused,
          netlink: refused,
          packet: refused,
          alg: refused,
          vsock: refused,
        },
        ...{ unix: 'allowed', pair: 'allowed', dns: 'gaierror', metadata: refused, loopback: refused },
      });
    },
  );

  it.concurrent('has none of the calls that break out of sandboxes', async () => {
    const source = `
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x64 = dict(io_uring_setup=425, io_uring_enter=426, ptrace=101, process_vm_readv=310, memfd_create=319, memfd_secret=447,
  mount=165, umount2=166, pivot_root=155, chroot=161, unshare=272, setns=308, add_key=248, keyctl=250, bpf=321,
  userfaultfd=323, perf_event_open=298, open_by_handle_at=304, init_module=175, finit_module=313, kexec_load=246,
  setuid=105, setgid=106, capset=126, reboot=169, swapon=167, syslog=103, personality=135, acct=163, quotactl=179,
  fsopen=430, open_tree=428, move_mount=429, pidfd_open=434, pidfd_getfd=438, kcmp=312, shmget=29, msgget=68, semget=64)
arm64 = dict(io_uring_setup=425, io_uring_enter=426, ptrace=117, process_vm_readv=270, memfd_create=279, memfd_secret=447,
  mount=40, umount2=39, pivot_root=41, chroot=51, unshare=97, setns=268, add_key=217, keyctl=219, bpf=280,
  userfaultfd=282, perf_event_open=241, open_by_handle_at=265, init_module=105, finit_module=273, kexec_load=104,
  setuid=146, setgid=144, capset=91, reboot=142, swapon=224, syslog=116, personality=92, acct=89, quotactl=60,
  fsopen=430, open_tree=428, move_mount=429, pidfd_open=434, pidfd_getfd=438, kcmp=272, shmget=194, msgget=186, semget=190)
def run(input, context):
    calls = arm64 if platform.machine() == 'aarch64' else x64
    found = {}
    for name, number in calls.items():
        ctypes.set_errno(0)
        answer = libc.syscall(number, 0, 0, 0, 0, 0)
        if answer != -1 or ctypes.get_errno() not in (1, 38): found[name] = [answer, ctypes.get_errno()]
    return found`;
    expect(await python(source)).toEqual({});
  });

  it.concurrent('gives no new namespaces through clone, and no clone3', async () => {
    const source = `
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
clone = 220 if platform.machine() == 'aarch64' else 56
flags = dict(time=0x80, mount=0x20000, cgroup=0x2000000, uts=0x4000000, ipc=0x8000000, user=0x10000000, pid=0x20000000, net=0x40000000)
def attempt(number, flag):
    ctypes.set_errno(0)
    return [libc.syscall(number, flag | 17, 0, 0, 0, 0), ctypes.get_errno()]
def run(input, context):
    found = {name: attempt(clone, flag) for name, flag in flags.items()}
    found['clone3'] = attempt(435, 0)
    return found`;
    const no = [-1, 1];
    expect(await python(source)).toEqual({
      ...{ time: no, mount: no, cgroup: no, uts: no, ipc: no, user: no, pid: no, net: no },
      clone3: [-1, 38],
    });
  });

  it.concurrent('filters calls, gives no privileges and counts no capabilities', async () => {
    const source = `
def run(input, context):
    status = dict(line.rstrip('\\n').split(':\\t') for line in open('/proc/self/status') if ':\\t' in line)
    return {key: status[key].split('\\t')[0] for key in ('Seccomp', 'NoNewPrivs', 'CapEff', 'CapPrm', 'CapBnd', 'CapAmb', 'Uid', 'Gid', 'Groups')}`;
    const none = '0000000000000000';
    expect(await python(source)).toEqual({
      ...{ Seccomp: '2', NoNewPrivs: '1', CapEff: none, CapPrm: none, CapBnd: none, CapAmb: none },
      ...{ Uid: '10101', Gid: '10101', Groups: expect.stringMatching(/^(10101)? ?$/) },
    });
  });
});

describe('the files that a script sees', () => {
  it.concurrent('are read-only but for its own tmpfs, and none changes its user', async () => {
    const source = `
      for place in / /etc /usr /usr/local/bin /stemma /dev /proc /proc/sys/kernel /sys /sys/fs/cgroup /run /var; do
        touch "$place/x" 2>/dev/null && echo "wrote to $place"
      done
      find / -xdev -perm /6000 2>/dev/null
      touch /tmp/mine && echo mine`;
    expect((await run('shell', source)).lines).toEqual(['mine']);
  });

  it.concurrent('end where the tmpfs ends; a sparse file ends there, too', async () => {
    const source = `
      truncate -s 1T /tmp/sparse; echo "1 TB: $?"
      head -c 200000000 /dev/zero > /tmp/full 2>/dev/null; echo "200 MB: $?"
      rm /tmp/full; head -c 30000000 /dev/zero > /dev/shm/full 2>/dev/null; echo "shared memory: $?"`;
    const { lines } = await run('shell', source);
    expect(lines.filter((line) => line.includes(': '))).toEqual([
      '1 TB: 153',
      '200 MB: 1',
      'shared memory: 1',
    ]);
  });

  it.concurrent('are its own: it sees no process and no file of another run', async () => {
    const source = (word: string): string => `
      echo "${word}" > /tmp/marker-${word}; sleep 0.5
      for pid in /proc/[0-9]*; do cat $pid/cmdline $pid/environ 2>/dev/null; done | tr '\\0' '\\n' | grep 'm[a]rker'
      ls /tmp; ls /dev/shm`;
    const [one, two] = await Promise.all([run('shell', source('one')), run('shell', source('two'))]);
    expect([one.lines, two.lines]).toEqual([
      ['marker-one', 'run'],
      ['marker-two', 'run'],
    ]);
  });
});

describe('D10 the environment', () => {
  const reserved = {
    LD_PRELOAD: '/tmp/evil.so',
    NODE_OPTIONS: '--require /tmp/evil.js',
    PYTHONPATH: '/tmp',
    PATH: '/tmp',
  };
  const own = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOSTNAME: 'run',
    PWD: '/tmp',
  };

  it.concurrent.each([
    [
      'node',
      'export const run = (input, context) => ({ env: { ...process.env }, settings: context.settings })',
    ],
    ['python', 'import os\ndef run(i, c): return {"env": dict(os.environ), "settings": c.settings}'],
  ] as const)('of %s is ours, whatever the settings are called', async (runtime, source) => {
    const { outcome } = await run(runtime, source, { settings: reserved });
    expect(outcome.output).toEqual({ env: own, settings: reserved });
  });

  it.concurrent('of shell is ours, too, but for the places that the contract names', async () => {
    const { lines } = await run('shell', 'env', { settings: reserved });
    const found = lines.filter((line) => !/^(STEMMA_\w+|_|SHLVL|OLDPWD)=/.test(line));
    expect(found.sort()).toEqual(
      Object.entries(own)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
  });
});

describe('the limits', () => {
  it.concurrent(
    'D2 a child that was killed for memory fails the run, though the script ends with 0',
    async () => {
      const { outcome } = await run(
        'shell',
        'node -e "for (const all = [];;) all.push(Buffer.alloc(1e6, 1))"; exit 0',
      );
      expect(outcome).toMatchObject({ ...failed('out-of-memory'), exitCode: 0, oomKilled: true });
    },
  );

  it.concurrent('D9 exit code 0 of the script itself is its success', async () => {
    expect((await run('shell', 'exit 0')).outcome).toMatchObject({ status: 'completed', exitCode: 0 });
  });

  it.concurrent.each([1, 125, 126, 127, 137, 139, 143])(
    'D9 exit code %i of the script itself is a plain failure',
    async (code) => {
      expect((await run('shell', `exit ${code}`)).outcome).toMatchObject({
        ...failed('exit-code'),
        exitCode: code,
        oomKilled: false,
      });
    },
  );

  it.concurrent.each([
    [9, 137],
    [11, 139],
    [15, 143],
  ])('D9 signal %i by the script itself is a plain failure', async (signal, exitCode) => {
    const { outcome } = await run('python', `import os\ndef run(i, c): os.kill(os.getpid(), ${signal})`);
    expect(outcome).toMatchObject({ ...failed('exit-code'), exitCode, oomKilled: false });
  });

  it.concurrent('D9 a daemonised child ends with its run', async () => {
    const source = `
import os, time
def run(input, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(0.01); os.write(1, b'still here\\n')
        os._exit(0)
    return 'done'`;
    expect((await run('python', source)).outcome).toMatchObject({ status: 'completed', output: 'done' });
  });

  it.concurrent('bound open files and processor time', async () => {
    const source = `
import fs from 'node:fs';
export function run() {
  const open = [];
  try { for (;;) open.push(fs.openSync('/dev/null')); } catch (error) { open.push(error.code); }
  const from = process.cpuUsage(); const start = Date.now();
  while (Date.now() - start < 1000);
  const { user, system } = process.cpuUsage(from);
  return { files: open.length, last: open.at(-1), share: (user + system) / 1e6 };
}`;
    const { outcome } = await run('node', source, { limits: { milliCpus: 250 } });
    const output = outcome.output as { files: number; last: string; share: number };
    expect(output.last).toBe('EMFILE');
    expect(output.files).toBeLessThanOrEqual(1024);
    expect(output.share).toBeLessThan(0.5);
  });
});

describe('D8 the artifacts of a shell script', () => {
  const made = (what: string): string => `cd "$STEMMA_ARTIFACTS"; ${what}`;

  it.concurrent.each([
    ['a symbolic link to a file', 'ln -s /etc/passwd link'],
    ['a symbolic link to a directory', 'ln -s /etc dir'],
    ['a hard link', 'echo 1 > one; ln one two'],
    ['a FIFO', 'mkfifo pipe'],
    [
      'a socket',
      `node -e "require('net').createServer().listen('sock', () => process.kill(process.pid, 9))"; true`,
    ],
    [
      'a directory 1 000 deep',
      'deep=$(seq 1 1000 | sed s,.*,d, | tr "\\n" /); mkdir -p "$deep"; echo 1 > "${deep}file"',
    ],
    ['a name with a line end', "touch 'a\nb'"],
    ['a name with a backslash', "touch 'a\\\\b'"],
    ['a name that is an option', 'touch ./-rf'],
    ['a hidden name', 'touch .profile'],
  ])('refuse %s', async (_what, commands) => {
    const { outcome } = await run('shell', made(commands));
    expect(outcome).toMatchObject({ ...failed('artifact-refused'), error: { name: 'ArtifactRefused' } });
  });

  it.concurrent.each([
    ['100 000 files', 'seq 1 100000 | xargs touch'],
    ['sparse files of 60 MB', 'for i in 1 2 3 4 5; do truncate -s 60M $i; done'],
  ])('stop at %s', async (_what, commands) => {
    expect((await run('shell', made(commands))).outcome).toMatchObject(failed('artifact-limit'));
  });

  it.concurrent('can be no device, for none can be made', async () => {
    const source = `
import os, stat
def attempt(kind):
    try: os.mknod('/tmp/device', kind | 0o600, os.makedev(1, 3)); return 'made'
    except OSError as error: return error.errno
def run(input, context): return [attempt(stat.S_IFCHR), attempt(stat.S_IFBLK)]`;
    expect(await python(source)).toEqual([1, 1]);
  });

  it.concurrent('may be as deep as eight levels and have names of 255 bytes', async () => {
    const name = 'n'.repeat(255);
    const { outcome } = await run(
      'shell',
      made(`mkdir -p 1/2/3/4/5/6/7; echo deep > 1/2/3/4/5/6/7/8; echo long > ${name}`),
    );
    expect(outcome.status).toBe('completed');
    expect(outcome.artifacts.map((artifact) => artifact.name).sort()).toEqual(['1/2/3/4/5/6/7/8', name]);
  });
});

describe('D8 the artifacts that a script writes', () => {
  // Every odd name is in protocol/text.spec.ts; these two show that the rule is asked.
  it.concurrent.each(['../up', '/etc/passwd'])('refuse the name %j', async (name) => {
    const source = `export const run = (i, context) => context.writeArtifact(${JSON.stringify(name)}, 'x')`;
    expect((await run('node', source)).outcome).toMatchObject(failed('artifact-refused'));
  });

  it.concurrent('refuse a second one of the same name', async () => {
    const source = `def run(i, c):\n  c.write_artifact('a', '1')\n  c.write_artifact('a', '2')`;
    expect((await run('python', source)).outcome).toMatchObject({
      ...failed('artifact-refused'),
      artifacts: [{ name: 'a', size: 1 }],
    });
  });

  it.concurrent('stop at their caps of count and size', async () => {
    const many =
      'export async function run(i, c) { for (let n = 0; n < 1000; n += 1) await c.writeArtifact("a" + n, "") }';
    const large =
      'export async function run(i, c) { await c.writeArtifact("a", (function* () { for (;;) yield Buffer.alloc(1e6) })()) }';
    const wide = large.replace('(function*', '(async function*');
    const limits = { artifactCount: 5, artifactBytes: 10_000_000 };
    expect((await run('node', many, { limits })).outcome).toMatchObject({
      ...failed('artifact-limit'),
      artifacts: { length: 5 },
    });
    expect((await run('node', wide, { limits })).outcome).toMatchObject({
      ...failed('artifact-limit'),
      artifacts: [],
    });
  });

  it.concurrent('stream past the tmpfs and past memory', async () => {
    const source = `export const run = (i, c) => c.writeArtifact('large', (async function* () { for (let n = 0; n < 100; n += 1) yield Buffer.alloc(1e6) })())`;
    const { outcome } = await run('node', source, { limits: { tmpfsMb: 1, filesBytes: 1, memoryMb: 64 } });
    expect(outcome).toMatchObject({ status: 'completed', artifacts: [{ name: 'large', size: 100_000_000 }] });
  });
});

describe('the host after all of them', () => {
  it('is as it was before: containers, processes, control groups, files, mounts, networks, volumes, memory', async () => {
    expect(runs.count()).toBeGreaterThan(40);
    await runs.expectNothingLeft();
  });
});
