// "@watchbill review": the word that a comment gives at its start.

/**
 * The command of a comment whose first line begins with "@NAME word". A name is "watchbill" or the app's slug, in any case; text in quotes or code never counts.
 * The word comes out in lower case, known or not: whoever answers compares it with `commands`.
 */
export function readCommand(body: string, names: string[]): { word: string; rest: string } | undefined {
  // Four spaces or a tab begin a code block in Markdown: https://spec.commonmark.org/0.31.2/#indented-code-blocks
  const said =
    /^(?:[ \t]*\r?\n)* {0,3}@([\w-]+)(?:\[bot\])?[:,]?[ \t]+([a-z-]{1,30})(?:[ \t]+([^\r\n]*))?[ \t]*(?:\r?\n|$)/i.exec(
      body.slice(0, 2000),
    )
  if (!said?.[1] || !said[2] || !names.some(name => name.toLowerCase() === said[1]?.toLowerCase())) return undefined
  return { word: said[2].toLowerCase(), rest: (said[3] ?? '').trim().slice(0, 1000) }
}
