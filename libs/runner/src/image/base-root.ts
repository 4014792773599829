import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxUser } from '../sandbox/sandbox-user.js';
import { addDirectory, addFileAt, addHostTree, addMergedUsr, addText } from './image-root.js';
import type { ImageRoot } from './image-root.js';
import { harnessDirectory, harnessFiles, harnessHome } from './harness-files.js';
import { addLinked } from './shared-libraries.js';

/** What the launcher and the harnesses call; an image without one of them would not start. */
const needed = ['sh', 'cat', 'mkfifo', 'rm', 'timeout'];

/** What a `shell` script may expect besides, where the machine has it. Nothing that talks to a network or changes a user. */
const welcome = [
  ...['awk', 'base64', 'basename', 'bash', 'chmod', 'cmp', 'comm', 'cp', 'csplit', 'cut', 'date', 'dd', 'df'],
  ...[
    'diff',
    'dirname',
    'du',
    'echo',
    'egrep',
    'env',
    'expand',
    'expr',
    'false',
    'fgrep',
    'find',
    'fmt',
    'fold',
  ],
  ...[
    'grep',
    'gunzip',
    'gzip',
    'head',
    'hostname',
    'id',
    'join',
    'kill',
    'ln',
    'ls',
    'md5sum',
    'mkdir',
    'mktemp',
  ],
  ...['mv', 'nl', 'nproc', 'numfmt', 'od', 'paste', 'pr', 'printenv', 'printf', 'ps', 'pwd', 'readlink'],
  ...['realpath', 'rev', 'rmdir', 'sed', 'seq', 'sha1sum', 'sha256sum', 'sha512sum', 'shuf', 'sleep', 'sort'],
  ...[
    'split',
    'stat',
    'stty',
    'sum',
    'sync',
    'tac',
    'tail',
    'tar',
    'tee',
    'test',
    'touch',
    'tr',
    'true',
    'truncate',
  ],
  ...[
    'tsort',
    'tty',
    'uname',
    'unexpand',
    'uniq',
    'wc',
    'which',
    'whoami',
    'xargs',
    'yes',
    'zcat',
    'jq',
    'bc',
  ],
];

const programDirectories = ['/usr/bin', '/bin'];

/** The part that all images share: users, the harnesses, and the plain tools of a shell. */
export async function addBase(root: ImageRoot): Promise<void> {
  for (const path of ['/proc', '/sys', '/dev', '/tmp', '/etc']) addDirectory(root, path);
  await addMergedUsr(root);
  addUsers(root);
  const programs = [
    ...(await Promise.all(needed.map(findProgram))),
    ...(await Promise.all(welcome.map(lookUp))),
  ];
  await addLinked(
    root,
    programs.filter((path) => path !== null),
  );
  for (const name of harnessFiles)
    await addFileAt(root, `${harnessHome}/${name}`, join(harnessDirectory, name));
  await addHostTree(root, '/usr/lib/locale/C.utf8').catch(() => []);
}

/** Root and the script's user, and nobody else. */
export function addUsers(root: ImageRoot): void {
  const { name, uid, gid, home } = sandboxUser;
  addText(root, '/etc/passwd', `root:x:0:0:root:/:/bin/false\n${name}:x:${uid}:${gid}::${home}:/bin/sh\n`);
  addText(root, '/etc/group', `root:x:0:\n${name}:x:${gid}:\n`);
  addText(root, '/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
}

async function lookUp(name: string): Promise<string | null> {
  for (const directory of programDirectories) {
    const path = join(directory, name);
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

async function findProgram(name: string): Promise<string> {
  const path = await lookUp(name);
  if (path !== null) return path;
  throw new Error(`The program "${name}" is in none of ${programDirectories.join(', ')}.`);
}
