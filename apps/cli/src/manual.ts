import type { Command } from 'commander';
import { describeCommand } from './describe-command.js';
import type { Perform } from './perform.js';

const COLUMNS = 100;

/** The help of one command, as a terminal of 100 columns without colours shows it. */
function helpOf(command: Command): string {
  const lines: string[] = [];
  command.configureOutput({
    writeOut: (text) => lines.push(text),
    getOutHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return lines.join('').trimEnd();
}

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

const sectionsOf = (command: Command): readonly string[] => [
  `## ${fullName(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  ...command.commands.filter((child) => child.name() !== 'help').flatMap(sectionsOf),
];

const preface = `# The command line

\`stemma\` is the hand tool of people and operators. In this repository it is called as \`npm run -s stemma -- <command>\`.
It speaks to the API over HTTP as the person whose credential it shows; \`--as reviewer\` takes the credential that
\`npm start\` wrote to \`.stemma/credentials/reviewer\`. What you changed you see: the position of your last change is kept
in \`.stemma/cli-positions.json\`, and queries wait until the read models have reached it.

This page is made by \`npm run -s stemma -- manual > docs/cli.md\`; do not edit it by hand.`;

/** The whole of docs/cli.md. */
const manualOf = (program: Command): string => [preface, ...sectionsOf(program)].join('\n\n');

export function addManualCommand(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'manual',
    help: 'Print the help of all commands as one page of Markdown.',
    examples: [['stemma manual > docs/cli.md', 'how that page is made']],
  }).action(
    perform(async () => {
      const page = manualOf(program);
      return Promise.resolve({ data: { page }, text: () => page });
    }),
  );
}
