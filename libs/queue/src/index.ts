export { backOff, connectRedis, type RedisOptions, unsafeMemoryPolicy } from './connect-redis.js';
export { type LiveLine, publishLines, publishNews, readLines } from './live-log.js';
export { type Heard, type LogNews, openLogNews, type RunWatch } from './log-news.js';
export { openRunConsumer, type RunConsumer, type RunConsumerOptions } from './run-consumer.js';
export { PREFIX, type RunJob, runJobId, runJobSchema } from './run-job.js';
export { type FoundJob, type HeldJob, openRunProducer, QueueAway, type RunProducer } from './run-producer.js';
export { type Presence, readPresence, sayAlive, sayGone } from './worker-presence.js';
export { callWorkers, hearCalls } from './worker-calls.js';
export {
  dropReport,
  readReports,
  sayReport,
  type WorkerReport,
  workerReportSchema,
} from './worker-report.js';
