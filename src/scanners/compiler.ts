// A program of its own, started confined: compiles JavaScript and TypeScript from its input, runs none of it, and tells as what each compiles.
import { stripTypeScriptTypes } from 'node:module'
import { compileFunction, SourceTextModule } from 'node:vm'

/** One line of the input, in JSON. One line of the output answers it: a list of `Goal`. */
export interface ToCompile {
  /** Its types are taken out first. */
  typed: boolean
  text: string
}

/** "module" or "function": the body of one is what CommonJS makes of a file. */
export type Goal = 'module' | 'function'

function goalsOf({ typed, text }: ToCompile): Goal[] {
  try {
    const code = typed ? stripTypeScriptTypes(text, { mode: 'transform' }) : text
    return (Object.keys(compilers) as Goal[]).filter(goal => compiles(() => compilers[goal](code)))
  } catch {
    return []
  }
}

/** Both read the whole text, functions inside of functions too, and find what ECMAScript calls early errors; nothing is linked or evaluated. */
const compilers: Record<Goal, (code: string) => unknown> = {
  module: code => new SourceTextModule(code),
  function: code => compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname']),
}

function compiles(compile: () => unknown): boolean {
  try {
    compile()
    return true
  } catch {
    return false
  }
}

let input = ''
for await (const part of process.stdin.setEncoding('utf8')) input += part
for (const line of input.split('\n'))
  if (line !== '') process.stdout.write(`${JSON.stringify(goalsOf(JSON.parse(line) as ToCompile))}\n`)
