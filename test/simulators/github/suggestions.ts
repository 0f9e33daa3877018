// A suggestion committed as GitHub does it: the lines of the comment, and nothing else, become the lines of its block.

/** A review comment as it is posted: lines of the file from 1. */
export interface OnLines {
  body: string
  line: number
  startLine?: number
}

/** The text of each block that GitHub offers to commit, found as CommonMark finds fences (https://spec.commonmark.org/0.31.2/#fenced-code-blocks). */
export function suggestionsIn(body: string): string[] {
  const found: string[] = []
  const lines = body.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const open = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[at]!)
    if (!open) continue
    const [, mark = '', info = ''] = open
    const close = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}\\s*$`)
    const content: string[] = []
    for (at++; at < lines.length && !close.test(lines[at]!); at++) content.push(lines[at]!)
    if (info.trim().split(/\s/)[0] === 'suggestion') found.push(content.map(line => `${line}\n`).join(''))
  }
  return found
}

/** The file after the one suggestion of a comment is committed; throws where there is not exactly one. */
export function commitSuggestion(file: Buffer, comment: OnLines): Buffer {
  const [text, ...more] = suggestionsIn(comment.body)
  if (text === undefined || more.length > 0) throw new Error('a comment has one suggestion')
  const { line, startLine = line } = comment
  const ends = [0]
  for (let at = file.indexOf(10); at >= 0; at = file.indexOf(10, at + 1)) ends.push(at + 1)
  if (ends[line] === undefined) throw new Error('the comment stands on no whole line of the file')
  return Buffer.concat([file.subarray(0, ends[startLine - 1]), Buffer.from(text), file.subarray(ends[line])])
}
