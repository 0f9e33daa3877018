// Ways out of the checkout: links, git's own files, and tools that are asked for what they should not give.
import type { Family } from './hostile-case.ts'

const link = (target: string) => ({ files: { 'src/link': target }, modes: { 'src/link': '120000' as const } })
const read = (path: string) => ({ name: 'read', input: { path } })
const show = (revision: string) => ({ name: 'show', input: { revision } })

export const reach: Family = ({ outside, dataDir, otherPull, otherRepository }) => [
  { name: 'a link out of the tree', ...link(outside), calls: [read('src/link'), read('src/link/secret.txt')] },
  { name: 'a link up', ...link('../../../../../..'), calls: [read(`src/link${outside}/secret.txt`)] },
  { name: 'a link to .git', ...link('../.git/config'), calls: [read('src/link'), read('.git/config')] },
  { name: 'a link to itself', ...link('link'), calls: [read('src/link')] },
  {
    name: 'a link to the environment',
    ...link('/proc/self/environ'),
    calls: [read('src/link'), read('/proc/self/environ')],
  },
  { name: 'absolute paths', calls: [read(`${outside}/secret.txt`), read('/etc/passwd')] },
  {
    name: 'paths that climb',
    calls: [read(`${'../'.repeat(12)}${outside.slice(1)}/secret.txt`), read('src/../../../x')],
  },
  {
    name: 'globs that climb',
    calls: [
      { name: 'glob', input: { pattern: `${outside}/**` } },
      { name: 'glob', input: { pattern: '../../**' } },
    ],
  },
  {
    name: 'a search elsewhere',
    calls: [
      { name: 'grep', input: { pattern: 'canary', path: outside } },
      { name: 'grep', input: { pattern: '--no-index', path: dataDir } },
    ],
  },
  {
    name: 'a search with an option',
    calls: [
      { name: 'grep', input: { pattern: `--open-files-in-pager=touch ${outside}/ran` } },
      { name: 'grep', input: { pattern: '-f/etc/passwd' } },
    ],
  },
  { name: 'a look that writes', calls: [show(`--output=${outside}/ran`), show(`HEAD --output=${outside}/ran`)] },
  { name: 'a look with an outside program', calls: [show('--ext-diff'), show('--textconv')] },
  {
    name: 'another pull of the repository',
    calls: [show(otherPull), show(`${otherPull}:canary.txt`), show('refs/pull/1/head')],
  },
  {
    name: 'another repository',
    calls: [show(otherRepository), show(`${otherRepository}:canary.txt`), read(`${dataDir}/mirrors`)],
  },
  {
    name: 'a log and a blame elsewhere',
    calls: [
      { name: 'log', input: { path: '--all' } },
      { name: 'blame', input: { path: '../x', from: 1, to: 2 } },
      { name: 'log', input: { path: `--output=${outside}/ran` } },
    ],
  },
  {
    name: 'tools that there are none of',
    calls: [
      { name: 'bash', input: { command: `touch ${outside}/ran` } },
      { name: 'write', input: { path: 'x', text: 'x' } },
    ],
  },
  {
    name: 'git configuration in the tree',
    files: {
      '.gitconfig': `[core]\n\tfsmonitor = touch ${outside}/ran\n`,
      '.githooks/post-checkout': `#!/bin/sh\ntouch ${outside}/ran\n`,
    },
    modes: { '.githooks/post-checkout': '100755' },
  },
  {
    name: 'filters of attributes',
    files: {
      '.gitattributes': '* filter=run diff=run merge=run\n',
      '.lfsconfig': `[lfs]\n\turl = file://${outside}\n`,
    },
  },
  {
    name: 'a submodule with an option for a url',
    files: {
      '.gitmodules': `[submodule "x"]\n\tpath = sub\n\turl = --upload-pack=touch ${outside}/ran\n\tupdate = !touch ${outside}/ran\n`,
      sub: '1'.repeat(40),
    },
    modes: { sub: '160000' },
  },
  {
    name: 'files that builds run',
    files: {
      'package.json': `{"scripts":{"preinstall":"touch ${outside}/ran","test":"touch ${outside}/ran"}}\n`,
      Makefile: `all:\n\ttouch ${outside}/ran\n`,
      '.envrc': `touch ${outside}/ran\n`,
    },
  },
  {
    name: 'configuration of tools that is code',
    files: {
      '.eslintrc.js': `require('fs').writeFileSync('${outside}/ran', '')\n`,
      '.secretlintrc.js': `require('fs').writeFileSync('${outside}/ran', '')\n`,
      'sgconfig.yml': `ruleDirs: [${outside}]\ncustomLanguages:\n  x:\n    libraryPath: ${outside}/x.so\n`,
    },
  },
  {
    name: 'patterns that take for ever',
    files: { 'src/long.txt': `${'a'.repeat(5000)}!\n` },
    calls: [
      { name: 'grep', input: { pattern: '(a+)+$' } },
      { name: 'glob', input: { pattern: '{a,b}'.repeat(60) } },
    ],
  },
]
