// Attributes, encodings, names and sizes that are to keep code from those who look.
import type { Family } from './hostile-case.ts'

const bad = 'export const run = (x: string) => eval(x) // hidden'
const line = `${bad}\n`
const hidden = (path: string, text: string | Buffer = line) => ({ files: { [path]: text }, shows: { [path]: bad } })
const attributes = (says: string, extra: Record<string, string> = {}) => ({
  files: { '.gitattributes': `${says}\n`, 'src/run.ts': line, ...extra },
  shows: { 'src/run.ts': bad },
})

export const hiding: Family = () => [
  { name: '-diff', ...attributes('* -diff') },
  { name: 'binary', ...attributes('*.ts binary') },
  { name: 'export-ignore', ...attributes('src/** export-ignore') },
  { name: 'linguist-generated at the head', ...attributes('* linguist-generated') },
  { name: 'linguist-vendored at the head', ...attributes('src/** linguist-vendored=true') },
  { name: 'working-tree-encoding', ...attributes('*.ts working-tree-encoding=UTF-16') },
  { name: 'ident and eol', ...attributes('*.ts ident eol=crlf') },
  { name: 'attributes beside the file', ...attributes('', { 'src/.gitattributes': '* -diff -text\n' }) },
  {
    name: 'ignore files of every tool',
    ...attributes('', { '.gitignore': '*\n', '.ignore': '*\n', '.secretlintignore': '*\n' }),
  },
  { name: 'UTF-16', ...hidden('src/run.ts', Buffer.from(`\ufeff${line}`, 'utf16le')) },
  { name: 'a byte order mark', ...hidden('src/run.ts', `\ufeff${line}`) },
  { name: 'a NUL at the start', ...hidden('src/run.ts', `\0${line}`) },
  {
    name: 'bytes that are no text',
    ...hidden('src/run.ts', Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28, 10]), Buffer.from(line)])),
  },
  { name: 'lone carriage returns', ...hidden('src/run.ts', `// fine\r${line}`) },
  { name: 'a name as if minified', ...hidden('src/run.min.js') },
  { name: 'a name as if locked', ...hidden('src/run.lock') },
  { name: 'a name as if of a snapshot', ...hidden('src/__snapshots__/run.snap') },
  { name: 'under vendor/', ...hidden('vendor/run.ts') },
  { name: 'under node_modules/', ...hidden('node_modules/run/index.js') },
  {
    name: 'under dist/, with a mark of generated code',
    ...hidden('dist/run.ts', `// @generated DO NOT EDIT\n${line}`),
  },
  { name: 'behind a line of a megabyte', ...hidden('src/run.ts', `// ${'x'.repeat(1_000_000)}\n${line}`) },
  { name: 'after spaces beyond the screen', ...hidden('src/run.ts', `const ok = 1;${' '.repeat(3000)}${line}`) },
  { name: 'bidi overrides', ...hidden('src/run.ts', `/*\u202e } \u2066if (admin)\u2069 \u2066*/\n${line}`) },
  { name: 'zero-width characters', ...hidden('src/run.ts', `const a\u200bdmin = 1\n${line}`) },
  {
    name: 'tag characters',
    ...hidden('src/run.ts', `// \u{e0049}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}\n${line}`),
  },
  {
    name: 'thousands of hunks',
    ...hidden('src/run.ts', Array.from({ length: 6000 }, (_, i) => `export const v${i} = ${i}\n`).join('') + line),
  },
  {
    name: 'a hundred files around it',
    files: {
      ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`src/many/${i}.ts`, `export const m = ${i}\n`])),
      'src/run.ts': line,
    },
    shows: { 'src/run.ts': bad },
  },
  {
    name: 'lines that look like a diff',
    ...hidden('src/run.ts', `--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n${line}`),
  },
]
