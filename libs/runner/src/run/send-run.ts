import type { Channel } from '../engine/channel.js';
import { encodeFrame } from '../protocol/frame.js';
import type { InputFile, RunSpec, Secrets } from '../run-spec.js';
import { RunnerFault } from '../runner-fault.js';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The `run` frame. Throws a `RunnerFault` (`spec-refused`) when the input is larger than its cap. */
export function encodeRun(spec: RunSpec, secrets: Secrets = {}): Buffer {
  const { runId, attempt, runtime, entrypoint, source, input, settings, files, limits, context } = spec;
  const { variables } = spec;
  const inputBytes = Buffer.byteLength(JSON.stringify(input));
  if (inputBytes > limits.inputBytes) {
    throw new RunnerFault(
      'spec-refused',
      `The input has ${inputBytes} bytes as JSON; at most ${limits.inputBytes} are allowed.`,
    );
  }
  const { outputBytes, artifactCount } = limits;
  const { scriptSlug, versionNumber } = context;
  const names = files.map(({ name }) => name);
  const about = { runId, attempt, runtime, scriptSlug, versionNumber, outputBytes, artifactCount };
  return encodeFrame(
    'run',
    json({ ...about, entrypoint, source, input, settings, variables, secrets, files: names }),
  );
}

/** Sends the run, its files, and `go`. From here on the script runs. */
export async function sendRun(channel: Channel, run: Buffer, files: readonly InputFile[]): Promise<void> {
  const go = encodeFrame('go');
  if (files.length === 0) return channel.write(Buffer.concat([run, go]));
  await channel.write(run);
  for (const file of files) await sendFile(channel, file);
  await channel.write(go);
}

async function sendFile(channel: Channel, file: InputFile): Promise<void> {
  await channel.write(encodeFrame('file', json({ name: file.name, size: file.size })));
  let left = file.size;
  for await (const chunk of file.open() as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) break;
    await channel.write(encodeFrame('bytes', chunk));
  }
  if (left !== 0) {
    throw new RunnerFault(
      'spec-refused',
      `The input file "${file.name}" does not have the ${file.size} bytes it claims.`,
    );
  }
}
