'use strict';
// Runs a script of the runtime `shell` with /bin/sh. Its input is on stdin and in $STEMMA_INPUT; its result is the JSON in
// the file $STEMMA_RESULT; its artifacts are the files in the directory $STEMMA_ARTIFACTS.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { Socket } = require('node:net');
const { constants } = require('node:os');
const {
  types,
  send,
  sendError,
  sendResult,
  openArtifact,
  receiveRun,
  HOME,
  FILES,
  PIECE,
} = require('./frames.cjs');

const ARTIFACTS = `${HOME}/artifacts`;
const INPUT = `${HOME}/input.json`;
const SETTINGS = `${HOME}/settings.json`;
const SECRETS = `${HOME}/secrets.json`;
const VARIABLES = `${HOME}/variables.json`;
const RESULT = `${HOME}/result.json`;
const SCRIPT = `${HOME}/script.sh`;
const DEEPEST = 8;

const NO_ENTRYPOINT = '/tmp/.no-entrypoint';

/** A script may define `run` as a function, or just be a list of commands; an entrypoint of another name has to be there. */
const START = `. "$0" || exit; case "$(type "$STEMMA_ENTRYPOINT" 2>/dev/null)" in *function*) "$STEMMA_ENTRYPOINT" ;;
*) [ "$STEMMA_ENTRYPOINT" = run ] || { : > ${NO_ENTRYPOINT}; exit 127; } ;; esac`;

function spawnScript(run) {
  fs.mkdirSync(ARTIFACTS, { mode: 0o700 });
  fs.writeFileSync(INPUT, JSON.stringify(run.input), { mode: 0o400 });
  fs.writeFileSync(SETTINGS, JSON.stringify(run.settings), { mode: 0o400 });
  fs.writeFileSync(SECRETS, JSON.stringify(run.secrets), { mode: 0o400 });
  fs.writeFileSync(SCRIPT, run.source, { mode: 0o400 });
  const output = [openPipe('/tmp/.stdout', types.stdout), openPipe('/tmp/.stderr', types.stderr)];
  const child = spawn('/bin/sh', ['-c', START, SCRIPT], {
    stdio: [fs.openSync(INPUT, 'r'), ...output.map(({ writeEnd }) => writeEnd)],
    env: {
      ...process.env,
      STEMMA_RUN_ID: run.runId,
      STEMMA_ENTRYPOINT: run.entrypoint,
      STEMMA_ATTEMPT: String(run.attempt),
      STEMMA_SCRIPT: run.scriptSlug,
      STEMMA_VERSION: String(run.versionNumber),
      STEMMA_INPUT: INPUT,
      STEMMA_SETTINGS: SETTINGS,
      STEMMA_SECRETS: SECRETS,
      STEMMA_VARIABLES: VARIABLES,
      STEMMA_FILES: FILES,
      STEMMA_ARTIFACTS: ARTIFACTS,
      STEMMA_RESULT: RESULT,
    },
  });
  for (const { writeEnd } of output) fs.closeSync(writeEnd);
  return { child, printed: Promise.all(output.map((pipe) => pipe.ended)) };
}

/** A pipe with a name, because what Node makes for its children are sockets, and `> /dev/stderr` cannot open those. */
function openPipe(path, type) {
  const readEnd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  const writeEnd = fs.openSync(path, 'w');
  fs.unlinkSync(path);
  const stream = new Socket({ fd: readEnd, readable: true, writable: false });
  stream.on('data', (bytes) => {
    for (let offset = 0; offset < bytes.length; offset += PIECE) {
      send(type, bytes.subarray(offset, offset + PIECE));
    }
  });
  return { writeEnd, ended: new Promise((resolve) => stream.on('close', resolve)) };
}

/** The script's exit code, when all that it printed has been sent. Children that it left behind end with it. */
function ended({ child, printed }) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      killTheRest();
      printed.then(() => resolve(code ?? 128 + constants.signals[signal]));
    });
  });
}

/** Everybody but this process and the first one, so that nobody changes the files while they are read. */
function killTheRest() {
  try {
    process.kill(-1, 'SIGKILL');
  } catch {
    // There was nobody else.
  }
}

