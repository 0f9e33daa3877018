// "@watchbill review": the word that a comment gives at its start.

/**
 * The command of a comment whose first line begins with "@NAME word". A name is "watchbill" or the app's slug, in any case; text in quotes or code never counts.
 * A comment that is nothing but the name asks for help. The word comes out in lower case, known or not: whoever answers compares it with `commands`.
 */
export function readCommand(body: string, names: string[]): { word: string; rest: string } | undefined {
  const [, alone] = /^(?:[ \t]*\r?\n)* {0,3}@([\w-]+)(?:\[bot\])?[:,.!?]?\s*$/.exec(body.slice(0, 200)) ?? []
  if (alone && body.length <= 200 && isOurs(alone, names)) return { word: 'help', rest: '' }
  // Four spaces or a tab begin a code block in Markdown: https://spec.commonmark.org/0.31.2/#indented-code-blocks
  const said =
    /^(?:[ \t]*\r?\n)* {0,3}@([\w-]+)(?:\[bot\])?[:,]?[ \t]+([a-z-]{1,30})(?:[ \t]+([^\r\n]*))?[ \t]*(?:\r?\n|$)/i.exec(
      body.slice(0, 2000),
    )
  if (!said?.[1] || !said[2] || !isOurs(said[1], names)) return undefined
  return { word: said[2].toLowerCase(), rest: (said[3] ?? '').trim().slice(0, 1000) }
}

function isOurs(called: string, names: string[]): boolean {
  return names.some(name => name.toLowerCase() === called.toLowerCase())
}
