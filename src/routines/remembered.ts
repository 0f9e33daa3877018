// What was made from a text, kept for the next time somebody asks: those asked for last, and only so many.

/** Keeps at least the last `atMost` that were asked for, and at most twice as many. */
export function remembered<Made>(atMost: number, make: (text: string) => Made) {
  let [recent, before] = [new Map<string, Made>(), new Map<string, Made>()]
  return {
    of(text: string): Made {
      const known = recent.get(text)
      if (known !== undefined) return known
      const made = before.get(text) ?? make(text)
      if (recent.size >= atMost) [recent, before] = [new Map(), recent]
      recent.set(text, made)
      return made
    },
    forget(text: string): void {
      recent.delete(text)
      before.delete(text)
    },
  }
}
