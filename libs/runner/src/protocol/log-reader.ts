import { z } from 'zod';
import { logLevels } from '../log-entry.js';
import type { LogEntry, LogLevel, LogStream } from '../log-entry.js';
import type { RunLimits } from '../run-limits.js';
import { Breach } from './breach.js';
import { createLineSplitter, maxLineCharacters } from './line-splitter.js';
import { parsePayload } from './parse-payload.js';
import type { Mask } from '../secrets/mask.js';
import { visibleText } from './visible-text.js';

/** A line before the clock has seen it. */
export type LogLine = Omit<LogEntry, 'at'>;

export interface LogReader {
  /** Bytes that the script printed. */
  printed(stream: 'stdout' | 'stderr', bytes: Buffer): readonly LogLine[];
  /** A frame `log`: what the script said through its context. */
  said(payload: Buffer): readonly LogLine[];
  /** Where in the script its error arose, for its author: the run itself tells the error alone. */
  traced(stack: string): readonly LogLine[];
  /** Lines that never ended. */
  end(): readonly LogLine[];
}

const saidForm = z.tuple([z.enum(logLevels), z.string()]);
const levelOf = { stdout: 'info', stderr: 'error' } as const satisfies Record<string, LogLevel>;

/** Turns what a script prints and says into lines, and counts them against the caps. */
export function createLogReader(limits: Pick<RunLimits, 'logBytes' | 'logLines'>, mask: Mask): LogReader {
  const masks = { stdout: mask.stream(), stderr: mask.stream() };
  const splitters = { stdout: createLineSplitter(), stderr: createLineSplitter() };
  let bytesLeft = limits.logBytes;
  let linesLeft = limits.logLines;

  function countBytes(count: number): void {
    bytesLeft -= count;
    if (bytesLeft < 0) throw new Breach('log-limit', `The log has more than ${limits.logBytes} bytes.`);
  }

  function toLines(stream: LogStream, level: LogLevel, messages: readonly string[]): readonly LogLine[] {
    linesLeft -= messages.length;
    if (linesLeft < 0) throw new Breach('log-limit', `The log has more than ${limits.logLines} lines.`);
    return messages.map((message) => ({ stream, level, message }));
  }

  return {
    printed: (stream, bytes) => {
      countBytes(bytes.length);
      return toLines(stream, levelOf[stream], splitters[stream].push(masks[stream].push(bytes)));
    },
    said: (payload) => {
      countBytes(payload.length);
      const [level, text] = parsePayload(saidForm, 'log', payload);
      return toLines('log', level, [
        visibleText(mask.text(text).slice(0, maxLineCharacters), { lines: true }),
      ]);
    },
    traced: (stack) =>
      linesLeft === 0 || !stack.includes('\n')
        ? []
        : toLines('stderr', 'error', [stack.trimEnd().slice(0, maxLineCharacters)]),
    end: () =>
      (['stdout', 'stderr'] as const).flatMap((stream) =>
        toLines(stream, levelOf[stream], [
          ...splitters[stream].push(masks[stream].end()),
          ...splitters[stream].end(),
        ]),
      ),
  };
}
