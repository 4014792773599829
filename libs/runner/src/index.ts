export type { ArtifactSink, ArtifactWriter, StoredArtifact } from './artifact-sink.js';
export { officialBases } from './image/dockerfile-image.js';
export type { BaseImages } from './image/dockerfile-image.js';
export type { HostPrograms } from './image/ensure-image.js';
export type { Json } from './json.js';
export { logLevels } from './log-entry.js';
export type { LogEntry, LogLevel, LogStream } from './log-entry.js';
export type { PoolOptions, PoolState } from './pool/pool-options.js';
export { openDockerRunner } from './open-docker-runner.js';
export type { DockerRunnerOptions } from './open-docker-runner.js';
export { defaultLimits } from './run-limits.js';
export type { RunLimits } from './run-limits.js';
export { failureReasons } from './run-outcome.js';
export type {
  Artifact,
  FailureReason,
  RunDurations,
  RunError,
  RunOutcome,
  RunVariable,
  RunVariableType,
  RunVerdict,
} from './run-outcome.js';
export { runtimes } from './run-spec.js';
export type { InputFile, RunContext, RunSpec, Runtime, Secrets } from './run-spec.js';
export { RunnerFault } from './runner-fault.js';
export type { RunnerFaultCode } from './runner-fault.js';
export type { EngineCheck, RunContainer, RunHooks, RunStart, Runner, Sandbox } from './runner.js';
