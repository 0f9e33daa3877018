// `watchbill replay <event> <payload.json>`: which routines would answer, and why; nothing is asked, stored or done.
import { readFileSync } from 'node:fs'
import { readBuiltIns } from '../builtins.ts'
import type { Pull } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import { readEvent } from '../github/index.ts'
import { admit, loadConfiguration, matchRoutine, needsPaths, readCommand } from '../routines/index.ts'
import { configurationFiles } from './check.ts'
import { table } from './print.ts'

export interface Replayed {
  event: string
  /** `answers` is undefined where it depends on a fact the payload does not carry. */
  routines: { routine: string; answers: boolean | undefined; because: string }[]
}

/** Problems: `bad_input` when the file is no JSON or the delivery is one that nothing answers. */
export function replay(name: string, file: string, dir: string): Replayed {
  const payload = readPayload(file)
  const event = readEvent(
    { id: 'replay', name, payload, at: new Date(0).toISOString() },
    { appId: 0, names: ['watchbill'], readCommand },
  )
  if (!event)
    throw new Problem(
      'bad_input',
      `Nothing here answers ${name} deliveries of this kind, or the payload lacks what they carry.`,
    )
  const configuration = loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: [],
    repository: configurationFiles(dir),
  })
  return {
    event: `${event.kind} ${event.action}`,
    routines: configuration.routines.map(routine => {
      if (!event.pull)
        return {
          routine: routine.name,
          answers: undefined,
          because: 'The payload does not carry the pull request; the server asks GitHub for it.',
        }
      const match = matchRoutine(routine, event, {
        pull: event.pull satisfies Pull,
        paths: undefined,
        settings: configuration.settings,
      })
      // With a maintainer's permission, in a small installation, on the first run: what is left are the refusals that hold for everybody.
      const admitted = admit(event, {
        pull: event.pull,
        permission: 'write',
        installationSize: 1,
        settings: configuration.settings,
        automaticToday: 0,
        automaticEver: 0,
      })
      if (match.matched && !admitted.matched)
        return { routine: routine.name, answers: false, because: admitted.because }
      if (match.matched && needsPaths(routine))
        return {
          routine: routine.name,
          answers: undefined,
          because: `${match.because} The changed paths are not in the payload; the server asks GitHub for them.`,
        }
      return { routine: routine.name, answers: match.matched, because: match.because }
    }),
  }
}

export function showReplay({ event, routines }: Replayed): string {
  const word = (answers: boolean | undefined) => (answers === undefined ? 'depends' : answers ? 'answers' : 'does not')
  return `${event}\n${table(
    ['routine', '', 'why'],
    routines.map(one => [one.routine, word(one.answers), one.because]),
    'There are no routines.',
  )}`
}

function readPayload(file: string): unknown {
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
