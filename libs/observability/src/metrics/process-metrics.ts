import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { RELEASE } from '../release.js';
import { createMetrics, type Metrics, NO_LABELS } from './create-metrics.js';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;
const RESOLUTION_MS = 20;

/** A registry with what every process tells of itself: release, CPU, memory, open files, how long its loop was held up. */
export function createProcessMetrics(process_: string): Metrics {
  const metrics = createMetrics();
  metrics
    .gauge({
      name: 'stemma_build_info',
      help: 'Which process of which release this is.',
      labels: ['process', 'release'],
    })
    .set({ process: process_, release: RELEASE }, 1);
  metrics
    .gauge({ name: 'process_start_time_seconds', help: 'When the process started, in Unix seconds.' })
    .set(NO_LABELS, Math.round(Date.now() / 1000 - process.uptime()));
  watchCpu(metrics);
  watchMemory(metrics);
  watchEventLoop(metrics);
  return metrics;
}

function watchCpu(metrics: Metrics): void {
  const cpu = metrics.counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, its own and that of the system for it.',
  });
  let told = 0;
  metrics.beforeTold(() => {
    const { user, system } = process.cpuUsage();
    const now = (user + system) / MICROSECONDS;
    cpu.add(NO_LABELS, now - told);
    told = now;
  });
}

function watchMemory(metrics: Metrics): void {
  const resident = metrics.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that the system gave the process.',
  });
  const heap = metrics.gauge({ name: 'nodejs_heap_used_bytes', help: 'Memory that JavaScript objects use.' });
  const files = metrics.gauge({ name: 'process_open_fds', help: 'Open files and sockets.' });
  metrics.beforeTold(() => {
    const { rss, heapUsed } = process.memoryUsage();
    resident.set(NO_LABELS, rss);
    heap.set(NO_LABELS, heapUsed);
  });
  metrics.beforeTold(async () => files.set(NO_LABELS, (await readdir('/proc/self/fd')).length));
}

/** A held-up loop is the first sign of a process that has too much to do (HAZARDS Q2). */
function watchEventLoop(metrics: Metrics): void {
  const lag = metrics.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late timers were since the last look, by quantile.',
    labels: ['quantile'],
  });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const late = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000) || 0;
  metrics.beforeTold(() => {
    lag.set({ quantile: '0.5' }, late(delay.percentile(50)));
    lag.set({ quantile: '0.99' }, late(delay.percentile(99)));
    lag.set({ quantile: '1' }, late(delay.max));
    delay.reset();
  });
}
