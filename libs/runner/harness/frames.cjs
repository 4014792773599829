'use strict';
// The harness's side of the protocol (docs/adr/0007). Everything is synchronous: a full pipe slows the script down
// instead of filling its memory, and a frame is out before the next line of the script runs.
const { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync, chmodSync } = require('node:fs');

const INPUT = 3;
const OUTPUT = 4;
const HEADER = 5;
const PIECE = 64 * 1024;

const types = {
  run: 0x01,
  file: 0x02,
  bytes: 0x03,
  go: 0x04,
  ping: 0x05,
  ready: 0x81,
  pong: 0x82,
  stdout: 0x83,
  stderr: 0x84,
  log: 0x85,
  artifact: 0x86,
  artifactBytes: 0x87,
  artifactEnd: 0x88,
  artifactDrop: 0x89,
  result: 0x8a,
  error: 0x8b,
  variable: 0x8c,
};

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Runs a system call that may answer "later". */
function insist(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function writeWhole(bytes) {
  for (let offset = 0; offset < bytes.length;) {
    offset += insist(() => writeSync(OUTPUT, bytes, offset, bytes.length - offset));
  }
}

function send(type, payload = Buffer.alloc(0)) {
  const frame = Buffer.allocUnsafe(HEADER + payload.length);
  frame[0] = type;
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, HEADER);
  writeWhole(frame);
}

const sendJson = (type, value) => send(type, Buffer.from(JSON.stringify(value)));

function readExactly(length) {
  const bytes = Buffer.allocUnsafe(length);
  for (let offset = 0; offset < length;) {
    const count = insist(() => readSync(INPUT, bytes, offset, length - offset, null));
    if (count === 0) process.exit(70);
    offset += count;
  }
  return bytes;
}

function readFrame() {
  const header = readExactly(HEADER);
  return { type: header[0], payload: readExactly(header.readUInt32BE(1)) };
}

const HOME = '/tmp/run';
const FILES = `${HOME}/files`;

function receiveFile({ name, size }) {
  const fd = openSync(`${FILES}/${name}`, 'wx', 0o400);
  for (let left = size; left > 0;) {
    const { type, payload } = readFrame();
    if (type !== types.bytes || payload.length > left) process.exit(71);
    for (let offset = 0; offset < payload.length;) offset += writeSync(fd, payload, offset);
    left -= payload.length;
  }
  closeSync(fd);
}

/** Waits for the script: answers pings, takes the run and its files, and returns at `go`. */
function receiveRun() {
  try {
    unlinkSync('/tmp/.input');
  } catch {
    // The launcher of another image may keep no name for its pipe.
  }
  sendJson(types.ready, { protocol: 1 });
  let run;
  for (;;) {
    const { type, payload } = readFrame();
    if (type === types.ping) send(types.pong, payload);
    else if (type === types.run) {
      run = JSON.parse(payload);
      mkdirSync(FILES, { recursive: true, mode: 0o700 });
    } else if (type === types.file) receiveFile(JSON.parse(payload));
    else if (type === types.go) break;
    else process.exit(71);
  }
  chmodSync(FILES, 0o500);
  closeSync(INPUT);
  return run;
}

const text = (value, length) => String(value).slice(0, length);

/** Without the frames of Node and of the harness, which are not the script's. */
const ownStack = (stack) =>
  String(stack)
    .split('\n')
    .filter((line) => !/^\s+at .*(\(|\s)(node:internal|\/stemma\/)/.test(line))
    .join('\n');

/** Tells why the script failed; `kind` is one of the runner's failure reasons. */
function sendError(kind, error) {
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  sendJson(types.error, {
    kind,
    name: text((isError && error.name) || 'Error', 200),
    message: text(isError ? error.message : error, 8192),
    ...(isError && error.stack ? { stack: text(ownStack(error.stack), 16384) } : {}),
  });
}

/** Sends the result, or says what is wrong with it. */
function sendResult(json, outputBytes) {
  const bytes = Buffer.from(json);
  if (bytes.length > outputBytes) {
    sendError('output-limit', {
      name: 'ResultTooLong',
      message: `The result has ${bytes.length} bytes as JSON; at most ${outputBytes} are allowed.`,
    });
  } else send(types.result, bytes);
}

let lastArtifact = 0;

function withId(id, bytes = Buffer.alloc(0)) {
  const payload = Buffer.allocUnsafe(4 + bytes.length);
  payload.writeUInt32BE(id, 0);
  payload.set(bytes, 4);
  return payload;
}

/** Opens an artifact; bytes of any length may be written to it until `end` or `drop`. */
function openArtifact(name) {
  const id = (lastArtifact += 1);
  sendJson(types.artifact, [id, name]);
  return {
    write(bytes) {
      for (let offset = 0; offset < bytes.length; offset += PIECE) {
        send(types.artifactBytes, withId(id, bytes.subarray(offset, offset + PIECE)));
      }
    },
    end: () => send(types.artifactEnd, withId(id)),
    drop: () => send(types.artifactDrop, withId(id)),
  };
}

module.exports = {
  types,
  send,
  sendJson,
  sendError,
  sendResult,
  openArtifact,
  receiveRun,
  HOME,
  FILES,
  PIECE,
};
