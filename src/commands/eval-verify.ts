// One pull request of a data set, its labelled comments alone: each as a claim of its own before the same judge, without finders.
import { lookTools, planReview } from '../agents/index.ts'
import { readWords } from '../builtins.ts'
import { readFile } from '../claude/index.ts'
import { inLanes } from '../domain/lanes.ts'
import { plural } from '../domain/plural.ts'
import { Problem } from '../domain/problem.ts'
import type { Routine } from '../domain/routine.ts'
import { type Answered, claimOf, type Labelled } from '../evaluation/index.ts'
import { judge } from '../judge/index.ts'
import { rememberInProcess } from '../runs/journal.ts'
import { hideIn, hideInReads, hideInTexts } from '../runs/look/hide.ts'
import { openRules } from '../runs/reading/rules.ts'
import { wordsFor } from '../runs/reading/words.ts'
import { hideSecrets } from '../scanners/index.ts'
import type { Measuring, Outcome } from './eval-review.ts'

/** Labelled comments side by side. */
const atOnce = 4

/** Problem `unavailable` when no verifier answered at all. */
export async function measureVerifier(asking: Measuring): Promise<Outcome> {
  const { settings, item, configuration, signal } = asking
  // Shown to models as in any review: without private files, and with secrets hidden.
  const checkout = hideIn(await asking.checkout.without(configuration.settings.private), hideSecrets)
  const rules = await hideInTexts(openRules(asking.rules, checkout.hides), hideSecrets)
  const routines = configuration.routines.filter(routine => routine.on.pull_request && !routine.off).map(withoutFloor)
  const change = await checkout.change()
  const { agents, settings: repository } = configuration
  const plan = planReview({ change, settings: repository, routines, agents, serverRunUsd: settings.budget.run })
  const { words } = wordsFor(readWords(), routines)
  const tools = lookTools(checkout, hideInReads(readFile, hideSecrets))
  const model = asking.claude.model(asking.purse.of(item.id, settings.budget.run))
  const { journal } = rememberInProcess()

  const answers = new Map<string, Answered>()
  await inLanes([...item.known, ...item.rejected], { atOnce, signal }, async (label, signal) => {
    const named = nameOf(label)
    const { text, because: unread } = await textOf(label)
    const claim = claimOf(
      label,
      text,
      routines.map(routine => routine.name),
    )
    if (!claim) {
      answers.set(label.id, {
        ...named,
        because: `Not asked: ${unread ?? `${label.path} has no such lines, so nothing can be quoted.`}`,
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
      rules,
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

  async function textOf({ path, side }: Labelled): Promise<{ text?: string | undefined; because?: string }> {
    try {
      return { text: await checkout.file(path, side === 'LEFT' ? checkout.mergeBase : checkout.head) }
    } catch (thrown) {
      // A path that is private, or no file: that is the label's, and the others are asked about all the same.
      if (!(thrown instanceof Problem) || !['forbidden', 'not_found', 'bad_input', 'too_large'].includes(thrown.code))
        throw thrown
      return { because: thrown.message }
    }
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
  const say = (number: number, what: string) => (number === 0 ? [] : [`${plural(number, 'labelled comment')} ${what}.`])
  return [
    ...say(all.filter(one => one.state === 'unverified').length, 'got no verdict'),
    ...say(all.filter(one => one.state === undefined).length, 'could not be quoted, and nobody was asked'),
  ]
}
