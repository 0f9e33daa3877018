// `watchbill replay <event> <payload.json>`: which routines would answer, and why; nothing is asked, stored or done.
import { existsSync, readFileSync } from 'node:fs'
import { readBuiltIns } from '../builtins.ts'
import type { Event } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { RepositorySettings, Routine } from '../domain/routine.ts'
import { answeredNames, missingFrom, readEvent } from '../github/index.ts'
import {
  admit,
  concerns,
  holdBack,
  loadConfiguration,
  matchRoutine,
  nearest,
  needsOf,
  readCommand,
} from '../routines/index.ts'
import { lacksOrigin } from '../runs/replay/unknown.ts'
import { configurationFiles } from './check.ts'
import { table } from './print.ts'

export interface Replayed {
  event: string
  /** `answers` is undefined where it depends on a fact the payload does not carry. */
  routines: { routine: string; answers: boolean | undefined; because: string }[]
}

/** Problems: `bad_input` when the file is no JSON, the delivery is one that nothing answers, or the payload lacks something; it is named. */
export function replay(name: string, file: string, dir: string): Replayed {
  const payload = readPayload(file)
  if (!answeredNames().includes(name)) throw new Problem('bad_input', noSuchEvent(name))
  const event = readEvent(
    { id: 'replay', name, payload, at: new Date(0).toISOString() },
    { appId: 0, names: ['watchbill'], readCommand },
  )
  if (!event) throw new Problem('bad_input', whyNone(name, payload, file))
  const configuration = loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: [],
    repository: configurationFiles(dir),
  })
  return {
    event: `${event.kind} ${event.action}`,
    routines: configuration.routines
      .filter(routine => concerns(routine, event))
      .map(routine => ({ routine: routine.name, ...meet(routine, event, configuration.settings) })),
  }
}

function noSuchEvent(name: string): string {
  const close = nearest(name, answeredNames())
  const hint = close ? `did you mean \`${close}\`?` : `these may start something: ${answeredNames().join(', ')}.`
  return `Nothing here answers ${name.slice(0, 60)} deliveries; ${hint}`
}

function whyNone(name: string, payload: unknown, file: string): string {
  const missing = missingFrom(name, payload)
  if (missing.length === 0)
    return `Nothing here answers ${name} deliveries of this kind, or a part of the payload in ${file} is not as GitHub documents it.`
  const keys = missing.map(key => `\`${key}\``).join(', ')
  const hint = missing.includes('installation')
    ? '; an App\'s own deliveries have `"installation": { "id": … }`, which samples in the docs leave out'
    : ''
  return `The payload in ${file} lacks ${keys}, which ${name} deliveries carry${hint}.`
}

function meet(
  routine: Routine,
  event: Event,
  settings: RepositorySettings,
): Omit<Replayed['routines'][number], 'routine'> {
  const { pull } = event
  if (!pull && event.number !== undefined && !event.issue && routine.kind === 'review')
    return {
      answers: undefined,
      because: 'The payload does not carry the pull request; the server asks GitHub for it.',
    }
  const match = matchRoutine(routine, event, { pull, paths: undefined, settings })
  if (!match.matched) return { answers: false, because: match.because }
  // With a maintainer's permission, in a small installation, on the first run: what is left are the refusals that hold for everybody.
  const maintainer = { pull, permission: 'admin' as const, searches: {} }
  const first = { ...maintainer, installationSize: 1, settings, automaticToday: 0, automaticEver: 0 }
  const admitted = admit(event, first, routine)
  if (!admitted.matched) return { answers: false, because: admitted.because }
  if (lacksOrigin(routine, event))
    return {
      answers: undefined,
      because: `${match.because} Whether the pull request comes from a fork is not in the payload; the server asks GitHub for it.`,
    }
  const { skip_if: _, only_if: __, ...gates } = routine.gates
  const held = holdBack({ ...routine, gates }, event, maintainer)
  if (!held.matched) return { answers: false, because: held.because }
  const { paths, searches } = needsOf(routine, event)
  const asked = [
    ...(paths ? ['The changed paths are not in the payload; the server asks GitHub for them.'] : []),
    ...searches.map(search => `The server asks GitHub what the search "${search}" finds.`),
  ]
  return asked.length > 0
    ? { answers: undefined, because: [match.because, ...asked].join(' ') }
    : { answers: true, because: match.because }
}

export function showReplay({ event, routines }: Replayed): string {
  const word = (answers: boolean | undefined) => (answers === undefined ? 'depends' : answers ? 'answers' : 'does not')
  return `${event}\n${table(
    ['routine', '', 'why'],
    routines.map(one => [one.routine, word(one.answers), one.because]),
    'No routine here answers such events.',
  )}`
}

function readPayload(file: string): unknown {
  if (!existsSync(file))
    throw new Problem('not_found', `There is no file ${file}; give the payload of a delivery as JSON.`)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Problem(
      'bad_input',
      `${file} can not be read as JSON (${cause instanceof Error ? cause.message : 'unreadable'}).`,
      { cause },
    )
  }
}
