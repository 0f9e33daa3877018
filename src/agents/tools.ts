// The read-only looks at the code that agents and verifiers share: same names, same words, same order for everybody.
import { z } from 'zod'
import type { ReadFile, Tool } from '../domain/conversation.ts'
import { untrusted } from '../domain/untrusted.ts'
import type { Checkout } from '../domain/workspace.ts'

const path = z.string().min(1).max(1000).describe('Repository path with forward slashes, as in the diff.')
const line = z.number().int().min(1)

/** read, glob, grep, log, blame, show. What they answer comes from the pull request and is marked as untrusted. */
export function lookTools(checkout: Checkout, readFile: ReadFile): Tool<never>[] {
  return [
    tool({
      name: 'read',
      description: 'Reads a file at the commit under review, with line numbers; from and to choose a part.',
      input: z.strictObject({ path, from: line.optional(), to: line.optional() }),
      run: async input => untrusted(`file ${input.path}`, await readFile(checkout.dir, input)),
    }),
    tool({
      name: 'glob',
      description: 'Lists repository paths that match a glob, e.g. src/**/*.ts.',
      input: z.strictObject({ pattern: z.string().min(1).max(500) }),
      run: async ({ pattern }) => untrusted('paths', (await checkout.glob(pattern)).join('\n') || '(no path matches)'),
    }),
    tool({
      name: 'grep',
      description: 'Searches the commit under review with an extended regular expression; answers path:line:text.',
      input: z.strictObject({ pattern: z.string().min(1).max(500), path: path.optional() }),
      run: async input => untrusted('search', (await checkout.grep(input.pattern, input.path)) || '(no line matches)'),
    }),
    tool({
      name: 'log',
      description: 'The last commits, of the repository or of one path.',
      input: z.strictObject({ path: path.optional() }),
      run: async input => untrusted('log', await checkout.log(input.path)),
    }),
    tool({
      name: 'blame',
      description: 'Which commit last changed each of these lines.',
      input: z.strictObject({ path, from: line, to: line }),
      run: async input => untrusted(`blame of ${input.path}`, await checkout.blame(input.path, input.from, input.to)),
    }),
    tool({
      name: 'show',
      description: 'A commit by its id, or a file as it was at a commit (COMMIT:path).',
      input: z.strictObject({ revision: z.string().min(1).max(1100) }),
      run: async input => untrusted(`show ${input.revision}`, await checkout.show(input.revision)),
    }),
  ]
}

function tool<Input>(definition: Tool<Input>): Tool<never> {
  return definition as unknown as Tool<never>
}
