'use strict';
// Runs a script of the runtime `node`: a function of (input, context) in an ES or CommonJS module, sync or async.
const { unlinkSync, writeFileSync } = require('node:fs');
const { Writable } = require('node:stream');
const { format } = require('node:util');
const {
  types,
  send,
  sendJson,
  sendError,
  sendResult,
  openArtifact,
  receiveRun,
  ...places
} = require('./frames.cjs');

const exit = process.exit.bind(process);
const SCRIPT = `${places.HOME}/script.js`;

/** What is printed becomes frames at once, in pieces that the protocol allows. */
function framesOf(type, fd) {
  const stream = new Writable({
    decodeStrings: true,
    highWaterMark: 0,
    write(bytes, _encoding, done) {
      for (let offset = 0; offset < bytes.length; offset += places.PIECE) {
        send(type, bytes.subarray(offset, offset + places.PIECE));
      }
      done();
    },
  });
  stream.fd = fd;
  stream._type = 'pipe';
  return stream;
}

function redirectOutput() {
  for (const [name, type, fd] of [
    ['stdout', types.stdout, 1],
    ['stderr', types.stderr, 2],
  ]) {
    let stream;
    Object.defineProperty(process, name, { configurable: true, get: () => (stream ??= framesOf(type, fd)) });
  }
}

const say =
  (level) =>
  (...words) =>
    sendJson(types.log, [level, format(...words).slice(0, 8192)]);

async function writeArtifact(name, data) {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data) && data?.[Symbol.asyncIterator] === undefined) {
    throw new TypeError('writeArtifact(name, data) takes text, bytes or a stream of them.');
  }
  const artifact = openArtifact(String(name));
  try {
    const pieces = typeof data === 'string' || ArrayBuffer.isView(data) ? [data] : data;
    for await (const piece of pieces) artifact.write(toBytes(piece));
  } catch (error) {
    artifact.drop();
    throw error;
  }
  artifact.end();
}

function toBytes(piece) {
  if (typeof piece === 'string') return Buffer.from(piece);
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

/** The worker looks at it again: this only tells the script at once, and where. */
function setVariable(declared, name, value) {
  const type = ['string', 'number', 'boolean'].includes(typeof value) ? typeof value : 'json';
  const wanted = declared === null ? type : Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (wanted === undefined) throw new TypeError(`setVariable: the version declares no variable ${name}.`);
  if (wanted !== 'json' && wanted !== type) {
    throw new TypeError(`setVariable: ${name} is declared as ${wanted} and cannot be a ${type}.`);
  }
  const json = JSON.stringify([String(name), value === undefined ? null : value], onlyJson);
  send(types.variable, Buffer.from(json));
}

function contextOf(run) {
  return Object.freeze({
    runId: run.runId,
    attempt: run.attempt,
    scriptSlug: run.scriptSlug,
    versionNumber: run.versionNumber,
    settings: run.settings,
    files: Object.freeze(Object.fromEntries(run.files.map((name) => [name, `${places.FILES}/${name}`]))),
    log: Object.freeze({ debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }),
    secrets: Object.freeze({ ...run.secrets }),
    setVariable: (name, value) => setVariable(run.variables, name, value),
    writeArtifact,
  });
}

function fail(kind, error) {
  sendError(kind, error);
  process.removeAllListeners('exit');
  exit(1);
}

/** A fault of the source itself has no place in it where it was thrown. */
const isParseError = (error) =>
  error instanceof SyntaxError && !/^\s+at .*\/tmp\/run\/script\.js:/m.test(error.stack);

/** The line that could not be parsed. Where the loader does not tell, a second Node that only parses does. */
function withPlace(error) {
  const { spawnSync } = require('node:child_process');
  const told = String(error.stack);
  const place = told.includes(SCRIPT)
    ? told
    : spawnSync(process.execPath, ['--check', SCRIPT], { encoding: 'utf8' }).stderr;
  const [line, source, marks] = place.split('\n');
  return { name: 'SyntaxError', message: error.message, stack: `${line}\n${source}\n${marks}` };
}

async function load(source) {
  writeFileSync(SCRIPT, source, { mode: 0o400 });
  try {
    return await import(SCRIPT);
  } catch (error) {
    return isParseError(error) ? fail('source-invalid', withPlace(error)) : fail('script-error', error);
  }
}

function findEntrypoint(module, name) {
  const found = module[name] ?? module.default?.[name];
  if (typeof found === 'function') return found;
  return fail('entrypoint-missing', {
    name: 'EntrypointMissing',
    message: `The script exports no function "${name}".`,
  });
}

/** JSON has no NaN and no infinity, no Map and no Set; silently turning them into null or {} would change a result. */
function onlyJson(key, value) {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`${key || 'The result'} is ${value}`);
  if (value instanceof Map || value instanceof Set)
    throw new TypeError(
      `${key || 'The result'} is a ${value instanceof Map ? 'Map' : 'Set'}, which is not JSON`,
    );
  return value;
}

const tooDeep = (error) =>
  error instanceof RangeError
    ? { name: 'ResultInvalid', message: 'The result is nested deeper than 400 levels.' }
    : error;

function toJson(value) {
  try {
    const json = JSON.stringify(value === undefined ? null : value, onlyJson);
    if (json === undefined) throw new TypeError(`A ${typeof value} is not JSON`);
    return json;
  } catch (error) {
    return fail('result-invalid', tooDeep(error));
  }
}

/** A container that is started ahead has the time to load what a script will need. */
async function warmUp() {
  for (const [index, source] of ['export {}', 'exports.warm = 1'].entries()) {
    const path = `/tmp/.warm-${index}.js`;
    writeFileSync(path, source);
    await import(path);
    unlinkSync(path);
  }
}

async function main() {
  if (process.argv[2] === 'warm') await warmUp();
  const run = receiveRun();
  redirectOutput();
  process.on('uncaughtException', (error) => fail('script-error', error));
  const entrypoint = findEntrypoint(await load(run.source), run.entrypoint);
  const value = await entrypoint(run.input, contextOf(run));
  sendResult(toJson(value), run.outputBytes);
  process.removeAllListeners('exit');
  exit(0);
}

main().catch((error) => fail('script-error', error));
