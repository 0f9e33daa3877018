// Whether JavaScript and TypeScript still compile with a replacement: by Node's own parser, confined, for what a tree alone lets through.
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Confine } from '../domain/confined.ts'
import type { Edit } from '../domain/suggestion.ts'
import type { Goal, ToCompile } from './compiler.ts'

interface Compiling {
  confine: Confine
  signal: AbortSignal
}

/** By extension, whether its types are to be taken out. JSX is for the tree alone: Node can not read it. */
const typed: Record<string, boolean> = { js: false, mjs: false, cjs: false, jsx: false, ts: true, mts: true, cts: true }

export function isCompiled(extension: string): boolean {
  return Object.hasOwn(typed, extension)
}

/**
 * A sentence for each edit that does not compile as what its file was, none for the others. What did not compile before (JSX, Flow,
 * decorators) is left to the tree. Where a file was both a module and the body of a function, it has to stay both: nobody knows which it is.
 */
export async function complaintsOfCompiler(
  edits: { edit: Edit; extension: string }[],
  compiling: Compiling,
): Promise<Map<Edit, string>> {
  const asked = edits.flatMap(({ edit, extension }) =>
    [edit.before, edit.after].map(text => ({ typed: typed[extension] === true, text })),
  )
  const goals = await goalsOf(asked, compiling)
  return new Map(
    edits.flatMap(({ edit, extension }, at): [Edit, string][] => {
      const [before, after] = [goals[2 * at], goals[2 * at + 1]]
      if (!before || !after)
        return [[edit, 'Whether the file still compiles is not known: the compiler did not get through it.']]
      const lost = before.find(goal => mayBe(goal, extension, edit.before) && !after.includes(goal))
      return lost ? [[edit, `With it, the file does not compile any more (as a ${words[lost]}).`]] : []
    }),
  )
}

/** https://nodejs.org/api/packages.html#determining-module-system */
function mayBe(goal: Goal, extension: string, text: string): boolean {
  if (extension === 'mjs' || extension === 'mts') return goal === 'module'
  return goal === 'function' || !(extension.startsWith('c') || /\bmodule\.exports\b/.test(text))
}

const words: Record<Goal, string> = { module: 'module', function: 'file of CommonJS' }

const batchMs = 30_000
const aloneMs = 10_000
const memoryBytes = 4 * 1024 ** 3

/** Halves what fails until the text that does it stands alone; of that one nothing is known. */
async function goalsOf(asked: ToCompile[], compiling: Compiling): Promise<(Goal[] | undefined)[]> {
  if (asked.length === 0) return []
  const answers = await compileAll(asked, compiling)
  if (answers) return answers
  if (asked.length === 1) return [undefined]
  const middle = Math.ceil(asked.length / 2)
  return [...(await goalsOf(asked.slice(0, middle), compiling)), ...(await goalsOf(asked.slice(middle), compiling))]
}

async function compileAll(asked: ToCompile[], { confine, signal }: Compiling): Promise<Goal[][] | undefined> {
  const result = await confine({
    program: process.execPath,
    // It is shown no file but itself; what it may not do is refused by Node too, where there is no sandbox.
    args: ['--permission', `--allow-fs-read=${compiler}`, `--allow-fs-read=${manifest}`, ...flags, compiler],
    readable: [compiler, manifest],
    input: asked.map(one => `${JSON.stringify(one)}\n`).join(''),
    timeoutMs: asked.length === 1 ? aloneMs : batchMs,
    maxBytes: 1024 ** 2,
    memoryBytes,
    signal,
  })
  const lines = result.stdout.toString().split('\n').slice(0, -1)
  if (result.ended !== 'exit' || result.code !== 0 || lines.length !== asked.length) return undefined
  return lines.map(line => JSON.parse(line) as Goal[])
}

const flags = ['--experimental-vm-modules', '--no-warnings', '--max-old-space-size=512', '--disable-wasm-trap-handler']
// Beside this file, whether it is shipped as TypeScript or as JavaScript.
const compiler = fileURLToPath(new URL(`./compiler${extname(import.meta.url)}`, import.meta.url))
/** Says that it is a module. */
const manifest = fileURLToPath(new URL('../../package.json', import.meta.url))
