export { backOff, connectRedis, type RedisOptions, unsafeMemoryPolicy } from './connect-redis.js';
export { type LiveLine, type LiveNews, publishEnd, publishLines, readLive } from './live-log.js';
export { openRunConsumer, type RunConsumer, type RunConsumerOptions } from './run-consumer.js';
export { PREFIX, type RunJob, runJobId, runJobSchema } from './run-job.js';
export { openRunProducer, type RunProducer } from './run-producer.js';
export { type Presence, readPresence, sayAlive, sayGone } from './worker-presence.js';
