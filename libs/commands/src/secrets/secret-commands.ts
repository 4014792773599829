import { describeSecretSchema, removeSecretSchema, type SecretEvent, setSecretSchema } from '@stemma/domain';
import { secretCommand, type SecretRequest } from '../define-command.js';

const ofSecret = ({ name }: SecretRequest<unknown>, events: readonly SecretEvent[]) => ({
  name,
  changed: events.length > 0,
});

/** Handled by hand (`set-secret.handler.ts`): the value is sealed before it is decided about. The answer knows no value. */
export const SetSecret = secretCommand({
  type: 'SetSecret',
  schema: setSecretSchema,
  answer: ({ name }, events) => {
    const set = events.find((event) => event.type === 'SecretSet');
    const { version, description = null, sandbox } = set?.data ?? {};
    return { name, version, description, sandbox };
  },
});

export const DescribeSecret = secretCommand({
  type: 'DescribeSecret',
  schema: describeSecretSchema,
  answer: ofSecret,
});

/** Handled by hand (`remove-secret.handler.ts`): its data key goes first. */
export const RemoveSecret = secretCommand({
  type: 'RemoveSecret',
  schema: removeSecretSchema,
  answer: ofSecret,
});

/** Those whose handler is made by `handlerOf`. */
export const plainSecretCommands = [DescribeSecret];
