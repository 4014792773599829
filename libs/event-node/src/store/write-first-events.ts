import { nodeEvent } from './apply-change.js';
import type { LogWriter } from './log-writer.js';

const FIRST_EVENTS = [
  { stream: '$$$node', type: '$metadata', json: '{"$maxCount":1000,"$acl":{"$r":"$all","$w":"$admins"}}' },
  { stream: '$node', type: '$nodeInitialised', json: '{"node":"stemma-event-node","format":1}' },
];

/** A real server's `$all` is never empty; neither is ours (HAZARDS E9). */
export async function writeFirstEvents(writer: LogWriter): Promise<void> {
  for (const { stream, type, json } of FIRST_EVENTS) {
    const events = [nodeEvent(type, Buffer.from(json))];
    await writer.submit({ stream, expected: 'no_stream', change: { kind: 'append', events } });
  }
}
