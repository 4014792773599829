import { refuse } from '../shared/rejections.js';
import type { Secret, SecretState } from './secret.state.js';

export function requireSecret(state: SecretState): Secret {
  return state.exists
    ? state
    : refuse('secret-not-found', 'There is no such secret. GET /v1/secrets lists what there is.');
}
