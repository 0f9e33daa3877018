// What starts a routine, in words that people read.
import type { Triggers } from '../domain/triggers.ts'
import { entriesOf, sayEntry } from './schedule.ts'

/** One phrase for each trigger, as the end of "is started by …". */
export function sayTriggers(on: Triggers): string[] {
  const { pull_request: pull, push, issues, label, release, workflow_run: workflow, check_suite: suite } = on
  const deployment = on.deployment_status
  return [
    ...(pull ? [`pull requests that are ${either(pull.types)}${filters(pull)}`] : []),
    ...(push ? [`pushes to ${either(pushed(push))}${filters(push, ['branches', 'tags'])}`] : []),
    ...(issues ? [`issues that are ${either(issues.types ?? ['opened', 'reopened'])}${filters(issues)}`] : []),
    ...(label ? [sayLabel(label)] : []),
    ...(on.comment ? ['`@watchbill review` in a comment'] : []),
    ...(release ? [`releases that are ${either(release.types ?? ['published'])}${filters(release)}`] : []),
    ...(workflow
      ? [
          `runs of ${named(workflow.workflows, 'any workflow')} that end in ${ends(workflow)}${filters(workflow, ['workflows'])}`,
        ]
      : []),
    ...(suite ? [`check suites of other apps that end in ${ends(suite)}${filters(suite)}`] : []),
    ...(deployment
      ? [
          `deployments to ${named(deployment.environments, 'any environment')} that reach ${either(deployment.states ?? ['success', 'failure'])}`,
        ]
      : []),
    ...(on.merge_group ? ['merge queues'] : []),
    ...entriesOf(on.schedule).map(entry => `the clock, ${sayEntry(entry)}`),
    ...(on.api ? ['the API'] : []),
  ]
}

/** Of types, what people call them otherwise. */
const words: Record<string, string> = { synchronize: 'pushed to', ready_for_review: 'marked as ready' }

function either(names: readonly string[]): string {
  const said = names.map(name => words[name] ?? name.replaceAll('_', ' '))
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} or ${said.at(-1)}`
}

function pushed({ branches, tags }: NonNullable<Triggers['push']>): string[] {
  const to = [...(branches ?? []).map(one => `\`${one}\``), ...(tags ?? []).map(one => `the tag \`${one}\``)]
  return to.length > 0 ? to : ['the default branch']
}

function sayLabel(label: NonNullable<Triggers['label']>): string {
  if (typeof label === 'string') return `the label \`${label}\``
  const on = label.on ? ` on ${either(label.on.map(one => (one === 'issue' ? 'an issue' : 'a pull request')))}` : ''
  return `the label \`${label.name}\`${on}`
}

function named(names: string[] | undefined, any: string): string {
  return names ? either(names.map(name => `\`${name}\``)) : any
}

function ends({ conclusions = ['failure'] }: { conclusions?: string[] | undefined }): string {
  return either(conclusions)
}

const kinds = ['types', 'conclusions', 'states']

/** That there are some, not what they say: the file has that. */
function filters(trigger: object, said: string[] = []): string {
  const keys = Object.keys(trigger).filter(key => ![...kinds, ...said].includes(key))
  return keys.length === 0 ? '' : ` (filters on ${keys.join(', ')})`
}
