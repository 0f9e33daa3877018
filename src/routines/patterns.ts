// Regular expressions of users: RE2, whose time grows with the expression's steps times the text's length, and limits on both.
import { RE2JS } from 're2js'
import { asked } from './matching/effort.ts'
import { remembered } from './remembered.ts'

/** Characters of an expression, and steps that it may unfold to: `a{100}` has a hundred. */
const longest = 500
const stepsAtMost = 1000
/** Steps times characters that one question may take; of a large expression, most of whose steps may be alive at every character, fewer. */
const workAtMost = 1_000_000
const workOfLarge = 300_000
const large = 200

/** Why an expression can not be used; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longest) return `is longer than ${longest} characters.`
  const tooLarge = `unfolds to more than ${stepsAtMost} steps; use smaller counts in its braces.`
  // Asked before it is compiled, which takes long for what unfolds to hundreds of thousands.
  if (unfolded(pattern) > stepsAtMost * 4) return tooLarge
  try {
    return RE2JS.compile(pattern).programSize() > stepsAtMost ? tooLarge : undefined
  } catch (thrown) {
    const reason =
      thrown instanceof Error ? thrown.message.replace(/^error parsing regexp: /, '') : 'it does not compile'
    return `is not a regular expression of RE2: ${reason}.`
  }
}

/** Whether the expression matches the whole of a text, line breaks included; "too long" where the text is for an expression of this size, "not asked" where the event's effort is used up. */
export function matchesWhole(pattern: string, text: string): boolean | 'too long' | 'not asked' {
  const expression = compiled(pattern)
  const size = expression.programSize()
  if (size * text.length > (size > large ? workOfLarge : workAtMost)) return 'too long'
  return asked(`${pattern}\0${text}`, () => {
    if (!hasWords(engineOf(expression).prefilter, text)) return { answer: false, steps: reading(text) }
    const answer = expression.testExact(text)
    return { answer, steps: stepsOf(expression, text) }
  })
}

/** By its text, so that a routine that is read anew finds its own again. Two hundred routines may have seven each: of what is asked for in turn and does not fit, nothing is found again. */
const kept = remembered(1400, pattern => RE2JS.compile(pattern, RE2JS.DOTALL))

export function compiled(pattern: string): RE2JS {
  return kept.of(pattern)
}

/** What the library knows of an expression, and its automaton keeps of the texts it has read (2.10, `RE2`, `Prefilter` and `DFA` in its build): its own types do not tell. */
interface Engine {
  onepass: object | null
  prefilter: Prefilter | null
  prefixComplete: boolean
  dfa: { startStates: Map<unknown, unknown>; cachedStates(): Iterable<State>; clearCache(): void }
}
/** The words without which nothing matches: `type` 1 is the word `str`, 2 all of `subs`, 3 one of them. The library itself asks only where it searches. */
interface Prefilter {
  type: number
  str: string
  subs: Prefilter[]
}
interface State {
  nfaStates: ArrayLike<number>
  nextAnchored: (State | null)[] | null
}

function engineOf(expression: RE2JS): Engine {
  return expression.re2() as unknown as Engine
}

/** Looked for by the engine of JavaScript itself, in a hundredth of the time that the automaton takes. */
function hasWords(filter: Prefilter | null, text: string): boolean {
  if (filter?.type === 1) return text.includes(filter.str)
  if (filter?.type === 2) return filter.subs.every(one => hasWords(one, text))
  if (filter?.type === 3) return filter.subs.some(one => hasWords(one, text))
  return true
}

const reading = (text: string) => 10 + text.length / 8

/** Reading a character takes little, a place that it was never at before much. What was learnt is forgotten: megabytes, and the next question is to count the same. */
function stepsOf(expression: RE2JS, text: string): number {
  const { onepass, prefixComplete, dfa } = engineOf(expression)
  if (onepass || prefixComplete) return reading(text)
  // It has run out of room and begun again: then every step may have been alive at every character.
  if (dfa.startStates.size === 0) return expression.programSize() * text.length
  let steps = reading(text)
  for (const { nfaStates, nextAnchored } of dfa.cachedStates()) {
    steps += nfaStates.length
    for (const next of nextAnchored ?? []) if (next) steps += 10 + next.nfaStates.length
  }
  dfa.clearCache()
  return steps
}

/** How many characters it is with every counted repeat written out; rather too many than too few. */
function unfolded(pattern: string): number {
  const open: number[] = []
  let [size, last] = [0, 0]
  const tokens = pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d*)(?:,(\d*))?\}|[\s\S]/g)
  for (const [token, least, most] of tokens) {
    if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? 0), 1)
      size += last * (times - 1)
      last *= times
    } else if (token === '(') {
      open.push(size)
    } else if (token === ')') {
      last = size - (open.pop() ?? 0) + 1
      size += 1
    } else {
      last = 1
      size += 1
    }
  }
  return size
}
