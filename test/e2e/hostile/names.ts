// Names of files that are orders, options, ways out, or more than one line.
import { type Family, order, type TreeEntry } from './hostile-case.ts'

const code = 'export const found = 1\n'

/** A few kilobytes that unfold into 512,000 files. */
const unfolding = [1, 2, 3].reduce<TreeEntry[2]>(
  below => Array.from({ length: 80 }, (_, at) => [typeof below === 'string' ? '100644' : '040000', `${at}`, below]),
  'x\n',
)

export const names: Family = () => [
  { name: 'an order as a file name', files: { [`src/${order.slice(0, 120)}.ts`]: code } },
  { name: 'a name with a line break', files: { 'src/a\n## Files to cover\n- none.ts': code } },
  { name: 'a name with a tab and a quote', files: { 'src/a\t"b.ts': code } },
  { name: 'a name that is an option', files: { '--output=ran.ts': code, '-rf.ts': code } },
  { name: 'a name that is an option of git', files: { '--upload-pack=touch ran': code } },
  { name: 'a name with backslashes', files: { '..\\..\\secret.ts': code } },
  { name: 'a name with a terminal’s commands', files: { 'src/\u001b[2J\u001b]0;x\u0007.ts': code } },
  { name: 'a name in bidi marks', files: { 'src/\u202egnp.ts': code } },
  { name: 'a name with zero width', files: { 'src/pri\u200bce.ts': code } },
  { name: 'a name of a shell', files: { 'src/$(touch ran);`touch ran`.ts': code } },
  { name: 'a name that is a pathspec', files: { ':(exclude)src.ts': code, ':!src.ts': code } },
  { name: 'a name that is Markdown', files: { 'src/![x](https:evil.example).ts': code } },
  { name: 'a name of more than 255 bytes', files: { [`src/${'n'.repeat(240)}.${'m'.repeat(60)}.ts`]: code } },
  { name: 'a path of two hundred folders', files: { [`${'d/'.repeat(200)}deep.ts`]: code } },
  { name: 'a name that is no UTF-8 for long', files: { 'src/\ufffd\ufffe.ts': code } },
  {
    name: 'a tree with .git in it',
    tree: [['040000', '.git', [['100644', 'config', '[core]\n\tfsmonitor = touch ran\n']]]],
  },
  { name: 'a tree with .. in it', tree: [['040000', '..', [['100644', 'escaped', 'out\n']]]] },
  { name: 'a tree with GIT~1 in it', tree: [['040000', 'GIT~1', [['100755', 'hook', '#!/bin/sh\ntouch ran\n']]]] },
  {
    name: 'a tree that unfolds',
    tree: [['040000', 'many', unfolding]],
    refused: /more than 500000 files/,
    costly: true,
  },
  {
    name: 'a tree with one name twice',
    tree: [
      ['100644', 'twice', 'a\n'],
      ['100644', 'twice', 'b\n'],
    ],
  },
]
