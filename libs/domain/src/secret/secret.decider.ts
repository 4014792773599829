import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { type DescribeSecret, describeSecret } from './describe-secret.js';
import { type RemoveSecret, removeSecret } from './remove-secret.js';
import type { SecretEvent } from './secret.events.js';
import { evolveSecret, noSecret, type SecretState } from './secret.state.js';
import { type SetSecret, setSecret } from './set-secret.js';

export type SecretCommand = SetSecret | DescribeSecret | RemoveSecret;

export const secretDecider: Decider<SecretState, SecretCommand, SecretEvent, Meta> = {
  initial: noSecret,
  evolve: evolveSecret,
  decide,
};

function decide(state: SecretState, command: SecretCommand): readonly SecretEvent[] {
  switch (command.type) {
    case 'SetSecret':
      return setSecret(state, command);
    case 'DescribeSecret':
      return describeSecret(state, command);
    case 'RemoveSecret':
      return removeSecret(state, command);
  }
}
