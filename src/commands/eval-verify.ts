// One pull request of a data set, its labelled comments alone: each as a claim of its own before the same judge, without finders.
import { lookTools, planReview } from '../agents/index.ts'
import { readWords } from '../builtins.ts'
import { readFile } from '../claude/index.ts'
import { inLanes } from '../domain/lanes.ts'
import { Problem } from '../domain/problem.ts'
import type { Routine } from '../domain/routine.ts'
import { type Answered, claimOf, type Labelled } from '../evaluation/index.ts'
import { judge } from '../judge/index.ts'
import { rememberInProcess } from '../runs/journal.ts'
import { wordsFor } from '../runs/words.ts'
import type { Measuring, Outcome } from './eval-review.ts'

/** Labelled comments side by side. */
const atOnce = 4

/** Problem `unavailable` when no verifier answered at all. */
export async function measureVerifier(asking: Measuring): Promise<Outcome> {
  const { settings, item, checkout, configuration, signal } = asking
  const routines = configuration.routines.filter(routine => routine.on.pull_request && !routine.off).map(withoutFloor)
  const change = await checkout.change()
  const { agents, settings: repository } = configuration
  const plan = planReview({ change, settings: repository, routines, agents, serverRunUsd: settings.budget.run })
  const { words } = wordsFor(readWords(), routines)
  const tools = lookTools(checkout, readFile)
  const model = asking.claude.model(asking.purse.of(item.id, settings.budget.run))
  const { journal } = rememberInProcess()

  const answers = new Map<string, Answered>()
  await inLanes([...item.known, ...item.rejected], { atOnce, signal }, async (label, signal) => {
    const text = await textOf(label)
    const claim = claimOf(
      label,
      text,
      routines.map(routine => routine.name),
    )
    const named = nameOf(label)
    if (!claim) {
      answers.set(label.id, {
        ...named,
        because: `Not asked: ${label.path} has no such lines, so nothing can be quoted.`,
      })
      return
    }
    // One at a time: claims about the same lines would be taken for one.
    const [judged] = await judge({
      findings: [claim],
      change,
      checkout,
      plan,
      routines,
      rules: asking.rules,
      words,
      tools,
      model,
      journal,
      earlier: [],
      firstReview: true,
      signal,
    })
    const { state = 'unverified', because = 'No answer.' } = judged?.verification ?? {}
    answers.set(label.id, { ...named, state, because })
  })
  signal.throwIfAborted()

  const of = (labels: Labelled[]) => labels.map(label => answers.get(label.id) ?? nameOf(label))
  const [known, rejected] = [of(item.known), of(item.rejected)]
  const all = [...known, ...rejected]
  const silent = all.filter(one => one.state === 'unverified')
  if (silent.length > 0 && silent.length === all.filter(one => one.state).length)
    throw new Problem('unavailable', `No verifier answered: ${silent[0]?.because}`)
  return { findings: [], known, rejected, incomplete: gaps(all), unanswered: 0 }

  function textOf(label: Labelled): Promise<string | undefined> {
    return checkout.file(label.path, label.side === 'LEFT' ? checkout.mergeBase : checkout.head)
  }
}

/** Whatever its severity, each is asked about. */
function withoutFloor(routine: Routine): Routine {
  return { ...routine, severity: { ...routine.severity, floor: 'nit' } }
}

function nameOf({ id, severity, category }: Labelled): Answered {
  return { id, ...(severity && { severity }), ...(category !== undefined && { category }) }
}

function gaps(all: Answered[]): string[] {
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} labelled ${what}.`])
  return [
    ...count(all.filter(one => one.state === 'unverified').length, 'comments got no verdict'),
    ...count(all.filter(one => one.state === undefined).length, 'comments are about lines that are not there'),
  ]
}
