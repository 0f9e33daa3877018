// One question for all who ask the same at once: who comes while it is under way shares the next asking, so no answer is older than its question.

/** `keyOf` tells which inputs are the same question. A failure is everybody's who shared the asking. */
export function sharing<In, Out>(keyOf: (input: In) => string, ask: (input: In) => Promise<Out>) {
  const underWay = new Map<string, Promise<Out>>()
  const next = new Map<string, Promise<Out>>()

  return (input: In): Promise<Out> => {
    const key = keyOf(input)
    const before = underWay.get(key)
    if (!before) return begin(key, input)
    const known = next.get(key)
    if (known) return known
    const again = () => {
      next.delete(key)
      return begin(key, input)
    }
    const mine = before.then(again, again)
    next.set(key, mine)
    return mine
  }

  function begin(key: string, input: In): Promise<Out> {
    const asked = ask(input)
    underWay.set(key, asked)
    const leave = () => underWay.get(key) === asked && underWay.delete(key)
    asked.then(leave, leave)
    return asked
  }
}
