// The prompts that ship, by name; they are Markdown files under routines/prompts and come in as values.

export const promptNames = [
  'finder',
  'since',
  'intent',
  'intent-verifier',
  'intent-brief',
  'worker',
  'language',
  'beside',
  'verifier',
  'verifier-brief',
  'replacement',
  'recheck-brief',
  'reply-brief',
  'same-claim',
  'panel-reachability',
  'panel-impact',
  'panel-defences',
  'same-finding',
  'same-finding-brief',
  'inventory',
  'across-parts',
] as const
export type PromptName = (typeof promptNames)[number]

/** Each prompt's text; `{{name}}` marks are filled by the stage that uses it. */
export type Words = Record<PromptName, string>

/** Fills `{{name}}` marks; a mark without a value is a bug and throws. Values are never searched for marks again. */
export function fill(prompt: string, values: Record<string, string>): string {
  return prompt.replace(/\{\{([a-z_]+)\}\}/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`prompt mark {{${key}}} has no value`)
    return value
  })
}
