// How much all expressions and globs of all routines may take for one event, counted in steps and not in time, so that answers do not depend on load.

/** A step is one place that an expression may be at, worked out once: 0.1 to 0.25 µs. */
export const stepsOfEvent = 250_000

export interface Effort {
  /** Steps so far. */
  spent: number
  /** Answers to what was asked already: many routines may ask the same of one text. */
  answers: Map<string, boolean>
}

export function openEffort(): Effort {
  return { spent: 0, answers: new Map() }
}

/** Of whoever asks at this moment: nothing waits inside of `within`, so no two are mixed up. */
let current: Effort | undefined

/** All that is asked inside shares one effort; what is over it is not asked. */
export function within<Result>(effort: Effort, ask: () => Result): Result {
  const outer = current
  current = effort
  try {
    return ask()
  } finally {
    current = outer
  }
}

/** Outside of `within`, every question has an effort of its own. */
export function asked(key: string, ask: () => { answer: boolean; steps: number }): boolean | 'not asked' {
  const effort = current ?? openEffort()
  const known = effort.answers.get(key)
  if (known !== undefined) return known
  if (isUsedUp(effort)) return 'not asked'
  const { answer, steps } = ask()
  effort.spent += steps
  effort.answers.set(key, answer)
  return answer
}

export function spend(steps: number): void {
  if (current) current.spent += steps
}

export function nothingLeft(): boolean {
  return current !== undefined && isUsedUp(current)
}

const isUsedUp = ({ spent }: Effort) => spent >= stepsOfEvent
