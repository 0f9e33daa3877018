// What started a task, in plain words: our own sentence, and everything that somebody else wrote as data.
import type { Event } from '../domain/event.ts'
import type { Gathered } from '../domain/task.ts'

/** Numbers, times and commit names stand in the sentence; names, titles and texts in the data. A text that came with a call is not among them. */
export function sayEvent(event: Event): { sentence: string; data: Gathered[] } {
  const { sentence, facts = {}, texts = [] } = wordsOf(event)
  const known = Object.entries({ ...facts, 'caused by': event.actor.login }).filter(([, value]) => value !== undefined)
  const lines = known.map(([name, value]) => `${name}: ${oneLine(String(value))}`)
  return {
    sentence: `${sentence} It was ${event.at} (UTC).`,
    data: [{ source: 'the event', text: lines.join('\n') }, ...texts.filter(one => one.text.trim() !== '')],
  }
}

interface Words {
  sentence: string
  facts?: Record<string, string | number | boolean | undefined>
  texts?: Gathered[]
}

function wordsOf(event: Event): Words {
  const { pull, issue, push, release, outcome } = event
  if (event.kind === 'schedule') return { sentence: scheduled(event) }
  if (event.kind === 'api') return { sentence: 'A program asked for it by the API.' }
  if (event.kind === 'manual') return { sentence: 'A person started it by hand.', ...about(event) }
  if (push) return ofPush(push)
  if (release)
    return {
      sentence: `A release was ${event.action}${release.prerelease ? ', a pre-release' : ''}.`,
      facts: { tag: release.tag, author: release.author.login, url: release.url },
      texts: [{ source: `release ${release.tag}`, text: `${release.title}\n\n${release.body}` }],
    }
  if (outcome)
    return {
      sentence: `${subjects[event.kind] ?? 'Something'} came to an end, or to a new state, at commit ${outcome.head.slice(0, 12)}.`,
      facts: { name: outcome.name, state: outcome.state, branch: outcome.branch, id: outcome.id, url: outcome.url },
    }
  if (pull || issue)
    return { sentence: `${verbs[event.kind] ?? 'Something happened to'} ${subjectOf(event)}.`, ...about(event) }
  if (event.merge) return { sentence: `A merge queue asks about commit ${event.merge.head.slice(0, 12)}.` }
  return { sentence: event.check ? 'Somebody asked for its check again.' : 'Somebody or something asked for it.' }
}

const subjects: Partial<Record<Event['kind'], string>> = {
  workflow_run: 'A run of a workflow',
  check_suite: 'A suite of checks',
  deployment_status: 'A deployment',
}

const verbs: Partial<Record<Event['kind'], string>> = {
  label: 'A label was put on',
  comment: 'A comment asked for it on',
  pull_request: 'Something happened to',
  issues: 'Something happened to',
}

function subjectOf({ pull, issue, number }: Event): string {
  return `${pull ? 'pull request' : 'issue'} ${pull?.number ?? issue?.number ?? number}`
}

function scheduled({ due }: Event): string {
  if (!due) return 'The clock started it.'
  const missed = due.missed > 0 ? `, and it stands for ${due.missed} earlier times that were missed` : ''
  return `The clock started it; it was due at ${due.at}${missed}.`
}

function ofPush(push: NonNullable<Event['push']>): Words {
  const what = push.tag === undefined ? 'a branch' : 'a tag'
  const from = /^0+$/.test(push.before) ? 'which is new' : `which was at ${push.before.slice(0, 12)} before`
  return {
    sentence: `A push moved ${what}, ${from}, to commit ${push.after.slice(0, 12)}${push.forced ? ', by force' : ''}.`,
    facts: { branch: push.branch, tag: push.tag, 'newest commit': push.title },
  }
}

function about(event: Event): Omit<Words, 'sentence'> {
  const { pull, issue, comment, action, label } = event
  const one = pull ?? issue
  if (!one) return {}
  return {
    facts: {
      what: action,
      label,
      author: one.author.login,
      state: one.state,
      labels: one.labels.join(', ') || undefined,
      base: pull?.base.ref,
      head: pull?.head.ref,
      url: one.url,
    },
    texts: [
      { source: subjectOf(event), text: `${one.title}\n\n${one.body}` },
      ...(comment ? [{ source: 'the comment', text: comment.body }] : []),
    ],
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500)
}
