// Whether lines that take the place of others are indented as those were, and, where indentation says what belongs together, as the language has it.

/** Pure. Why not, as a sentence. `before` and `after`: the lines of the file above and below. */
export function whyMisindented(
  path: string,
  { old, fresh, before, after }: { old: string[]; fresh: string[]; before: string[]; after: string[] },
): string | undefined {
  const was = old.filter(isSaid).map(indentOf)
  const now = fresh.filter(isSaid).map(indentOf)
  if (was.length === 0 || now.length === 0) return undefined
  if (was[0] !== now[0]) return 'Its first line is not indented as the line that it replaces.'
  const least = was.reduce((one, other) => (other.length < one.length ? other : one))
  if (now.some(one => !one.startsWith(least))) return 'Some of it is indented less than all that it replaces.'
  const used = [...was, ...[...before, ...after].map(indentOf)].join('')
  const tabs = now.some(one => one.includes('\t')) && !used.includes('\t')
  const spaces = now.some(one => one.includes(' ')) && used !== '' && !used.includes(' ')
  if (tabs || spaces) return 'It is not indented with what the file is indented with.'
  return /\.pyi?$/i.test(path) && !isNested(before, fresh, after)
    ? 'Its indentation is none that the language has there.'
    : undefined
}

/** The parser that tries a file out takes more than Python does: https://docs.python.org/3/reference/lexical_analysis.html#indentation */
function isNested(before: string[], fresh: string[], after: string[]): boolean {
  const [first, ...others] = logicalLines(fresh)
  if (first === undefined) return true
  const levels = enclosing(before, indentOf(first).length)
  let last = first
  for (const line of [...others, ...after.filter(isCode).slice(0, 1)]) {
    const [from, to] = [indentOf(last).length, indentOf(line).length]
    if (/:\s*$/.test(last) !== to > from) return false
    if (to > from) levels.push(to)
    while (levels.at(-1)! > to) levels.pop()
    if (levels.at(-1) !== to) return false
    last = line
  }
  return true
}

/** Indentations that a line may go back to, from the outside in. */
function enclosing(before: string[], at: number): number[] {
  const levels = [at]
  for (const line of before.filter(isCode).toReversed()) {
    const indent = indentOf(line).length
    if (indent < levels[0]!) levels.unshift(indent)
  }
  return levels
}

/** Without texts and comments; what goes on in brackets or behind a backslash belongs to the line where it began. */
function logicalLines(lines: string[]): string[] {
  const code = lines
    .join('\n')
    .replace(/("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g, text =>
      text.startsWith('#') ? '' : '""',
    )
    .replace(/\\\n/g, ' ')
  const whole: string[] = []
  let open = 0
  for (const line of code.split('\n').filter(isSaid)) {
    if (open > 0) whole.push(`${whole.pop()} ${line}`)
    else whole.push(line)
    for (const mark of line) open = Math.max(0, open + ('([{'.includes(mark) ? 1 : ')]}'.includes(mark) ? -1 : 0))
  }
  return whole
}

function isSaid(line: string): boolean {
  return line.trim() !== ''
}

function isCode(line: string): boolean {
  return isSaid(line) && !/^\s*#/.test(line)
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)![0]
}
