// The file of an evaluation: begun with its header, added to a line at a time, and gone on with where it was left.
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Problem } from '../domain/problem.ts'
import { differences, type Header, type Line, type Results, readResults } from '../evaluation/index.ts'

export interface ResultsFile extends Disposable {
  /** Written when it returns, as far as the death of this process goes. */
  append(line: Line): void
  read(): Results
}

/** Problem `conflict` when the file is there and `resume` is not, or when it was measured otherwise: figures of two kinds make no figure. */
export function openResultsFile(path: string, header: Header, resume: boolean): ResultsFile {
  const file = open(path, resume)
  const append = (line: Line) => {
    writeSync(file, `${JSON.stringify(line)}\n`)
  }
  try {
    // A process that was killed while it wrote leaves the beginning of a line.
    const whole = wholeLines(readFileSync(path, 'utf8'))
    if (Buffer.byteLength(whole) < fstatSync(file).size) ftruncateSync(file, Buffer.byteLength(whole))
    if (whole === '') append(header)
    else refuseAnother(path, readResults(path, whole).header, header)
  } catch (thrown) {
    closeSync(file)
    throw thrown
  }
  return { append, read: () => readSavedResults(path), [Symbol.dispose]: () => closeSync(file) }
}

/** Problems: `not_found`, and `bad_input` for what is no results file. */
export function readSavedResults(path: string): Results {
  return readResults(path, wholeLines(readText(path)))
}

function open(path: string, resume: boolean): number {
  try {
    // What it holds quotes the code of others.
    return openSync(path, resume ? 'a+' : 'ax+', 0o600)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Problem('conflict', `${path} is there already; go on with it by --resume, or name another with --out.`)
    throw new Problem('bad_input', `${path} can not be written to; name another file with --out.`, { cause })
  }
}

function refuseAnother(path: string, before: Header, now: Header): void {
  const changed = differences(before, now)
  if (changed.length > 0)
    throw new Problem(
      'conflict',
      `${path} was measured with something else, so going on would mix two things: ${changed.join('; ')}. Name another file with --out.`,
    )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Problem('not_found', `${path} can not be read; name a file that watchbill eval wrote.`, { cause })
  }
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1)
}
