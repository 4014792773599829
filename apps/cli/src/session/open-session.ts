import { ConfigError, readConfig } from '@stemma/config';
import { usageFailure } from '../failure.js';
import type { GlobalOptions } from '../global-options.js';
import type { World } from '../world.js';
import { createPaint, type Paint, wantsColour } from '../show/paint.js';
import { findApiUrl } from './find-api-url.js';
import { findKey } from './find-key.js';
import { openPositionMemory } from './remember-position.js';
import { type Api, type ApiOptions, openApi } from './open-api.js';

/** How answers are shown to a person. */
export interface View {
  readonly paint: Paint;
  readonly now: Date;
}

/** What one command works with. */
export interface Session {
  readonly world: World;
  readonly globals: GlobalOptions;
  readonly view: View;
  readonly apiOptions: ApiOptions;
  readonly api: Api;
}

function settingsOf(world: World) {
  try {
    return readConfig(world.env);
  } catch (error) {
    if (error instanceof ConfigError) throw usageFailure(error.message);
    throw error;
  }
}

/** `usual`: whose credential is shown when nobody is named.
 *
 * @throws Failure when a setting cannot be used; a missing credential shows with the first call */
export function openSession(world: World, globals: GlobalOptions, usual: string): Session {
  const { apiUrl, apiKey, stateDir, port } = settingsOf(world);
  const address = findApiUrl({ flag: globals.url, setting: apiUrl, stateDir, port });
  const key = () => findKey({ name: globals.as, setting: apiKey, stateDir, usual });
  const apiOptions: ApiOptions = {
    address,
    key,
    memory: openPositionMemory(stateDir, address.url),
    idempotencyKey: globals.idempotencyKey,
    signal: world.signal,
    retries: 3,
  };
  const paint = createPaint(wantsColour(globals.color, world.env, world.stdout));
  const api = openApi(apiOptions);
  const view: View = {
    paint,
    /** When it is shown: a run that was followed has ended since the command began. */
    get now() {
      return world.now();
    },
  };
  return { world, globals, view, apiOptions, api };
}
