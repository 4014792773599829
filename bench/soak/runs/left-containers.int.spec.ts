import { describe, expect, it } from '@jest/globals';
import { startDocker } from '@stemma/testing';
import Docker from 'dockerode';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { leftContainers } from './left-containers.js';

describe('the look for containers that runs left', () => {
  it('finds one that was planted, although it never ran, and not when it is gone', async () => {
    const { host } = await startDocker();
    const docker = new Docker({ socketPath: host.replace(/^unix:\/\//, '') });
    const emptyArchive = Readable.from([Buffer.alloc(1024)]);
    const Image = `stemma-planted:${randomUUID()}`;
    const [repo, tag] = Image.split(':');
    await text(await docker.importImage(emptyArchive, { repo, tag }));
    const name = `stemma-${randomUUID()}-1`;
    const container = await docker.createContainer({ name, Image, Cmd: ['/nothing'] });
    try {
      expect(await leftContainers(docker, 0)).toContain(`container /${name} is left`);
    } finally {
      await container.remove({ force: true });
      await docker.getImage(Image).remove();
    }
    expect((await leftContainers(docker, 0)).join()).not.toContain(name);
  });
});
