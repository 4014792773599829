import { requireScript, requireVersion } from '../script/require-script.js';
import type { Script, ScriptState, Version } from '../script/script.state.js';
import { refuse } from '../shared/rejections.js';
import type { RunContext } from './run.events.js';

/**
 * Which version a run is of (R-A10, HAZARDS T15): production takes the active version of an enabled script and nothing
 * else; the sandbox takes the version that was named, or the newest.
 */
export function pinVersion(state: ScriptState, context: RunContext, number: number | null): Version {
  const script = requireScript(state);
  return context === 'production' ? activeVersion(script, number) : sandboxVersion(script, number);
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
  return requireVersion(script, number ?? script.versions.length);
}
