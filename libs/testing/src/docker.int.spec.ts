import { describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { startDocker } from './index.js';

describe('a container engine for a spec', () => {
  it('is a real one that runs Linux containers', async () => {
    const { host } = await startDocker();
    const info = await new Promise<string>((resolve, reject) => {
      request({ socketPath: host.replace('unix://', ''), path: '/info' }, (response) => {
        text(response).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(info)).toMatchObject({ OSType: 'linux' });
  });
});
