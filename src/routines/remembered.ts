// What was made from a text, kept for the next time somebody asks: those asked for last, and only so many.

const all: (() => void)[] = []

/** As a new process would: what anybody asks for next is made anew. */
export function forgetAll(): void {
  for (const forget of all) forget()
}

/** Keeps at least the last `atMost` that were asked for, and at most twice as many. */
export function remembered<Made>(atMost: number, make: (text: string) => Made) {
  let [recent, before] = [new Map<string, Made>(), new Map<string, Made>()]
  all.push(() => {
    ;[recent, before] = [new Map(), new Map()]
  })
  return {
    of(text: string): Made {
      const known = recent.get(text)
      if (known !== undefined) return known
      const made = before.get(text) ?? make(text)
      if (recent.size >= atMost) [recent, before] = [new Map(), recent]
      recent.set(text, made)
      return made
    },
  }
}
