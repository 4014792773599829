import type Docker from 'dockerode';
import { statusOf } from '../engine/engine-fault.js';

/** Null when the engine has no such image. */
export async function digestOf(docker: Docker, tag: string): Promise<string | null> {
  try {
    return (await docker.getImage(tag).inspect()).Id;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
