import { Command } from 'commander';
import { addGlobalOptions, helpOption } from './global-options.js';
import { exitCodeMeanings } from './exit-codes.js';
import { addKeyCommands } from './identity/key-commands.js';
import { addPrincipalCommands } from './identity/principal-commands.js';
import { addTenantCommands } from './identity/tenant-commands.js';
import { addEventNodeCommand } from './local/event-node.js';
import { addLogCommands } from './local/log-commands.js';
import { addManualCommand } from './manual.js';
import type { Perform } from './perform.js';
import { addProjectionsCommands } from './projections/projections-commands.js';
import { addReviewCommand } from './review/review-command.js';
import { addRunCommand } from './run/request-run.js';
import { addBlobsCommands } from './run/blobs-commands.js';
import { addRunsCommands } from './run/runs-commands.js';
import { addScriptCommands } from './script/script-commands.js';
import { addSecretsCommands } from './secrets/secrets-commands.js';
import { addPoolCommand } from './workers/pool-command.js';
import { addSessionCommands } from './session/session-commands.js';

/** Where commander writes help and complaints. */
interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly columns: number;
}

const release = '0.1.0';

const codes = exitCodeMeanings
  .map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n');

/** Every command has options: saying so each time helps nobody. */
const termOf = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}…` : argument.name();
      return argument.required ? `<${name}>` : `[${name}]`;
    }),
  ].join(' ');

/** The whole tree of commands. It throws instead of ending the process. */
export function createProgram(perform: Perform, { out, err, columns }: Output): Command {
  const program = new Command('stemma')
    .description('Scripts as immutable versions, led from draft to active, run in containers.')
    .version(release, '-V, --version', 'print the release of this command line')
    .addHelpOption(helpOption)
    .configureHelp({ subcommandTerm: termOf })
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: () => undefined,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .addHelpText('after', `\nExit codes:\n${codes}`);
  addScriptCommands(program, perform);
  addReviewCommand(program, perform);
  addRunCommand(program, perform);
  addRunsCommands(program, perform);
  addBlobsCommands(program, perform);
  addProjectionsCommands(program, perform);
  addSecretsCommands(program, perform);
  addKeyCommands(program, perform);
  addPrincipalCommands(program, perform);
  addTenantCommands(program, perform);
  addPoolCommand(program, perform);
  addSessionCommands(program, perform);
  addEventNodeCommand(program, perform);
  addLogCommands(program, perform);
  addManualCommand(program, perform);
  addGlobalOptions(program);
  return program;
}
