import { describe, expect, it } from '@jest/globals';
import { oldTags } from './remove-old-images.js';

const day = 24 * 60 * 60;
const now = 100 * day;
const image = (tag: string, age: number) => ({ RepoTags: [tag], Created: now - age });

describe('the images that a new one supersedes', () => {
  it('are those of its own name that are older than a day, and never itself', () => {
    const images = [
      image('stemma-runner/node:new', 2 * day),
      image('stemma-runner/node:old', 2 * day),
      image('stemma-runner/node:yesterday', day / 2),
      image('stemma-runner/python:old', 2 * day),
      image('postgres:17', 90 * day),
      { RepoTags: null, Created: 0 },
    ];
    expect(oldTags(images, 'stemma-runner/node:new', now * 1000)).toEqual(['stemma-runner/node:old']);
  });
});
