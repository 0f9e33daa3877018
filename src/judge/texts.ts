// Files that models name: one that there is not, or can not be, reads as none; whatever else keeps it from being read is no model's doing.
import { Problem, type ProblemCode } from '../domain/problem.ts'
import type { Checkout } from '../domain/workspace.ts'

const noSuchFile: ProblemCode[] = ['bad_input', 'not_found', 'too_large', 'forbidden']

export async function readText(checkout: Checkout, path: string, commit?: string): Promise<string | undefined> {
  try {
    return await checkout.file(path, commit)
  } catch (thrown) {
    if (thrown instanceof Problem && noSuchFile.includes(thrown.code)) return undefined
    throw thrown
  }
}
