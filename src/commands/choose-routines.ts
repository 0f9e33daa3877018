// Which routines a review by hand sends: those that are named, else those that answer a pull request with these paths.
import type { Change } from '../domain/change.ts'
import { Problem } from '../domain/problem.ts'
import type { Routine } from '../domain/routine.ts'
import { shunsPaths } from '../routines/index.ts'

/** `leftOut`: a sentence on those whose `on.pull_request.paths` no changed file matches. Problems: what is wrong with a name. */
export function chooseRoutines(
  routines: Routine[],
  names: string[],
  { files }: Pick<Change, 'files'>,
): { routines: Routine[]; leftOut?: string } {
  if (names.length > 0) return { routines: names.map(name => named(name, routines)) }
  const paths = files.flatMap(({ path, oldPath }) => (oldPath === undefined ? [path] : [oldPath, path]))
  const answering = routines.filter(routine => routine.on.pull_request && !routine.off)
  const out = answering.filter(routine => shunsPaths(routine, paths))
  if (out.length === 0) return { routines: answering }
  const each = out.map(({ name, on }) => `\`${name}\` (${on.pull_request?.paths?.join(', ')})`).join(', ')
  return {
    routines: answering.filter(routine => !out.includes(routine)),
    leftOut: `Left out, since their \`paths\` match no changed file: ${each}; \`--routine NAME\` sends one all the same.`,
  }
}

function named(name: string, routines: Routine[]): Routine {
  const routine = routines.find(one => one.name === name)
  if (!routine)
    throw new Problem(
      'not_found',
      `There is no routine called ${name}; there are ${routines.map(one => one.name).join(', ')}.`,
    )
  if (routine.kind === 'work')
    throw new Problem(
      'bad_input',
      `The routine ${name} does a task and reviews no change; \`watchbill run ${name} --repo OWNER/REPO\` starts it.`,
    )
  return routine
}
