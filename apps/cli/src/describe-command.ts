import type { Command } from 'commander';

interface Described {
  /** As commander takes them: `push <slug> <file>`. */
  readonly usage: string;
  readonly help: string;
  readonly examples: readonly (readonly [command: string, effect: string])[];
}

const showExamples = (examples: Described['examples']): string => {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, effect]) => `  ${command.padEnd(width)}  ${effect}`);
  return `\nExamples:\n${lines.join('\n')}`;
};

/** A command below `parent` with its help and its examples. */
export const describeCommand = (parent: Command, { usage, help, examples }: Described): Command =>
  parent.command(usage).description(help).addHelpText('after', showExamples(examples));

/** A group of commands. */
export const describeGroup = (parent: Command, name: string, help: string): Command =>
  parent.command(name).description(help);
