import type { ArtifactWriter } from '../artifact-sink.js';
import type { Json } from '../json.js';
import type { Report } from '../protocol/conversation.js';
import type { ReportedFailure } from '../protocol/read-result.js';
import type { Artifact, RunVariable } from '../run-outcome.js';
import type { RunHooks } from '../runner.js';

/** What a container has reported, as far as it was delivered. */
export interface Delivered {
  readonly result: { readonly output: Json } | null;
  readonly failure: ReportedFailure | null;
  readonly heapExhausted: boolean;
  readonly artifacts: readonly Artifact[];
  readonly variables: readonly RunVariable[];
}

export interface Delivery {
  /** Rejects with what the sink or the reader of logs rejected with. */
  deliver(report: Report): Promise<void>;
  /** Drops the artifacts that were never finished. */
  finish(): Promise<Delivered>;
}

const heapDeath = 'JavaScript heap out of memory';

/** Passes on logs and artifacts in their order, waiting for each, and remembers the rest. */
export function createDelivery(hooks: Pick<RunHooks, 'sink' | 'onLog'>): Delivery {
  const open = new Map<number, { readonly name: string; readonly writer: ArtifactWriter }>();
  const artifacts: Artifact[] = [];
  const variables = new Map<string, RunVariable>();
  let result: Delivered['result'] = null;
  let failure: Delivered['failure'] = null;
  let heapExhausted = false;
  let lastAt = 0;

  async function finishOne(id: number, keep: boolean): Promise<void> {
    const found = open.get(id);
    if (found === undefined) return;
    open.delete(id);
    if (!keep) return found.writer.abort();
    const { size, sha256 } = await found.writer.close();
    artifacts.push({ name: found.name, size, sha256 });
  }

  async function deliver(report: Report): Promise<void> {
    switch (report.kind) {
      case 'log': {
        lastAt = Math.max(lastAt, Date.now());
        heapExhausted ||= report.line.stream === 'stderr' && report.line.message.includes(heapDeath);
        return hooks.onLog({ at: lastAt, ...report.line });
      }
      case 'artifact-open':
        open.set(report.id, { name: report.name, writer: await hooks.sink.open(report.name) });
        return;
      case 'artifact-bytes':
        return open.get(report.id)?.writer.write(report.bytes);
      case 'artifact-end':
        return finishOne(report.id, true);
      case 'artifact-drop':
        return finishOne(report.id, false);
      case 'variable':
        variables.set(report.variable.name, report.variable);
        return;
      case 'result':
        result = { output: report.output };
        return;
      case 'failure':
        failure = { reason: report.reason, error: report.error };
        return;
    }
  }

  async function finish(): Promise<Delivered> {
    for (const id of [...open.keys()]) await finishOne(id, false);
    return { result, failure, heapExhausted, artifacts, variables: [...variables.values()] };
  }

  return { deliver, finish };
}
