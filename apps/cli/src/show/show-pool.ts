import type { Worker } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutTable } from './lay-out-table.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

/** A line for each runtime of each worker. */
export function showPool(workers: readonly Worker[], { paint, now }: View): string {
  if (workers.length === 0) return 'No worker has said anything: start one, or look whether Redis is there.';
  const rows = workers.flatMap((worker) => {
    const { workerId, at, alive, concurrency, executing, waiting } = worker;
    const seen = alive ? paint.green('alive') : paint.red(`silent since ${showTime(at, now)}`);
    const busy = `${executing.length} of ${concurrency}, ${waiting} wait`;
    const parts = worker.pool.map(({ runtime, target, ready, starting, hits, misses, fault }) => [
      plain(runtime),
      `${ready} of ${target}${starting > 0 ? `, ${starting} starting` : ''}`,
      `${hits} of ${hits + misses}`,
      fault === null ? '' : paint.red(onOneLine(fault)),
    ]);
    return (parts.length > 0 ? parts : [['–', 'off', '–', '']]).map((part, index) => [
      ...(index === 0 ? [plain(workerId), seen, busy] : ['', '', '']),
      ...part,
    ]);
  });
  return layOutTable(['worker', 'state', 'runs', 'runtime', 'warm', 'found warm', 'fault'], rows, paint);
}
