// What of a posted text would act by itself on GitHub: fetch, notify, run, offer to be committed, or hide.

/** The first such thing and its text; code is left out, in which nothing is active but what nobody sees and what can be committed. */
export function activeIn(body: string): string | undefined {
  const text = inert(body)
  const found = hazards.exec(text)?.[0]
  return found === undefined ? undefined : `active: ${found} in ${text.slice(0, 600)}`
}

const hazards =
  /!\[[^\]]*\]\(|\]\(https?:\/\/evil|<img|<script|<iframe|```suggestion|(?<![\w`])@(wendy|acme|octocat)\b|[\u202a-\u202e\u2066-\u2069\u200b]|[\u{e0000}-\u{e007f}]/u

function inert(body: string): string {
  return body.replace(/(`+)(?!suggestion)[^`]*?\1/g, '')
}
