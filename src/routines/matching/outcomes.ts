// The triggers on what ended: workflow runs, check suites, deployments; and on merge queues.
import type { Event } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, unless } from './answer.ts'
import { nameFails, quoted, textFails, wordFails } from './filters.ts'

type On = Routine['on']
const unknown = no('What ended is not known.')

export function matchWorkflow(trigger: NonNullable<On['workflow_run']>, { outcome }: Event): Match {
  if (!outcome) return unknown
  const { workflows } = trigger
  const failed = [
    ...wordFails('conclusions', trigger.conclusions ?? ['failure'], outcome.state),
    ...(workflows && !workflows.includes(outcome.name)
      ? [`workflows: "${outcome.name}" is not one of ${quoted(workflows)}.`]
      : []),
    ...nameFails('branches', trigger.branches, outcome.branch),
  ]
  return unless(failed, `The workflow "${outcome.name}" ended with ${outcome.state}.`)
}

export function matchSuite(trigger: NonNullable<On['check_suite']>, { outcome }: Event): Match {
  if (!outcome) return unknown
  const failed = [
    ...wordFails('conclusions', trigger.conclusions ?? ['failure'], outcome.state),
    ...textFails('app', trigger.app, outcome.name, true),
    ...nameFails('branches', trigger.branches, outcome.branch),
  ]
  return unless(failed, `The checks of ${outcome.name} ended with ${outcome.state}.`)
}

export function matchDeployment(trigger: NonNullable<On['deployment_status']>, { outcome }: Event): Match {
  if (!outcome) return unknown
  const failed = [
    ...wordFails('states', trigger.states ?? ['success', 'failure'], outcome.state),
    ...nameFails('environments', trigger.environments, outcome.name),
  ]
  return unless(failed, `The deployment to ${outcome.name} is "${outcome.state}".`)
}

export function matchQueue(trigger: NonNullable<On['merge_group']>, { merge }: Event): Match {
  if (!merge) return no('The merge queue is not known.')
  const base = merge.baseRef.replace(/^refs\/heads\//, '')
  return unless(
    trigger === true ? [] : nameFails('branches', trigger.branches, base),
    `The merge queue of ${base} asks for checks.`,
  )
}
