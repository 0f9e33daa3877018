// Regular expressions of users: RE2, whose time grows with the expression's steps times the text's length, and limits on both.
import { RE2JS } from 're2js'
import { remembered } from './remembered.ts'

/** Characters of an expression, and steps that it may unfold to: `a{100}` has a hundred. */
const longest = 500
const stepsAtMost = 1000
/** Steps times characters that one question may take: about 40 ms where every step is alive at every character. */
const workAtMost = 1_000_000

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

/** Whether the expression matches the whole of a text, line breaks included; "too long" where the text is for an expression of this size. */
export function matchesWhole(pattern: string, text: string): boolean | 'too long' {
  const expression = compiled(pattern)
  const work = expression.programSize() * text.length
  if (work > workAtMost) return 'too long'
  // What it remembers of a long text may be megabytes.
  if (work > workAtMost / 10) kept.forget(pattern)
  return expression.testExact(text)
}

/** About 20 kB each. By its text, so that a routine that is read anew finds its own again. */
const kept = remembered(700, pattern => RE2JS.compile(pattern, RE2JS.DOTALL))

export function compiled(pattern: string): RE2JS {
  return kept.of(pattern)
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
