// Stage "read" of a work run: settings, agents, rules, the repositories beside, and what was to be gathered from GitHub.

import { wantsText } from '../../agents/index.ts'
import type { Rule } from '../../domain/plan.ts'
import type { Agent, RepositorySettings, Routine } from '../../domain/routine.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Gathered } from '../../domain/task.ts'
import { readConfiguration } from '../configuration/configuration.ts'
import type { ReviewPorts } from '../ports.ts'
import { type Beside, readBeside } from './beside.ts'
import { notesOf } from './read.ts'
import { readRules } from './rules.ts'

/** JSON-safe: it is stored as a stage of the run. */
export interface Task {
  settings: RepositorySettings
  agents: Agent[]
  rules: Rule[]
  beside: Beside[]
  gathered: Gathered[]
  /** Which prompts it is done with. */
  prompts: string
  /** Broken configuration files, what could not be gathered, what was not passed on: in words for the report. */
  notes: string[]
}

/** Throws the model's problem first, before anything is spent on a run that can not be done. */
export async function readTask(ports: ReviewPorts, run: WorkRun, routine: Routine): Promise<Task> {
  const noModel = ports.modelProblem()
  if (noModel) throw noModel
  const { repository, event } = run
  const { settings, agents, problems } = await readConfiguration(ports, repository)
  const { rules, notes: ofRules } = await readRules(ports.host, repository, repository.defaultBranch)
  const beside = await readBeside(ports, repository, routine.repositories)
  const gathered: Gathered[] = []
  const notes = [...notesOf(problems), ...ofRules, ...ofText(routine, event.text)]
  for (const what of routine.reads) {
    const found = await ports.host.gather(repository, what, event)
    gathered.push(...found.texts)
    notes.push(...found.notes)
  }
  return { settings, agents, rules, beside, gathered, prompts: ports.prompts, notes }
}

function ofText(routine: Routine, text: string | undefined): string[] {
  if (text === undefined || wantsText(routine)) return []
  return [
    `A text of ${text.length} characters came with it. The routine's instructions do not refer to it with \`{{text}}\`, so no agent was given it.`,
  ]
}
