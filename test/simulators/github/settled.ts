// What git said, or would say, of objects under their full ids: it never changes, so nobody has to ask git again.

const answers = new Map<string, Promise<Buffer>>()
const most = 5000
/** Bytes of one answer. */
const largest = 100_000

/** What `ask` says, which is kept when no answer but that one is possible. */
export function settled(gitDir: string, args: string[], ask: () => Promise<Buffer>): Promise<Buffer> {
  if (!isSettled(args)) return ask()
  const known = answers.get(keyOf(gitDir, args))
  if (known) return known
  const answer = ask()
  keep(keyOf(gitDir, args), answer)
  return answer
}

/** What git would say of a commit that was just written on top of another, and of its tree. */
export function learnCommit(gitDir: string, commit: string, tree: string, parent?: string): void {
  learn(gitDir, revParse(`${commit}^{commit}`), `${commit}\n`)
  learn(gitDir, revParse(`${commit}^{tree}`), `${tree}\n`)
  if (!parent) return
  learn(gitDir, ['merge-base', parent, commit], `${parent}\n`)
  learn(gitDir, ['merge-base', '--is-ancestor', parent, commit], '')
  learn(gitDir, ['rev-list', '--count', `${parent}..${commit}`], '1\n')
}

/** What git would say of every directory in what it said of a whole tree: `ls-tree -r -t -z -l`. Returns what it would say of the tree itself. */
export function learnTree(gitDir: string, tree: string, whole: Buffer): Buffer {
  // Bytes in latin1, whatever the names are.
  const lines = whole.toString('latin1').split('\0').filter(Boolean)
  const directories = new Map<string, { id: string; entries: string[] }>([['', { id: tree, entries: [] }]])
  for (const line of lines) {
    const [about, path] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]
    const slash = path.lastIndexOf('/')
    directories.get(path.slice(0, Math.max(slash, 0)))?.entries.push(`${about}\t${path.slice(slash + 1)}\0`)
    const [, type, id = ''] = about.split(/ +/)
    if (type === 'tree') directories.set(path, { id, entries: [] })
  }
  if (whole.length <= largest)
    for (const { id, entries } of directories.values()) {
      // The first can be a commit's name.
      if (id !== tree) learn(gitDir, revParse(`${id}^{tree}`), `${id}\n`)
      learn(gitDir, listTree(id), entries.join(''))
    }
  return Buffer.from(directories.get('')!.entries.join(''), 'latin1')
}

export const revParse = (name: string) => ['rev-parse', '--verify', '--quiet', '--end-of-options', name]
export const listTree = (tree: string) => ['ls-tree', '-z', '-l', tree]

function learn(gitDir: string, args: string[], answer: string): void {
  keep(keyOf(gitDir, args), Promise.resolve(Buffer.from(answer, 'latin1')))
}

function keep(key: string, answer: Promise<Buffer>): void {
  answers.set(key, answer)
  answer.then(
    bytes => bytes.length > largest && answers.delete(key),
    // What is not there may come.
    () => answers.delete(key),
  )
  if (answers.size > most) answers.delete(answers.keys().next().value as string)
}

const keyOf = (gitDir: string, args: string[]) => [gitDir, ...args].join('\0')

const reading = ['cat-file', 'diff', 'log', 'ls-tree', 'merge-base', 'rev-list', 'rev-parse']

/** Reads, and names every object by its full id: no branch, no abbreviation. */
function isSettled([command = '', ...rest]: string[]): boolean {
  const end = rest.indexOf('--')
  const names = (end < 0 ? rest : rest.slice(0, end)).filter(name => !name.startsWith('-'))
  const objects = command === 'cat-file' ? names.slice(1) : names
  const full = /^[0-9a-f]{40}(\^\{(commit|tree)\})?(\.\.\.?[0-9a-f]{40})?$/
  return reading.includes(command) && objects.length > 0 && objects.every(name => full.test(name))
}
