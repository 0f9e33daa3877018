// A glob as git's own pathspecs, so that matching runs in a child with a time limit and no pattern can hold up the server.
import { Problem } from '../domain/problem.ts'

/** `**`, `*`, `?`, `[…]` as in gitglossary(7) under "glob"; `{a,b}` is written out, at most 64 times. */
export function globPathspecs(pattern: string): string[] {
  const plain = pattern.replace(/^(\.?\/)+/, '')
  if (plain === '' || plain.length > 1_000 || /[\0\n]/.test(plain) || plain.split('/').includes('..'))
    throw new Problem('bad_input', 'A glob is relative to the root of the repository, e.g. src/**/*.ts.')
  // The magic word comes first, so nothing in the pattern can be taken for one.
  return written(plain).map(one => `:(top,glob)${one}`)
}

function written(pattern: string): string[] {
  let done: string[] = []
  let open = [pattern]
  while (open.length > 0) {
    const next: string[] = []
    for (const one of open) {
      const brace = /\{([^{}]*,[^{}]*)\}/.exec(one)
      if (!brace) done = [...done, one]
      else
        for (const choice of brace[1]!.split(','))
          next.push(one.slice(0, brace.index) + choice + one.slice(brace.index + brace[0].length))
    }
    if (done.length + next.length > 64) throw new Problem('bad_input', 'The glob has more than 64 alternatives.')
    open = next
  }
  return done
}
