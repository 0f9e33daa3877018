// What was read of a file stands as long as the file is held: built-in files for the process's life, those of repositories while their commit is kept.
import type { RepositoryFile } from '../domain/host.ts'

const known = new WeakMap<RepositoryFile, Map<string, unknown>>()

/** `read` of this file, run once for each of `how`. What it answers is everybody's: frozen, so that no event changes what the next one finds. */
export function once<Result extends { value?: unknown }>(
  file: RepositoryFile,
  how: string,
  read: () => Result,
): Result {
  const ofFile = known.get(file) ?? new Map<string, unknown>()
  known.set(file, ofFile)
  if (!ofFile.has(how)) {
    const result = read()
    freeze(result.value)
    ofFile.set(how, result)
  }
  return ofFile.get(how) as Result
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const inner of Object.values(value)) freeze(inner)
}
