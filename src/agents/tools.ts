// The read-only looks at the code that agents and verifiers share: same names, same words, same order for everybody.
import { z } from 'zod'
import type { ReadFile, Tool } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'
import { untrusted } from '../domain/untrusted.ts'
import type { Checkout } from '../domain/workspace.ts'

const path = z.string().min(1).max(1000).describe('Repository path with forward slashes, as in the diff.')
const line = z.number().int().min(1)

/** A repository that is read beside the one under review. */
export interface LookBeside {
  /** `owner/repo` */
  name: string
  checkout: Checkout
}

/** read, glob, grep, log, blame, show. What they answer comes from the pull request and is marked as untrusted. With repositories beside, each takes one of them too. */
export function lookTools(checkout: Checkout, readFile: ReadFile, beside: LookBeside[] = []): Tool<never>[] {
  const where = asked(checkout, beside)
  return [
    tool({
      name: 'read',
      description: 'Reads a file at the commit under review, with line numbers; from and to choose a part.',
      input: where.input({ path, from: line.optional(), to: line.optional() }),
      async run({ repository, ...input }) {
        const there = where.of(repository)
        if (there.hides(input.path)) throw privateFile(input.path)
        return untrusted(`file ${input.path}`, await readFile(there.dir, input))
      },
    }),
    tool({
      name: 'glob',
      description: 'Lists repository paths that match a glob, e.g. src/**/*.ts.',
      input: where.input({ pattern: z.string().min(1).max(500) }),
      run: async ({ repository, pattern }) =>
        untrusted('paths', (await where.of(repository).glob(pattern)).join('\n') || '(no path matches)'),
    }),
    tool({
      name: 'grep',
      description: 'Searches the commit under review with an extended regular expression; answers path:line:text.',
      input: where.input({ pattern: z.string().min(1).max(500), path: path.optional() }),
      run: async ({ repository, pattern, path }) =>
        untrusted('search', (await where.of(repository).grep(pattern, path)) || '(no line matches)'),
    }),
    tool({
      name: 'log',
      description: 'The last commits, of the repository or of one path.',
      input: where.input({ path: path.optional() }),
      run: async ({ repository, path }) => untrusted('log', await where.of(repository).log(path)),
    }),
    tool({
      name: 'blame',
      description: 'Which commit last changed each of these lines.',
      input: where.input({ path, from: line, to: line }),
      run: async ({ repository, path, from, to }) =>
        untrusted(`blame of ${path}`, await where.of(repository).blame(path, from, to)),
    }),
    tool({
      name: 'show',
      description: 'A commit by its id, or a file as it was at a commit (COMMIT:path).',
      input: where.input({ revision: z.string().min(1).max(1100) }),
      run: async ({ repository, revision }) => untrusted(`show ${revision}`, await where.of(repository).show(revision)),
    }),
  ]
}

function privateFile(path: string): Problem {
  return new Problem('forbidden', `${path} is private by the repository's settings: it is shown to no model.`)
}

/** With nothing beside, the tools are the same as ever, so that their prefix stays the same too. */
function asked(checkout: Checkout, beside: LookBeside[]) {
  const names = beside.map(one => one.name)
  const extra = { repository: z.enum(names).optional().describe('A repository beside this one; default: this one.') }
  return {
    input: <Shape extends z.ZodRawShape>(shape: Shape) =>
      z.strictObject({ ...shape, ...(names.length > 0 ? extra : {}) }) as unknown as z.ZodType<
        z.infer<z.ZodObject<Shape>> & { repository?: string | undefined }
      >,
    of: (name: string | undefined) => beside.find(one => one.name === name)?.checkout ?? checkout,
  }
}

function tool<Input>(definition: Tool<Input>): Tool<never> {
  return definition as unknown as Tool<never>
}
