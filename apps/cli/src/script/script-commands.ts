import type { Command } from 'commander';
import { describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { addAuthoringCommands } from './authoring.js';
import { addLineageCommand } from './lineage.js';
import { addLogCommands } from './log.js';
import { addListingCommands } from './listing.js';
import { addPolicyCommand } from './policy.js';
import { addPruneCommand } from './prune.js';
import { addReadingCommands } from './reading.js';
import { addReviewCommands } from './review.js';
import { addStoryCommands } from './story.js';
import { addSwitchCommands } from './switching.js';
import { addTriggersCommand } from './triggers.js';

export function addScriptCommands(program: Command, perform: Perform): void {
  const script = describeGroup(program, 'script', 'Scripts and their versions.');
  addAuthoringCommands(script, perform);
  addReviewCommands(script, perform);
  addReadingCommands(script, perform);
  addStoryCommands(script, perform);
  addLogCommands(script, perform);
  addLineageCommand(script, perform);
  addSwitchCommands(script, perform);
  addListingCommands(script, perform);
  addTriggersCommand(script, perform);
  addPolicyCommand(script, perform);
  addPruneCommand(script, perform);
}
