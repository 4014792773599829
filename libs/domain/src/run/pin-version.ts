import { requireScript, requireVersion } from '../script/require-script.js';
import type { Script, ScriptState, Version } from '../script/script.state.js';
import type { Actor } from '../shared/metadata.js';
import { refuse } from '../shared/rejections.js';
import type { RunContext } from './run.events.js';

/** What is asked for, and by what kind of actor. `number` null: whichever version the context takes. */
export interface WantedRun {
  readonly context: RunContext;
  readonly number: number | null;
  readonly by: Actor['kind'];
}

/**
 * Which version a run is of (R-A10, HAZARDS T15): production takes the active version of an enabled script and nothing
 * else; the sandbox takes the version that was named, or the newest. Pruned is pruned, also while its bytes still stand there.
 */
export function pinVersion(state: ScriptState, { context, number, by }: WantedRun): Version {
  const script = requireScript(state);
  if (context === 'sandbox') return sandboxVersion(script, number);
  requireItsCaller(script, by);
  return activeVersion(script, number);
}

/** R-C1: what is embedded is a part of services, and runs when one of them asks; whoever writes it tries it in the sandbox. */
function requireItsCaller({ slug, type }: Script, by: Actor['kind']): void {
  if (type !== 'embedded' || by === 'service') return;
  refuse(
    'services-only',
    `${slug} is embedded: services run it, with keys of theirs. Run it in the sandbox to try it.`,
    { type },
  );
}

function activeVersion(script: Script, number: number | null): Version {
  if (!script.enabled) {
    refuse('script-disabled', `${script.slug} is disabled. Enable it, or run a version in the sandbox.`);
  }
  if (script.active === null) {
    refuse(
      'no-active-version',
      `${script.slug} has no active version. Publish one, or run a draft in the sandbox.`,
    );
  }
  if (number !== null && number !== script.active) {
    refuse(
      'not-active',
      `Production runs the active version ${script.active}, not ${number}. Leave the version out, or run ${number} in the sandbox.`,
      { active: script.active },
    );
  }
  return requireVersion(script, script.active);
}

function sandboxVersion(script: Script, number: number | null): Version {
  if (script.versions.length === 0)
    refuse('version-not-found', `${script.slug} has no version yet. Save a draft first.`);
  const version = requireVersion(script, number ?? script.versions.length);
  if (version.pruned)
    refuse('content-pruned', `The content of version ${version.number} was pruned. Run another one.`);
  return version;
}
