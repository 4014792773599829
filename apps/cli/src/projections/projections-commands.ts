import type { Command } from 'commander';
import { describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { addBuildCommands } from './builds.js';
import { addControlCommands } from './control.js';
import { addLookingCommands } from './looking.js';
import { addParkedCommands } from './parked.js';

export function addProjectionsCommands(program: Command, perform: Perform): void {
  const projections = describeGroup(
    program,
    'projections',
    'Read models, for operators: look, prove, build anew. Acts as admin unless told otherwise.',
  );
  addLookingCommands(projections, perform);
  addBuildCommands(projections, perform);
  addControlCommands(projections, perform);
  addParkedCommands(projections, perform);
}