/** The file's descriptor, if it is one plain file and nothing else: no link, pipe, device or second name. */
function openPlain(path) {
  const fd = openUnfollowed(path);
  const found = fs.fstatSync(fd);
  if (found.isFile() && found.nlink === 1) return fd;
  fs.closeSync(fd);
  throw new Error(NOT_PLAIN);
}

const NOT_PLAIN = 'it is not a plain file with one name';

function openUnfollowed(path) {
  try {
    return fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    throw error.code === 'ELOOP' ? new Error(NOT_PLAIN) : error;
  }
}

function sendArtifact(name, path) {
  const fd = openPlain(path);
  const artifact = openArtifact(name);
  const piece = Buffer.allocUnsafe(PIECE);
  for (let count; (count = fs.readSync(fd, piece, 0, PIECE, null)) > 0;)
    artifact.write(piece.subarray(0, count));
  artifact.end();
  fs.closeSync(fd);
}

class Refused extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
    this.name = kind.replace(/(^|-)(.)/g, (_all, _hyphen, letter) => letter.toUpperCase());
  }
}

/** Entries in their order by name, one at a time: a directory of any size costs no memory here. */
function* entriesBelow(directory, prefix, depth) {
  const handle = fs.opendirSync(directory);
  for (let entry; (entry = handle.readSync()) !== null;) {
    const name = prefix + entry.name;
    const path = `${directory}/${entry.name}`;
    if (!fs.lstatSync(path).isDirectory()) yield { name, path };
    else if (depth === DEEPEST)
      throw new Refused('artifact-refused', `"${name}" is nested deeper than ${DEEPEST} levels.`);
    else yield* entriesBelow(path, `${name}/`, depth + 1);
  }
  handle.closeSync();
}

function sendArtifacts(run) {
  let count = 0;
  for (const { name, path } of entriesBelow(ARTIFACTS, '', 1)) {
    count += 1;
    if (count > run.artifactCount) {
      throw new Refused('artifact-limit', `The run wrote more than ${run.artifactCount} artifacts.`);
    }
    try {
      sendArtifact(name, path);
    } catch (error) {
      throw new Refused('artifact-refused', `The artifact "${name}" was refused: ${error.message}`);
    }
  }
}

/** The members of the JSON object in $STEMMA_VARIABLES, if the script wrote one. */
function sendVariables(mostBytes) {
  const json = readJson(VARIABLES, '$STEMMA_VARIABLES', mostBytes);
  const found = json === null ? {} : JSON.parse(json);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Refused('variable-refused', '$STEMMA_VARIABLES is not a JSON object.');
  }
  for (const pair of Object.entries(found)) send(types.variable, Buffer.from(JSON.stringify(pair)));
}

const readResult = (outputBytes) => readJson(RESULT, '$STEMMA_RESULT', outputBytes) ?? 'null';

function readJson(path, name, outputBytes) {
  let fd;
  try {
    fd = openPlain(path);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw new Refused('result-invalid', `${name} could not be read: ${error.message}`);
  }
  if (fs.fstatSync(fd).size > outputBytes) {
    throw new Refused('output-limit', `${name} has more than ${outputBytes} bytes.`);
  }
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(fd));
    JSON.parse(json);
    return json;
  } catch (error) {
    const why = error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'its bytes are no UTF-8' : error.message;
    throw new Refused('result-invalid', `${name} is not JSON: ${why}`);
  }
}

async function main() {
  const run = receiveRun();
  const code = await ended(spawnScript(run));
  try {
    if (code === 127 && fs.existsSync(NO_ENTRYPOINT))
      throw new Refused('entrypoint-missing', `The script defines no function "${run.entrypoint}".`);
    if (code === 0) {
      sendArtifacts(run);
      sendVariables(run.outputBytes);
      sendResult(readResult(run.outputBytes), run.outputBytes);
    }
  } catch (error) {
    sendError(error.kind ?? 'script-error', error);
    process.exit(1);
  }
  process.exit(code);
}

main();
