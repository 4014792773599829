import { findDockerHost, prepareDocker } from '@stemma/local/servers';
import { fileURLToPath } from 'node:url';
import { withSharedServer } from './shared-server.js';

/** Kept between runs: the runner images in it are rebuilt only when something changed. */
const imagesDir = fileURLToPath(new URL('../../../.cache/test-docker', import.meta.url));

/**
 * A real container engine as `DOCKER_HOST` names one (`unix:///…`): the machine's when it answers, else one that this
 * test run shares and that ends with it.
 */
export async function startDocker(): Promise<{ readonly host: string }> {
  const host = await findDockerHost();
  if (host !== undefined) return { host };
  const prepare = () => {
    const server = prepareDocker(imagesDir);
    return Promise.resolve({ server, facts: { host: server.url } });
  };
  return withSharedServer({ name: 'docker', prepare }, (facts) => Promise.resolve(facts));
}
