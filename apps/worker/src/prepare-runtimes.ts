import type { Logger } from '@stemma/observability';
import { type Runner, runtimes } from '@stemma/runner';

/** Builds the images ahead, so that no run waits for one. What cannot be made now is made, or refused, with the run. */
export async function prepareRuntimes(runner: Runner, log: Logger): Promise<void> {
  await lookAtEngine(runner, log);
  for (const runtime of runtimes) {
    try {
      const { imageDigest } = await runner.sandboxOf(runtime);
      log.info({ runtime, imageDigest }, 'the image is there');
    } catch (error) {
      log.warn({ err: error, runtime }, 'the image is not there yet; runs of this runtime wait');
    }
  }
}

async function lookAtEngine(runner: Runner, log: Logger): Promise<void> {
  try {
    const { version, faults, warnings } = await runner.checkEngine();
    for (const fault of faults)
      log.error({ fault }, 'the container engine does not hold a script as it should');
    for (const warning of warnings) log.warn({ warning }, 'the container engine lacks something');
    log.info({ version }, 'the container engine answers');
  } catch (error) {
    log.error({ err: error }, 'no container engine: runs wait until there is one');
  }
}
